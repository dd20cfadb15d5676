"""Rules between keys, between files, and with today's date."""

from __future__ import annotations

import pytest

from .conftest import MAIN, RECEIVER, SENDER, Etc

LUHN_FAILS = "12345678200011"
PRODUCTION = SENDER.replace("qualification", "production")


def test_a_failed_check_digit_is_a_mistake_in_production(etc: Etc):
    etc.sheet(PRODUCTION.replace("12345678200010", LUHN_FAILS))
    problem = etc.problem()
    assert (problem.line, problem.key, problem.found) == (6, "structure.siret", f"'{LUHN_FAILS}'")
    assert "check digit" in problem.message


def test_a_failed_check_digit_is_a_warning_in_qualification(etc: Etc):
    path = etc.sheet(SENDER.replace("12345678200010", LUHN_FAILS))
    (warning,) = etc.load().warnings
    assert (warning.file, warning.line, warning.column) == (path, 6, 10)
    assert "check digit" in warning.message


def test_two_sheets_cannot_bear_one_name(etc: Etc):
    etc.sheet(SENDER)
    etc.sheet(SENDER.replace("AAA123", "AAA124"), "chorus.yml")
    problem = etc.problem()
    assert (problem.file.name, problem.key) == ("chorus.yml", "name")
    assert "chorus.yaml bears the same name" in problem.message


def test_one_interface_code_of_one_application_code_has_one_sender(etc: Etc):
    etc.sheet(SENDER)
    etc.sheet(
        SENDER.replace("name: chorus\n", "name: second\n").replace("[FSO1100A]", "[FSO1106A, FSO1100A]"),
        "second.yaml",
    )
    problem = etc.problem()
    assert (problem.file.name, problem.line, problem.column) == ("second.yaml", 10, 24)
    assert problem.key == "interfaces.emission[1]"
    assert "chorus.yaml already sends" in problem.message


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("qualification", "production"),
        ("platform: chorus-pro", "platform: pa"),
        ("AAA123", "AAA124"),
        ("FSO1100A", "FSO1106A"),
    ],
)
def test_sheets_that_differ_in_environment_platform_application_or_interface_live_together(etc: Etc, old, new):
    etc.sheet(SENDER)
    etc.sheet(SENDER.replace("name: chorus\n", "name: second\n").replace(old, new), "second.yaml")
    assert list(etc.load().sheets) == ["chorus", "second"]


def test_the_batch_of_a_sheet_keeps_to_the_limits_of_edid_yaml(etc: Etc):
    etc.main.write_text(f"{MAIN}limits: {{flow_documents: 10}}\n", encoding="utf-8")
    etc.sheet(f"{SENDER}batch: {{max_documents: 11}}\n")
    assert etc.problem().allowed == "at most 10"
    etc.sheet(f"{SENDER}batch: {{max_documents: 10}}\n")
    assert etc.load().sheets["chorus"].batch.max_documents == 10


@pytest.mark.parametrize("state", ["spool", "spool/.edid"])
def test_the_state_folder_is_never_inside_the_spool(etc: Etc, state):
    etc.main.write_text(f"spool: spool\nstate: {state}\n", encoding="utf-8")
    assert (etc.problem().line, etc.problem().key) == (2, "state")


@pytest.mark.parametrize(
    ("old", "new", "key", "words"),
    [
        ("contact:", "ends_on: 2020-12-31\ncontact:", "ends_on", "deactivated"),
        ("contact:", "certificate: {ends_on: 2020-12-31}\ncontact:", "certificate.ends_on", "2020-12-31"),
        ("contact:", "certificate: {file: none.pem}\ncontact:", "certificate.file", "there is no such file"),
        ("contact:", "after_fetch: {action: delete}\ncontact:", "after_fetch.action", "offers a file once"),
        ("[ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAA]", "[]", "transport.host_keys", "no host key is pinned"),
        ("  host_keys: [ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAA]\n", "", "transport.host_keys", "no host key"),
    ],
)
def test_what_is_lawful_but_probably_not_meant_is_a_warning(etc: Etc, old, new, key, words):
    path = etc.sheet(SENDER.replace(old, new))
    (warning,) = etc.load().warnings
    assert (warning.file, warning.key) == (path, key)
    assert words in warning.message
    assert warning.line


def test_a_day_to_come_is_no_warning(etc: Etc):
    etc.sheet(f"{SENDER}ends_on: 2999-12-31\ncertificate: {{ends_on: 2999-12-31}}\n")
    assert etc.load().warnings == ()


def test_two_enabled_sheets_that_fetch_from_one_mailbox_are_a_warning(etc: Etc):
    etc.sheet(SENDER)
    etc.sheet(RECEIVER, "inbox.yaml")
    (warning,) = etc.load().warnings
    assert warning.file.name == "inbox.yaml"
    assert warning.key == "transport"
    assert "the same account and folder" in warning.message
    etc.sheet(RECEIVER + "enabled: false\n", "inbox.yaml")
    assert etc.load().warnings == ()


def test_a_window_that_is_never_open_is_a_mistake(etc: Etc):
    etc.sheet(SENDER + "poll: {windows: ['06:00-06:00']}\n")
    assert "never open" in etc.problem().message
