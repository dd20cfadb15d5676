from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from edid.documents.kinds import ValidationStep
from edid.routing.validation import standing, took_part


def step(code: str, day: int | None = None, actor: str | None = "Durand", label: str | None = None) -> ValidationStep:
    at = datetime(2026, 11, day, 9, tzinfo=UTC) if day else None
    return ValidationStep(code, at, label, actor_name=actor)


@pytest.mark.parametrize("frame", [None, "", "A1", "A4", "A13", "M1"])
def test_other_frames_wait_for_no_validator(frame):
    assert standing(frame, [step("13")]).awaiting == "none"
    assert standing(frame, []).outcome == "not needed"


@pytest.mark.parametrize("frame", ["A9", "A10", "A12", " a9 "])
def test_without_a_step_the_first_validator_is_awaited(frame):
    told = standing(frame, [])
    assert (told.awaiting, told.outcome, told.tacit_deadline) == ("first-validator", "pending", None)


@pytest.mark.parametrize(
    ("frame", "codes", "awaiting", "outcome"),
    [
        ("A9", ["13"], "second-validator", "pending"),
        ("A9", ["13", "18"], "none", "validated"),
        ("A9", ["13", "17"], "none", "refused"),
        ("A9", ["14"], "none", "refused"),
        ("A9", ["14", "13"], "second-validator", "pending"),
        ("A10", ["13"], "none", "validated"),
        ("A12", ["13"], "none", "validated"),
        ("A12", ["014"], "none", "refused"),
        ("A9", ["99", "x"], "first-validator", "pending"),
    ],
)
def test_the_last_step_says_who_is_next(frame, codes, awaiting, outcome):
    told = standing(frame, [step(code) for code in codes])
    assert (told.awaiting, told.outcome) == (awaiting, outcome)


def test_which_frames_have_a_second_validator_is_a_setting():
    assert standing("A9", [step("13")], second=()).awaiting == "none"
    assert standing("A12", [step("13")], second={"A12"}).awaiting == "second-validator"


def test_steps_count_by_their_time_where_all_have_one():
    assert standing("A12", [step("14", 20), step("13", 10)]).outcome == "refused"
    assert standing("A12", [step("14", 20), step("13")]).outcome == "validated"


def test_a_number_with_the_label_of_another_numbering_is_not_believed():
    assert standing("A9", [step("13"), step("17", label="Rejetée")]).awaiting == "second-validator"
    assert standing("A9", [step("13"), step("17", label="Refusée par le second valideur")]).outcome == "refused"


def test_silence_is_consent_fifteen_days_after_a_day_that_is_known():
    told = standing("A9", [step("13", 10)])
    assert told.tacit_deadline == date(2026, 11, 25)
    assert told.fr.endswith("sans réponse au-delà du 25/11/2026, elle est tacitement acceptée")
    assert standing("A10", [], since=date(2026, 11, 1)).tacit_deadline == date(2026, 11, 16)
    assert standing("A9", [step("13", 10), step("18", 12)]).tacit_deadline is None
    assert standing("A10", [], since=date.max).tacit_deadline is None


def test_silence_says_nothing_where_the_subcontractor_is_not_paid_directly():
    assert standing("A12", [], since=date(2026, 11, 1)).tacit_deadline is None


def test_who_took_the_last_step_is_told():
    assert standing("A9", [step("13", actor="Durand")]).last_actor == "Durand"
    assert "(Durand)" in standing("A9", [step("13", actor="Durand")]).fr
    assert standing("A9", [ValidationStep("13", actor_id="123")]).last_actor == "123"
    assert standing("A9", [step("13", actor=None)]).last_actor is None


def test_a_hundred_thousand_steps_are_read():
    steps = [step("13", 1 + place % 28, f"Actor {place}") for place in range(100_000)]
    assert standing("A9", steps).awaiting == "second-validator"
    assert took_part("Actor 99999", steps) == "Actor 99999"
