"""What rests behind the others can be pinned, and is never chosen otherwise."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as some

from edid.documents.kinds import Kind
from edid.validation import catalogue
from edid.validation.added.order import Use, arranged, covers, use_of
from edid.validation.packs import Catalogue, Files, Pack, Profile, Stage, Step
from edid.validation.selection import choose
from edid.validation.standard import Standard

DAY = date(2026, 11, 23)
FILES = Files("0" * 64, "0" * 64, file=Path("/x.xslt"))
GUIDELINES = ("urn:a", "urn:a#*", "urn:b")
DAYS = (date(2026, 1, 1), date(2026, 6, 1), date(2026, 12, 1))
packs = some.builds(
    Pack,
    name=some.sampled_from("AB"),
    stage=some.just(Stage.CORE),
    kinds=some.sets(some.sampled_from([Kind.CII, Kind.FACTUR_X]), min_size=1).map(lambda it: tuple(sorted(it))),
    version=some.integers(1, 10**6).map(str),
    source=some.just("s"),
    stylesheet=some.just(FILES),
    guidelines=some.sets(some.sampled_from(GUIDELINES)).map(lambda it: tuple(sorted(it))),
    fallback=some.booleans(),
    since=some.none() | some.sampled_from(DAYS),
    until=some.none() | some.sampled_from(DAYS),
)
PROFILES = (Profile("core", (Step(Stage.CORE),)),)


@settings(max_examples=300, deadline=None)
@given(some.lists(packs, max_size=3), some.lists(packs, max_size=3), some.lists(packs, max_size=3))
def test_what_rests_changes_nothing_for_anybody(active: list[Pack], resting: list[Pack], shipped: list[Pack]):
    without = arranged(active, [], Catalogue(tuple(shipped), PROFILES))
    with_them = arranged(active, resting, Catalogue(tuple(shipped), PROFILES))
    for kind in (Kind.CII, Kind.FACTUR_X):
        for guideline in (None, "urn:a", "urn:a#x", "urn:b", "urn:c"):
            for day in (*DAYS, date(2025, 1, 1), date(2027, 1, 1)):
                standard = Standard("core", day=day)
                assert choose(with_them, kind, guideline, standard) == choose(without, kind, guideline, standard)


def pack(version: str, **fields) -> Pack:
    base = Pack("A", Stage.CORE, (Kind.CII,), version, "s", stylesheet=FILES, guidelines=("urn:a",))
    return replace(base, **fields)


def chosen(packs: Catalogue, *pins: str, guideline: str | None = "urn:a", day: date = DAY) -> list[str]:
    found = choose(packs, Kind.CII, guideline, Standard("core", pins=pins, day=day))
    return [each.version for one in found for each in one.packs]


def test_what_rests_is_chosen_by_a_pin():
    packs = arranged([pack("2")], [pack("1")], Catalogue((pack("0"),), PROFILES))
    assert chosen(packs) == ["2"]
    assert [chosen(packs, f"A@{version}") for version in "012"] == [["0"], ["1"], ["2"]]


def test_what_rests_and_would_judge_more_than_the_others_is_out_of_reach():
    packs = arranged([], [pack("1", guidelines=("urn:a", "urn:b"))], Catalogue((pack("0"),), PROFILES))
    assert [each.version for each in packs.packs] == ["0"]


def test_a_newer_version_with_a_first_day_leaves_the_days_before_to_the_older_one():
    newer = pack("3", since=date(2027, 1, 1))
    packs = arranged([newer, pack("2")], [], Catalogue((pack("0"),), PROFILES))
    assert chosen(packs) == ["2"]
    assert chosen(packs, day=date(2027, 1, 1)) == ["3"]


def test_a_new_name_comes_first():
    packs = arranged([pack("1", name="B")], [], Catalogue((pack("0"),), PROFILES))
    assert [each.name for each in packs.packs] == ["B", "A"]


def test_a_list_can_say_what_becomes_of_each_version():
    future, present, past = pack("3", since=date(2027, 1, 1)), pack("2"), pack("1")
    elsewhere = pack("9", kinds=(Kind.CDAR,))
    packs = arranged([future, present], [past, elsewhere], Catalogue((pack("0"),), PROFILES))
    uses = [use_of(packs, each, DAY) for each in (future, present, past, pack("0"), elsewhere)]
    assert uses == [Use.NOT_IN_FORCE, Use.YES, Use.IF_PINNED, Use.IF_PINNED, Use.NO]
    assert use_of(packs, present, date(2027, 2, 1)) is Use.IF_PINNED, "the newer one is in force by then"


def test_an_added_schema_takes_over_the_versions_that_it_is_for():
    status = catalogue.shipped().named("CPPStatut")[0]
    assert status.versions == ("V1_19", "V1_18")
    newer = replace(status, version="V1_20", versions=("V1_20",))
    found = arranged([newer], [], catalogue.shipped()).named("CPPStatut")
    assert [each.versions for each in found] == [("V1_20",), ("V1_19", "V1_18")]
    mended = replace(status, version="V1_19.1", versions=("V1_19",))
    found = arranged([mended], [], catalogue.shipped()).named("CPPStatut")
    assert [each.versions for each in found] == [("V1_19",), ("V1_18",)]
    assert use_of(arranged([mended], [], catalogue.shipped()), status, DAY) is Use.YES
    assert arranged([], [newer], catalogue.shipped()) == catalogue.shipped(), "all schemas at hand are tried"


def test_schemas_never_rest_within_reach():
    schema = catalogue.shipped().named("CII")[0]
    assert not covers(schema, replace(schema, version="2"))
