"""Every sort of mistake gives its file, line, column, key, the value found and what is allowed."""

from __future__ import annotations

import pytest

from .conftest import MAIN, SENDER, Etc


@pytest.mark.parametrize(
    ("old", "new", "line", "column", "key", "found", "allowed", "suggestion"),
    [
        ("chorus-pro", "chorus_pro",
         3, 11, "platform", "'chorus_pro'", "chorus-pro, pa or generic", "chorus-pro"),
        ("AAA123\n", "aaa123\n", 8, 19, "application_code", "'aaa123'", "6 capital letters", ""),
        ("AAA123\n", "123456\n", 8, 19, "application_code", "'123456'", "between quotes", ""),
        ('"12345678200010"', "12345678200010",
         6, 10, "structure.siret", "'12345678200010'", "between quotes", ""),
        ('"12345678200010"', '"123"', 6, 10, "structure.siret", "'123'", "14 digits", ""),
        ("FSO1100A]", "FSO1100A, FSO11]", 10, 24, "interfaces.emission[1]", "'FSO11'", "FSO, 4 digits", ""),
        ("[FSO1100A]", "FSO1100A", 10, 13, "interfaces.emission", "'FSO1100A'", "a list, each item: FSO", ""),
        ("emission: [", "reception: [FSO1100A]\n  emission: [",
         10, 15, "interfaces.reception[0]", "'FSO1100A'", "not FSO", ""),
        ("user: aaa123", "user: aaa123\n  port: 99999",
         15, 9, "transport.port", "'99999'", "from 1 to 65535", ""),
        ("user: aaa123", "user: aaa123\n  port: ssh", 15, 9, "transport.port", "'ssh'", "a whole number", ""),
        ("user: aaa123", "user:", 14, 3, "transport.user", "nothing", "a text, not empty", ""),
        ("host: sftp", "host: sftp://sftp",
         13, 9, "transport.host", "'sftp://sftp.example.invalid'", "without sftp://", ""),
        ("[ssh-ed25519 ", "[sftp.example.invalid ssh-ed25519 ",
         16, 15, "transport.host_keys[0]", "'sftp.example", "base64", ""),
        ("protocol: sftp", "protocol: sfpt",
         12, 13, "transport.protocol", "'sfpt'", "sftp or folder", "sftp"),
        ("kind: sender", "kind: emetteur", 2, 7, "kind", "'emetteur'", "sender or receiver", ""),
        ("edi@example.invalid", "edi", 17, 36, "contact.email", "'edi'", "an e-mail address", ""),
        ("contact: {name: Equipe EDI,", "enabled: maybe\ncontact: {name: x,",
         17, 10, "enabled", "'maybe'", "true or false", ""),
        ("contact: {", "ends_on: 31/12/2030\ncontact: {",
         17, 10, "ends_on", "'31/12/2030'", "YYYY-MM-DD", ""),
        ("contact: {", "poll: {every: 5 minutes}\ncontact: {",
         17, 15, "poll.every", "'5 minutes'", "a duration", ""),
        ("contact: {", "poll: {every: 0s}\ncontact: {", 17, 15, "poll.every", "'0s'", "above zero", ""),
        ("contact: {", "poll: {every: 999999999d}\ncontact: {",
         17, 15, "poll.every", "'999999999d'", "a duration", ""),
        ("contact: {", "poll: {cron: 99 * * * *}\ncontact: {",
         17, 14, "poll.cron", "'99 * * * *'", "minute, hour", ""),
        ("contact: {", "poll: {windows: ['6-20']}\ncontact: {",
         17, 18, "poll.windows[0]", "'6-20'", "HH:MM", ""),
        ("contact: {", "batch: {max_bytes: big}\ncontact: {",
         17, 20, "batch.max_bytes", "'big'", "a size", ""),
        ("contact: {", "batch: {max_documents: 501}\ncontact: {",
         17, 24, "batch.max_documents", "'501'", "at most 500", ""),
        ("contact: {", "retry: 5\ncontact: {", 17, 8, "retry", "'5'", "a mapping", ""),
        ("name: chorus\n", "name: other\n", 1, 7, "name", "'other'", "", "chorus"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_told_with_its_place_and_what_is_allowed(
    etc: Etc, old, new, line, column, key, found, allowed, suggestion
):
    problem = etc.sheet_problem(old, new)
    assert problem.file == etc.folder / "sheets" / "chorus.yaml"
    assert (problem.line, problem.column, problem.key) == (line, column, key)
    assert problem.found is not None
    assert problem.found.startswith(found)
    assert allowed in problem.allowed
    assert problem.suggestion == suggestion


@pytest.mark.parametrize(
    ("old", "line", "key"),
    [
        ("kind: sender\n", 1, "kind"),
        ("application_code: AAA123\n", 1, "application_code"),
        ("  host: sftp.example.invalid\n", 11, "transport.host"),
        ("  protocol: sftp\n", 11, "transport.protocol"),
        ('  siret: "12345678200010"\n', 5, "structure.siret"),
    ],
)
def test_a_missing_key_is_told_where_it_should_stand(etc: Etc, old, line, key):
    problem = etc.sheet_problem(old, "")
    assert (problem.line, problem.column, problem.key, problem.found) == (line, 1, key, None)
    assert problem.message == "this key is required"
    assert problem.allowed


@pytest.mark.parametrize(
    ("old", "new", "line", "column", "key", "suggestion"),
    [
        ("  host_keys", "  hostkeys", 16, 3, "transport.hostkeys", "host_keys"),
        ("contact:", "Strip-Extension: true\ncontact:", 17, 1, "Strip-Extension", "strip_extension"),
        ("contact:", "max_documents: 3\ncontact:", 17, 1, "max_documents", "batch.max_documents"),
        ("contact:", "zzz: 3\ncontact:", 17, 1, "zzz", ""),
        ("contact:", "7: 3\ncontact:", 17, 1, "7", ""),
        ("contact:", "'a\\nb': 3\ncontact:", 17, 1, r"'a\\nb'", ""),
        ("contact:", "<<: {enabled: true}\ncontact:", 17, 1, "'<<'", ""),
    ],
)
def test_an_unknown_key_is_told_with_the_nearest_known_one(etc: Etc, old, new, line, column, key, suggestion):
    problem = etc.sheet_problem(old, new)
    assert (problem.line, problem.column, problem.key) == (line, column, key)
    assert (problem.message, problem.suggestion) == ("unknown key", suggestion)
    assert "," in problem.allowed


@pytest.mark.parametrize(
    ("start", "end", "allowed"),
    [
        ("structure:", "application_code", "a mapping with siret, name"),
        ("transport:", "contact", "a mapping with protocol: sftp or folder"),
    ],
)
def test_a_missing_section_is_told_with_what_it_holds(etc: Etc, start, end, allowed):
    etc.sheet(SENDER[: SENDER.index(start)] + SENDER[SENDER.index(end) :])
    assert (etc.problem().message, etc.problem().allowed) == ("this key is required", allowed)


def test_sender_keys_are_unknown_in_a_receiver_sheet(etc: Etc):
    text = SENDER.replace("sender", "receiver").replace("emission: [FSO1100A]", "reception: [FEN0036A]")
    etc.sheet(text + "batch: {max_documents: 3}\n")
    assert (etc.problem().key, etc.problem().message) == ("batch", "unknown key")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("{file: keys/chorus}", "{file: a, credential: b}", "exactly one"),
        ("{file: keys/chorus}", "{}", "exactly one"),
        ("contact:", "poll: {every: 1m, cron: '* * * * *'}\ncontact:", "not both"),
        ("contact:", "poll: {every: null}\ncontact:", "give 'every' or 'cron'"),
        ("emission: [FSO1100A]", "emission: []", "at least one interface code in 'emission'"),
    ],
)
def test_rules_between_keys_are_told_in_words(etc: Etc, old, new, words):
    assert words in etc.sheet_problem(old, new).message


def test_every_mistake_of_every_file_is_told_at_once(etc: Etc):
    etc.main.write_text(MAIN.replace("state: ", "stat: ") + "limits: {flow_size: lots}\n", encoding="utf-8")
    etc.sheet(SENDER.replace("kind: sender", "kind: x").replace("user: aaa123", "port: x"))
    etc.sheet("a: b: c", "broken.yaml")
    etc.sheet(
        SENDER.replace("environment: qualification", "environment: production")
        .replace("12345678200010", "12345678200011")
        .replace("name: chorus", "name: chorus\nfoo: 1"),
        "z.yml",
    )
    error = etc.refused()
    told = [(problem.file.name, problem.key) for problem in error.problems]
    assert told == [
        ("edid.yaml", "state"),
        ("edid.yaml", "stat"),
        ("edid.yaml", "limits.flow_size"),
        ("broken.yaml", ""),
        ("chorus.yaml", "kind"),
        ("chorus.yaml", "transport.user"),
        ("chorus.yaml", "transport.port"),
        ("z.yml", "name"),
        ("z.yml", "name"),
        ("z.yml", "foo"),
        ("z.yml", "structure.siret"),
    ]  # fmt: skip
    lines = str(error).splitlines()
    assert lines[0] == "The configuration has 11 problems:"
    assert lines[-1] == "Mend what is listed, then run: edid config check"
    assert (
        f"  {etc.main}:3:21 limits.flow_size: not a size. Found: 'lots'. "
        "Allowed: a size such as 500kB, 100MB or 1GB, or a number of bytes."
    ) in lines


def test_long_and_unprintable_values_are_shown_short_and_safe(etc: Etc):
    problem = etc.sheet_problem("chorus-pro", '"\\e[31m' + "x" * 500 + '"')
    assert "\x1b" not in str(problem)
    assert len(problem.found or "") < 100
