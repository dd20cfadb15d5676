"""SARIF: what the format requires is there, and a check that did not run is never silent."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from edid import __version__
from edid.report.sarif import render, uri
from edid.report.words import LANGUAGES
from edid.validation.explanations import explain
from edid.validation.verdict import Finding, Severity, concluded
from tests.unit.report.verdicts import INVALID, NORM_PACK, SILENT, TOTAL, VALID, hostile, judged, many

LEVELS = {"none", "note", "warning", "error"}


def run_of(items, language="en") -> dict:
    log = json.loads(render(items, language=language))
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    return run


def follows_the_format(run: dict) -> None:
    """Check what SARIF 2.1.0 requires of the objects used, and that every index leads where it says."""
    driver = run["tool"]["driver"]
    assert driver["name"]
    assert all(component["name"] for component in run["tool"]["extensions"])
    assert all(rule["id"] and rule["shortDescription"]["text"] and rule["help"]["text"] for rule in driver["rules"])
    (invocation,) = run["invocations"]
    assert isinstance(invocation["executionSuccessful"], bool)
    for said in (*run["results"], *invocation["toolExecutionNotifications"]):
        assert said["message"]["text"]
        assert said["level"] in LEVELS
        for location in said["locations"]:
            place = location["physicalLocation"]
            named = run["artifacts"][place["artifactLocation"]["index"]]
            assert named["location"]["uri"] == place["artifactLocation"]["uri"]
            assert place.get("region", {"startLine": 1})["startLine"] >= 1
            assert all(each["fullyQualifiedName"] for each in location.get("logicalLocations", ()))
    for result in run["results"]:
        assert driver["rules"][result["ruleIndex"]]["id"] == result["ruleId"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_report_follows_the_format(everything, refused, real, language):
    items = [*everything, refused, *real, hostile(), judged(many(100, rules=9))]
    follows_the_format(run_of(items, language))
    follows_the_format(run_of([], language))


def test_the_tool_is_edid_and_the_packs_extend_it(everything):
    run = run_of(everything)
    assert run["tool"]["driver"]["version"] == __version__
    assert [(pack["name"], pack["version"]) for pack in run["tool"]["extensions"]] == [
        ("UBL-Invoice", "2.1"),
        ("EN16931-UBL", "1.3.16"),
        ("BR-FR-UBL", "1.3.0"),
    ]


def test_severities_become_levels():
    findings = [replace(TOTAL, severity=severity) for severity in Severity]
    run = run_of([judged(concluded([NORM_PACK], findings))])
    assert [result["level"] for result in run["results"]] == ["error", "warning", "note"]


def test_a_result_says_where_in_lines_and_in_xpath():
    run = run_of([judged(INVALID)])
    (location,) = run["results"][0]["locations"]
    assert location["physicalLocation"]["region"] == {"startLine": 5}
    assert location["logicalLocations"] == [{"fullyQualifiedName": TOTAL.path, "kind": "element"}]


def test_an_attribute_is_called_one_and_a_place_without_line_has_no_region():
    finding = Finding("XSD", Severity.FATAL, "m", path="/Invoice/cbc:Amount/@currencyID")
    (result,) = run_of([judged(concluded([NORM_PACK], [finding]))])["results"]
    (location,) = result["locations"]
    assert "region" not in location["physicalLocation"]
    assert location["logicalLocations"][0]["kind"] == "attribute"


def test_a_rule_is_described_in_both_languages():
    (rule, _) = run_of([judged(INVALID)])["tool"]["driver"]["rules"]
    explanation = explain("BR-CO-15")
    for language in LANGUAGES:
        assert explanation.meaning(language) in rule["help"]["text"]
        assert rule["properties"][language]["remedy"] == explanation.remedy(language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_message_explains_in_the_language_asked_for(language):
    run = run_of([judged(INVALID)], language)
    text = run["results"][0]["message"]["text"]
    assert explain("BR-CO-15").meaning(language) in text
    assert TOTAL.message in text


def test_a_rule_that_edid_does_not_know_is_described_by_its_message():
    finding = Finding("NEVER-HEARD-OF-1", Severity.FATAL, "what the pack says")
    (rule,) = run_of([judged(concluded([NORM_PACK], [finding]))])["tool"]["driver"]["rules"]
    assert rule["shortDescription"]["text"] == "what the pack says"


def test_a_run_in_which_all_was_judged_is_successful():
    invocation = run_of([judged(VALID), judged(INVALID)])["invocations"][0]
    assert invocation["executionSuccessful"] is True
    assert invocation["toolExecutionNotifications"] == []


def test_one_document_that_was_not_judged_fails_the_run_and_is_notified(everything):
    run = run_of(everything)
    (invocation,) = run["invocations"]
    assert invocation["executionSuccessful"] is False
    notes = invocation["toolExecutionNotifications"]
    assert {note["level"] for note in notes} == {"error"}
    assert any("ran out of memory" in note["message"]["text"] for note in notes)
    assert {run["artifacts"][note["locations"][0]["physicalLocation"]["artifactLocation"]["index"]]["location"]["uri"]
            for note in notes} == {"flow.tar.gz!held.xml"}  # fmt: skip


def test_a_rule_that_broke_off_is_a_notification_and_no_result():
    run = run_of([judged(SILENT)])
    assert run["results"] == []
    assert any(
        note["locations"][0]["physicalLocation"].get("region") == {"startLine": 4}
        for note in run["invocations"][0]["toolExecutionNotifications"]
    )


def test_a_check_that_did_not_run_warns_beside_an_invalid_document(real):
    refused = [item for item in real if not item.verdict.packs]
    notes = run_of(refused)["invocations"][0]["toolExecutionNotifications"]
    assert [note["level"] for note in notes] == ["warning"] * len(refused)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a b.xml", "a%20b.xml"),
        ("/var/in/é.xml", "file:///var/in/%C3%A9.xml"),
        ("flow.tar.gz!a/b.xml", "flow.tar.gz!a/b.xml"),
        ("C:x.xml", "C%3Ax.xml"),
        ("\udce9.xml", "%E9.xml"),
        ("\ud800.xml", "%3F.xml"),
        ("a?b#c%.xml", "a%3Fb%23c%25.xml"),
    ],
)
def test_a_name_becomes_a_uri_reference(name, expected):
    assert uri(name) == expected


def test_two_packs_may_have_a_rule_of_the_same_name():
    other = replace(TOTAL, pack="other", message="says it otherwise")
    run = run_of([judged(concluded([NORM_PACK], [TOTAL, other]))])
    assert [rule["properties"]["pack"] for rule in run["tool"]["driver"]["rules"]] == ["EN16931-UBL", "other"]
    assert [result["ruleIndex"] for result in run["results"]] == [0, 1]


def test_ten_thousand_findings_are_all_there_and_bounded():
    text = render([judged(many(10_000))], language="en")
    assert len(json.loads(text)["runs"][0]["results"]) == 10_000
    assert len(text) < 30_000_000


def test_a_hostile_document_steers_no_terminal():
    text = render([hostile()], language="fr")
    assert not any((sign < " " and sign != "\n") or "\x7f" <= sign <= "\x9f" or sign == "\u202e" for sign in text)
    assert text.encode()
