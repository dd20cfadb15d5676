"""Which packs judge: by the kind of a document, its BT-24, the day, and what the sheet asks for."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from edid.documents.kinds import Kind
from edid.validation import catalogue
from edid.validation.packs import Catalogue, Pack, Profile, Stage, Step
from edid.validation.selection import choose
from edid.validation.standard import Standard
from edid.validation.verdict import PROFILE_UNKNOWN, Severity

SHIPPED = catalogue.shipped()
EN = "urn:cen.eu:en16931:2017"
EXTENDED = f"{EN}#conformant#urn.cpro.gouv.fr:1p0:extended-ctc-fr"
FACTUR_X = "urn:factur-x.eu:1p0:"
BEFORE, AFTER = date(2026, 9, 30), date(2026, 10, 1)


def chosen(kind: Kind, guideline: str | None, profile: str = "fr-ctc", day: date = AFTER, **standard: object):
    return choose(SHIPPED, kind, guideline, Standard(profile, day=day, **standard))


def names(found) -> list[str]:
    return [pack.name for each in found for pack in each.packs]


@pytest.mark.parametrize(
    ("kind", "guideline", "packs"),
    [
        (Kind.UBL_INVOICE, EN, ["UBL-Invoice", "EN16931-UBL", "BR-FR-Flux2-UBL"]),
        (Kind.UBL_CREDIT_NOTE, EN, ["UBL-CreditNote", "EN16931-UBL", "BR-FR-Flux2-UBL"]),
        (Kind.UBL_INVOICE, EXTENDED, ["UBL-Invoice", "EXTENDED-CTC-FR-UBL", "BR-FR-Flux2-UBL"]),
        (Kind.CII, EN, ["CII", "EN16931-CII", "BR-FR-Flux2-CII"]),
        (Kind.CII, EXTENDED, ["CII", "EXTENDED-CTC-FR-CII", "BR-FR-Flux2-CII"]),
        (Kind.CII, f"{EN}#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0", ["CII", "EN16931-CII", "BR-FR-Flux2-CII"]),
        (Kind.CII, f"{EN}#compliant#{FACTUR_X}basic", ["CII", "FACTUR-X-BASIC", "BR-FR-Flux2-CII"]),
        (
            Kind.FACTUR_X,
            f"{FACTUR_X}minimum",
            ["FACTUR-X-MINIMUM-XSD", "FACTUR-X-PDF", "FACTUR-X-MINIMUM", "BR-FR-Flux2-CII"],
        ),
        (
            Kind.FACTUR_X,
            f"{FACTUR_X}basicwl",
            ["FACTUR-X-BASIC-WL-XSD", "FACTUR-X-PDF", "FACTUR-X-BASIC-WL", "BR-FR-Flux2-CII"],
        ),
        (
            Kind.FACTUR_X,
            f"{EN}#conformant#{FACTUR_X}extended",
            ["FACTUR-X-EXTENDED-XSD", "FACTUR-X-PDF", "FACTUR-X-EXTENDED", "BR-FR-Flux2-CII"],
        ),
        (Kind.FACTUR_X, EN, ["FACTUR-X-EN16931-XSD", "FACTUR-X-PDF", "FACTUR-X-EN16931", "BR-FR-Flux2-CII"]),
        (Kind.FACTUR_X, EXTENDED, ["CII", "FACTUR-X-PDF", "EXTENDED-CTC-FR-CII", "BR-FR-Flux2-CII"]),
        (Kind.CDAR, None, ["CDAR", "BR-FR-CDV"]),
        (Kind.CPP_STATUT, None, ["CPPStatut"]),
        (Kind.CPP_PIVOT, None, ["CPPFacturePivot", "CPPFacturePivot"]),
        (Kind.ARCHIVE, None, []),
    ],
)
def test_the_root_then_bt_24_choose_the_packs(kind, guideline, packs):
    found = chosen(kind, guideline)
    assert names(found) == packs
    assert all(each.because is None and each.note is None for each in found)


@pytest.mark.parametrize(
    ("profile", "stages"),
    [
        ("xsd-only", ["schema"]),
        ("en16931", ["schema", "pdf", "core"]),
        ("fr-ctc", ["schema", "pdf", "core", "france"]),
        ("fr-ctc-b2g", ["schema", "pdf", "core", "france", "b2g"]),
        ("chorus-pro", ["schema", "pdf", "chorus-pro", "core"]),
    ],
)
def test_a_profile_is_a_list_of_stages_and_pdf_rules_are_for_pdfs_alone(profile, stages):
    assert [each.stage for each in chosen(Kind.FACTUR_X, EN, profile)] == stages
    assert [each.stage for each in chosen(Kind.CII, EN, profile)] == [each for each in stages if each != "pdf"]


def test_the_lifecycle_stage_is_for_lifecycle_messages_alone():
    assert [each.stage for each in chosen(Kind.CDAR, None, "chorus-pro")] == ["schema", "lifecycle"]
    others = set(Kind) - {Kind.CDAR}
    assert all(each.stage is not Stage.LIFECYCLE for kind in others for each in chosen(kind, EN))


def test_in_the_historical_profile_en_16931_only_informs():
    modes = {each.stage: each.mode for each in chosen(Kind.FACTUR_X, EN, "chorus-pro")}
    assert modes == {
        Stage.SCHEMA: Severity.FATAL,
        Stage.PDF: Severity.WARNING,
        Stage.CHORUS_PRO: Severity.FATAL,
        Stage.CORE: Severity.INFORMATION,
    }


@pytest.mark.parametrize("kind", [Kind.UBL_INVOICE, Kind.UBL_CREDIT_NOTE, Kind.CII, Kind.FACTUR_X])
def test_the_french_rules_become_binding_on_the_first_of_october(kind):
    (early,) = (each.packs[0] for each in chosen(kind, EN, day=BEFORE) if each.stage is Stage.FRANCE)
    (late,) = (each.packs[0] for each in chosen(kind, EN, day=AFTER) if each.stage is Stage.FRANCE)
    assert (early.name, early.stylesheet) == (late.name, late.stylesheet)
    assert (early.version, late.version) == ("1.4.0.04-warning", "1.4.0.04")
    assert late.weighings == ()


def test_an_unknown_bt_24_is_judged_by_the_fallback_which_is_said():
    found = chosen(Kind.UBL_INVOICE, "urn:example:mine")
    notes = [each.note for each in found if each.note]
    assert names(found) == ["UBL-Invoice", "EN16931-UBL", "BR-FR-Flux2-UBL"]
    (note,) = notes
    assert (note.rule, note.severity, note.found) == (PROFILE_UNKNOWN, Severity.INFORMATION, "urn:example:mine")
    assert (note.pack, note.terms) == ("EN16931-UBL", ("BT-24",))


def test_a_missing_bt_24_is_for_the_rules_to_tell():
    found = chosen(Kind.CII, None)
    assert names(found) == ["CII", "EN16931-CII", "BR-FR-Flux2-CII"]
    assert [each.note for each in found] == [None] * 3


def test_an_endless_bt_24_is_shown_cut():
    (note,) = [each.note for each in chosen(Kind.CII, "urn:" * 1_000_000) if each.note]
    assert len(note.message) < 300
    assert len(note.found) == 120


@pytest.mark.parametrize("guideline", ["*", "urn:cen.eu:en16931:20[0-9]7", f"{EN}#", f" {EN}", EN.upper(), "?" * 23])
def test_a_document_cannot_choose_its_rules_by_a_pattern(guideline):
    found = chosen(Kind.UBL_INVOICE, guideline)
    assert names(found)[1] == "EN16931-UBL"
    assert found[1].note.rule == PROFILE_UNKNOWN


def test_a_pin_takes_one_version_and_leaves_other_packs_alone():
    pinned = chosen(Kind.CPP_PIVOT, None, pins=("CPPFacturePivot@V1_22",))
    assert [pack.version for pack in pinned[0].packs] == ["V1_22"]
    assert names(chosen(Kind.CDAR, None, pins=("CPPFacturePivot@V1_22",))) == ["CDAR", "BR-FR-CDV"]


def test_a_pinned_version_that_is_out_of_force_judges_nothing_and_says_so():
    found = chosen(Kind.CII, EN, pins=("BR-FR-Flux2-CII@1.4.0.04",), day=BEFORE)
    assert found[-1].packs == ()
    assert found[-1].because == "no pack of the stage 'france' is in force on 2026-09-30."


@pytest.mark.parametrize("wish", [{"pins": ("CII@9",)}, {"pins": ("NO@1",)}, {"packs": ("NO",)}, {"packs": ("CII@9",)}])
def test_a_pack_or_version_that_does_not_exist_is_named(wish):
    (name,) = next(iter(wish.values()))
    with pytest.raises(LookupError, match=f"there is no rule pack '{name}'; 'edid rules list'"):
        chosen(Kind.CII, EN, **wish)


def test_an_unknown_profile_is_named_with_those_there_are():
    with pytest.raises(
        LookupError, match=r"'en-16931' is unknown; known: xsd-only, en16931, fr-ctc, fr-ctc-b2g, choru"
    ):
        chosen(Kind.CII, EN, "en-16931")


def test_named_packs_take_the_place_of_the_profile_and_those_for_other_kinds_rest():
    wanted = ("BR-FR-CPRO", "EN16931-UBL", "CII", "EN16931-CII@FX-1.09")
    found = chosen(Kind.CII, "urn:example:mine", packs=wanted)
    assert names(found) == ["BR-FR-CPRO", "CII", "EN16931-CII"]
    assert [each.mode for each in found] == [Severity.FATAL] * 3
    assert chosen(Kind.CPP_STATUT, None, packs=wanted) == []


def test_a_named_schema_brings_all_its_versions_unless_one_is_named():
    (every,) = chosen(Kind.CPP_PIVOT, None, packs=("CPPFacturePivot",))
    (old,) = chosen(Kind.CPP_PIVOT, None, packs=("CPPFacturePivot@V1_22",))
    assert [pack.version for pack in every.packs] == ["V2_02", "V1_22"]
    assert [pack.version for pack in old.packs] == ["V1_22"]


@pytest.mark.parametrize(("day", "version"), [(BEFORE, "1.4.0.04-warning"), (AFTER, "1.4.0.04")])
def test_of_a_named_pack_the_version_in_force_is_taken(day, version):
    (found,) = chosen(Kind.CII, EN, day=day, packs=("BR-FR-Flux2-CII",))
    assert [pack.version for pack in found.packs] == [version]


def test_a_version_that_is_named_is_taken_in_force_or_not():
    (found,) = chosen(Kind.CII, EN, day=AFTER, packs=("BR-FR-Flux2-CII@1.4.0.04-warning",))
    assert found.packs[0].version == "1.4.0.04-warning"


def made(name: str, **fields: object) -> Pack:
    known: dict = {"stage": Stage.CORE, "kinds": (Kind.CII,), "version": "1", "source": "a test", "own": "CHORUS-PRO"}
    return Pack(name=name, **(known | fields))


def of_core(*packs: Pack, guideline: str | None = EN, day: date = AFTER, mode: Severity = Severity.FATAL):
    known = Catalogue(packs, (Profile("test", (Step(Stage.CORE, mode),)),))
    return choose(known, Kind.CII, guideline, Standard("test", day=day))


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2025, 12, 31), None),
        (date(2026, 1, 1), "old"),
        (date(2026, 6, 30), "old"),
        (date(2026, 7, 1), "new"),
        (date(2099, 1, 1), "new"),
    ],
)
def test_both_bounds_of_a_pack_belong_to_its_time_in_force(day, name):
    old = made("old", since=date(2026, 1, 1), until=date(2026, 6, 30))
    (found,) = of_core(made("new", since=date(2026, 7, 1)), old, day=day)
    assert [pack.name for pack in found.packs] == ([name] if name else [])
    assert (found.because is None) == (name is not None)


def test_a_pack_that_names_the_bt_24_beats_one_for_any_which_beats_the_fallback():
    fallback, any_profile, exact = made("a", fallback=True, guidelines=("x",)), made("b"), made("c", guidelines=(EN,))
    assert names(of_core(fallback, any_profile, exact)) == ["c"]
    assert names(of_core(fallback, any_profile, exact, guideline="urn:other")) == ["b"]
    assert names(of_core(fallback, exact, guideline="urn:other")) == ["a"]
    assert names(of_core(fallback, exact, guideline=None)) == ["a"]


def test_without_a_fallback_an_unknown_bt_24_is_not_judged():
    (found,) = of_core(made("c", guidelines=("urn:x",)))
    assert found.packs == ()
    assert found.because == f"edid has no rules for the profile (BT-24) '{EN}'."


def test_the_lighter_mode_of_step_and_pack_counts():
    light = made("light", mode=Severity.WARNING)
    assert [each.mode for each in of_core(light)] == [Severity.WARNING]
    assert [each.mode for each in of_core(light, mode=Severity.INFORMATION)] == [Severity.INFORMATION]
    assert [each.mode for each in of_core(replace(light, mode=Severity.FATAL))] == [Severity.FATAL]


def test_a_stage_without_a_pack_for_the_kind_does_not_concern_it():
    assert of_core(made("for invoices", kinds=(Kind.UBL_INVOICE,))) == []


def test_without_a_day_it_is_today_in_france():
    paris = ZoneInfo("Europe/Paris")
    before = datetime.now(paris).date()
    assert before <= Standard().on <= datetime.now(paris).date()
    assert Standard(day=BEFORE).on == BEFORE
