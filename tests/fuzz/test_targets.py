"""Every reader of outside bytes, given what once broke it and a few things that nobody thought of.

`make fuzz` gives them a million.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.cases import CASES, Case
from tests.fuzz.findings import keep, meet, smaller
from tests.fuzz.target import Target, clear_desk
from tests.fuzz.targets import TARGETS

_SLOW = {"sheets": 8, "settings": 15, "yaml": 25, "factur-x": 15}
"""Examples of targets that take long."""


@pytest.fixture(scope="module", autouse=True)
def desk_removed() -> Iterator[None]:
    yield
    clear_desk()


@pytest.mark.parametrize("case", CASES, ids=[f"{case.target}: {case.wrong[:40]}" for case in CASES])
def test_what_was_mended_stays_mended(case: Case):
    TARGETS[case.target].check(case.data)


@pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)
def test_what_every_change_starts_from_is_read(target: Target):
    for data in target.inputs:
        target.check(data)


@pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)
def test_changed_inputs_break_no_promise(target: Target):
    @settings(max_examples=_SLOW.get(target.name, 40), deadline=None, suppress_health_check=list(HealthCheck))
    @given(start=st.sampled_from(range(len(target.inputs))), chance=st.integers(0, 2**32), changes=st.integers(1, 3))
    def changed(start: int, chance: int, changes: int) -> None:
        data, dice = target.inputs[start], random.Random(chance)
        for _ in range(changes):
            data = target.mutate(data, dice)
        target.check(data)

    changed()


@pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)
def test_any_bytes_break_no_promise(target: Target):
    @settings(max_examples=_SLOW.get(target.name, 40), deadline=None, suppress_health_check=list(HealthCheck))
    @given(data=st.binary(max_size=300))
    def anything(data: bytes) -> None:
        target.check(data)

    anything()


def _refuses_a_brace(data: bytes) -> None:
    if b"{" in data:
        raise ValueError("a brace")


def test_a_finding_is_made_small_and_kept_as_text(tmp_path):
    target = Target("braces", _refuses_a_brace, lambda: (b"",))
    assert meet(target, b"nothing") is None
    finding = meet(target, b"a long text { with a brace")
    assert finding is not None
    least = smaller(target, finding)
    assert least.data == b"{"
    written = keep(least, tmp_path).read_text(encoding="utf-8")
    kept = eval(written.strip().rstrip(","), {"Case": Case})
    assert kept.data == b"{"
    assert "ValueError" in kept.wrong


def test_the_same_seed_gives_the_same_changes():
    for target in TARGETS.values():
        start = target.inputs[0]
        assert target.mutate(start, random.Random(7)) == target.mutate(start, random.Random(7))
