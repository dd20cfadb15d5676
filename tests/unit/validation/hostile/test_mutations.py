"""Real documents, spoiled in ways that hypothesis thinks of: a verdict every time, from the same process.

`EDID_FUZZ=N` judges about N documents more, with a fresh start each time.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.validation.hostile.changes import CHANGES, DAMAGE, changed, damaged
from tests.unit.validation.hostile.judge import Judge

FOLDERS = ("cen/ubl-examples", "cen/cii-examples", "chorus/cii", "chorus/pivot", "chorus/statut", "cdar")
PROFILES = ("fr-ctc", "chorus-pro")
FUZZ = int(os.environ.get("EDID_FUZZ", "0"))
LARGEST = 400_000


def some(examples: int, share: float) -> settings:
    """As many examples as `examples`, or that share of what EDID_FUZZ asks for: each is judged by both profiles."""
    return settings(
        deadline=None,
        database=None,
        derandomize=not FUZZ,
        max_examples=max(examples, int(share * FUZZ) // len(PROFILES)),
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
    )


@cache
def contents(corpus: Path) -> tuple[tuple[str, bytes], ...]:
    """Return the documents that are spoiled: all formats in turn."""
    paths = [path for folder in FOLDERS for path in sorted((corpus / folder).glob("*.xml"))]
    return tuple((path.name, path.read_bytes()) for path in paths if path.stat().st_size <= LARGEST)


@pytest.fixture
def judge_both(hostile_judge: Judge):
    """Judge a document by both profiles."""

    def _judge(content: bytes) -> None:
        for profile in PROFILES:
            hostile_judge.survives(content, profile)

    return _judge


@pytest.mark.timeout(0 if FUZZ else 180)
@some(25, 0.75)
@given(which=st.integers(0, 10_000), changes=CHANGES)
def test_no_change_of_a_document_makes_judging_fail(corpus, judge_both, which, changes):
    known = contents(corpus)
    _, content = known[which % len(known)]
    judge_both(changed(content, changes))


@pytest.mark.timeout(0 if FUZZ else 180)
@some(25, 0.25)
@given(which=st.integers(0, 10_000), damage=DAMAGE)
def test_no_damage_of_a_document_makes_judging_fail(corpus, judge_both, which, damage):
    known = contents(corpus)
    _, content = known[which % len(known)]
    judge_both(damaged(content, damage))


@pytest.mark.timeout(0 if FUZZ else 180)
@pytest.mark.skipif(not FUZZ, reason="set EDID_FUZZ to a number of documents to count them")
def test_as_many_documents_were_judged_as_asked(hostile_judge):
    print(f"{hostile_judge.judged} documents were judged")
    assert hostile_judge.judged >= FUZZ - 2 * len(PROFILES)
