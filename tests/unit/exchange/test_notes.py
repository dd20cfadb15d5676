"""Both languages say the same things, and every note says what, where and what to do."""

from __future__ import annotations

import json
import string
from typing import get_args

import pytest

from edid.exchange.notes import _WORDS, FOR_PEOPLE, FOR_PROGRAMS, duplicate_notes, verdict_notes
from edid.flows.irr import Language
from edid.validation.verdict import Finding, Outcome, PackUsed, Severity, Verdict, not_judged

LANGUAGES: tuple[Language, ...] = get_args(Language)
FINDING = Finding(
    "XSD",
    Severity.FATAL,
    "cbc:IssueDate is no date.",
    line=17,
    path="/Invoice/cbc:IssueDate",
    found="31/08/2026",
    expected="a date such as 2026-08-31",
    remedy="Write the date as 2026-08-31.",
)
VERDICT = Verdict(Outcome.INVALID, (PackUsed("ubl", "2.1", "0" * 64),), (FINDING,), truncated=True)


def _verdict_note(verdict: Verdict, language: Language) -> tuple[str, dict]:
    notes = verdict_notes(verdict, file="a.xml", sheet="s", language=language, origin={"token": "t"})
    return notes[FOR_PEOPLE].decode(), json.loads(notes[FOR_PROGRAMS])


def _duplicate_note(language: Language, **changes: object) -> tuple[str, dict]:
    usual = {"number": "F-1", "original": 7, "same_bytes": True}
    notes = duplicate_notes(file="a.xml", sheet="s", language=language, origin={"token": "t"}, **{**usual, **changes})
    return notes[FOR_PEOPLE].decode(), json.loads(notes[FOR_PROGRAMS])


def test_both_languages_have_the_same_words_and_no_empty_one() -> None:
    assert set(_WORDS) == set(LANGUAGES)
    french, english = _WORDS["fr"], _WORDS["en"]
    assert set(french) == set(english)
    assert all(text.strip() for words in _WORDS.values() for text in words.values())


def test_both_languages_fill_in_the_same_facts() -> None:
    def fields(text: str) -> set[str | None]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    for key in _WORDS["fr"]:
        assert fields(_WORDS["fr"][key]) == fields(_WORDS["en"][key])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("outcome", Outcome)
def test_there_is_a_heading_for_every_outcome_that_is_set_aside(language: Language, outcome: Outcome) -> None:
    assert (str(outcome) in _WORDS[language]) == (outcome is not Outcome.VALID)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_note_of_a_refused_file_says_what_where_and_what_to_do(language: Language) -> None:
    text, data = _verdict_note(VERDICT, language)
    words = _WORDS[language]
    assert text.startswith(words["invalid"])
    for part in ("a.xml", "XSD", "17", "/Invoice/cbc:IssueDate", "31/08/2026", "ubl 2.1", words["more"]):
        assert part in text
    assert words["remedy"] in text
    assert text.rstrip().endswith(words["drop"])
    assert data["verdict"]["findings"][0]["rule"] == "XSD"
    assert (data["file"], data["sheet"], data["token"]) == ("a.xml", "s", "t")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_note_of_a_held_file_says_why_and_what_to_do(language: Language) -> None:
    text, data = _verdict_note(not_judged("the validator died."), language)
    words = _WORDS[language]
    assert text.startswith(words["not judged"])
    assert "the validator died." in text
    assert words["held"] in text
    assert data["verdict"]["outcome"] == "not judged"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("same_bytes", [True, False])
def test_the_note_of_a_duplicate_says_of_what_and_how_to_force_it(language: Language, same_bytes: bool) -> None:
    text, data = _duplicate_note(language, same_bytes=same_bytes)
    assert text.startswith(_WORDS[language]["duplicate"])
    for part in ("a.xml", "F-1", "document 7", "documents force"):
        assert part in text
    assert data["duplicate_of"] == "document 7"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_duplicate_of_the_same_batch_has_no_number_to_show_yet(language: Language) -> None:
    text, _ = _duplicate_note(language, original=-3, number=None)
    assert _WORDS[language]["same batch"] in text
    assert "-3" not in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_note_says_that_a_duplicate_was_sent(language: Language) -> None:
    text, _ = _duplicate_note(language)
    assert "déjà parti" not in text
    assert "already left" not in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_document_says_is_copied_and_never_formatted(language: Language) -> None:
    text, _ = _duplicate_note(language, number="{0.__class__}")
    assert "{0.__class__}" in text
