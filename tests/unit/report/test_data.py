"""The report for programs says everything, as the schema describes it, and can be printed safely."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from edid import __version__, resources
from edid.report.data import lines, render
from edid.validation.explanations import explain
from edid.validation.terms import name_of
from edid.validation.verdict import Outcome, Verdict
from tests.unit.report.verdicts import HOSTILE, INVALID, SILENT, TOTAL, VALID, hostile, judged, many


@pytest.fixture(scope="session")
def schema() -> dict:
    return json.loads((resources.folder("schemas") / "verdict.schema.json").read_text("utf-8"))


@pytest.fixture(scope="session")
def validator(schema):
    jsonschema = pytest.importorskip("jsonschema", reason="the test extra is not complete: jsonschema is missing")
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def keys_of(schema: dict, name: str) -> set[str]:
    described = schema["$defs"][name]
    assert described["additionalProperties"] is False
    assert set(described["required"]) == set(described["properties"])
    return set(described["properties"])


def test_every_report_and_every_verdict_alone_follow_the_schema(validator, everything, refused, real):
    items = [*everything, refused, *real, hostile(), judged(many(300, rules=7))]
    validator.validate(json.loads(render(items)))
    validator.validate(json.loads(render([])))
    for line in lines(items):
        validator.validate(json.loads(line))
    for item in items:
        validator.validate(json.loads(json.dumps(item.verdict.as_json())))


@pytest.mark.parametrize(
    "change",
    [
        {"outcome": "perhaps"},
        {"outcome": "not judged"},
        {"not_judged_because": "a reason beside an outcome"},
        {"truncated": "no"},
        {"surprise": 1},
        {"packs": [{"name": "a"}]},
        {"findings": [{"rule": "a"}]},
    ],
)
def test_the_schema_refuses_what_is_no_verdict(validator, change):
    good = json.loads(json.dumps(VALID.as_json()))
    assert validator.is_valid(good)
    assert not validator.is_valid({**good, **change})


def test_the_schema_names_exactly_what_is_written(schema, everything):
    report = json.loads(render(everything))
    document = report["documents"][1]
    finding = document["verdict"]["findings"][1]
    assert set(report) == keys_of(schema, "report")
    assert set(document) == keys_of(schema, "document")
    assert set(document["verdict"]) == keys_of(schema, "explainedVerdict") == keys_of(schema, "verdict")
    assert set(document["verdict"]["packs"][0]) == keys_of(schema, "pack")
    assert set(finding) == keys_of(schema, "explainedFinding")
    assert set(finding["terms"][0]) == keys_of(schema, "term")
    assert set(finding["explanation"]) == keys_of(schema, "explanation")
    assert set(finding["explanation"]["fr"]) == keys_of(schema, "explained")
    assert set(INVALID.as_json()) == keys_of(schema, "verdict")
    assert set(INVALID.as_json()["findings"][0]) == keys_of(schema, "finding")


def test_the_schema_describes_every_member(schema):
    for described in schema["$defs"].values():
        assert described["description"].strip()
        for member in described.get("properties", {}).values():
            named = schema["$defs"][member["$ref"].rpartition("/")[2]] if "$ref" in member else member
            assert (member.get("description") or named["description"]).strip()


def test_a_finding_names_its_terms_and_is_explained_in_both_languages():
    (document,) = json.loads(render([judged(INVALID)]))["documents"]
    finding = next(each for each in document["verdict"]["findings"] if each["rule"] == "BR-CO-15")
    explanation = explain("BR-CO-15")
    assert finding["terms"][0] == {"id": "BT-112", "fr": name_of("BT-112", "fr"), "en": name_of("BT-112", "en")}
    for language in ("fr", "en"):
        assert finding["explanation"][language] == {
            "meaning": explanation.meaning(language),
            "remedy": explanation.remedy(language),
        }
    assert {key: finding[key] for key in ("line", "path", "found", "expected", "message", "pack")} == {
        key: getattr(TOTAL, key) for key in ("line", "path", "found", "expected", "message", "pack")
    }


def test_a_finding_without_terms_of_its_own_has_those_of_its_rule():
    verdict = replace(INVALID, findings=(replace(TOTAL, terms=()),))
    (document,) = json.loads(render([judged(verdict)]))["documents"]
    assert [term["id"] for term in document["verdict"]["findings"][0]["terms"]] == list(explain("BR-CO-15").terms)


def test_the_head_says_who_judged_when_and_what_came_of_it(everything):
    report = json.loads(render(everything, at=datetime(2026, 11, 23, 8, 0, tzinfo=UTC)))
    assert report["edid"] == __version__
    assert report["judged_at"] == "2026-11-23T08:00:00.000Z"
    assert report["outcomes"] == {"valid": 1, "invalid": 1, "not judged": 1}
    assert [document["file"] for document in report["documents"]] == [item.name for item in everything]


def test_a_document_that_was_not_judged_says_so_and_why():
    (document,) = json.loads(render([judged(SILENT)]))["documents"]
    assert document["verdict"]["outcome"] == "not judged"
    assert document["verdict"]["not_judged_because"]


def test_no_finding_is_left_out():
    text = render([judged(many(10_000, rules=50))])
    (document,) = json.loads(text)["documents"]
    assert len(document["verdict"]["findings"]) == 10_000
    assert len(text) < 30_000_000


def test_lines_are_one_document_each_and_made_one_by_one(everything):
    drawn = lines(item for item in everything)
    first = next(drawn)
    assert first.count("\n") == 1
    assert json.loads(first)["file"] == "good.xml"
    assert len(list(drawn)) == 2


def test_what_a_document_says_comes_back_as_it_was_and_steers_no_terminal():
    text = render([hostile()])
    assert not any((sign < " " and sign != "\n") or "\x7f" <= sign <= "\x9f" or sign == "\u202e" for sign in text)
    assert text.encode()
    (document,) = json.loads(text)["documents"]
    assert document["number"] == HOSTILE.replace("\udce9", "\\xe9")


def test_two_names_that_are_no_utf8_stay_two_names():
    verdict = Verdict(Outcome.VALID)
    report = json.loads(render([judged(verdict, "\udce8.xml"), judged(verdict, "\udce9.xml")]))
    assert [document["file"] for document in report["documents"]] == ["\\xe8.xml", "\\xe9.xml"]
