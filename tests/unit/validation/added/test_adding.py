"""A pack is taken in whole, once, and in the place of the one of its name."""

from __future__ import annotations

import hashlib
import os
from datetime import date
from pathlib import Path

import pytest

from edid.documents.kinds import Kind
from edid.errors import ConfigError, OperatorError, TransientError
from edid.validation.added import AddedRules, adding, copies
from edid.validation.added.copies import RefusedPackError
from edid.validation.added.lock import changing
from edid.validation.files import checked
from edid.validation.packs import Pack, Stage
from edid.validation.verdict import Severity
from tests.unit.validation.added.conftest import Add, Want
from tests.unit.validation.added.stylesheets import GOOD


def added(rules: AddedRules, name: str = "EN16931-CII", version: str = "9.1") -> Pack:
    return rules.catalogue().named(f"{name}@{version}")[0]


def take(rules: AddedRules, wanted) -> adding.Candidate:
    with adding.adding(rules, wanted) as candidate:
        return candidate


def test_the_state_folder_gets_copies_with_their_hashes(rules: AddedRules, add: Add, want: Want):
    add(companions=())
    pack = added(rules)
    assert pack.stylesheet is not None
    assert pack.stylesheet.file == rules.folder / "files" / "EN16931-CII" / "9.1" / "rules.xslt"
    assert pack.stylesheet.sha256 == hashlib.sha256(GOOD.encode()).hexdigest()
    want("the original is changed")
    assert checked(pack)[1] == {pack.stylesheet.file: GOOD.encode()}
    assert not (rules.folder / "adding").exists()


def test_it_judges_what_the_pack_of_its_name_judged(rules: AddedRules, add: Add):
    shipped = rules.catalogue().named("EN16931-CII")[0]
    add()
    pack = added(rules)
    for field in ("stage", "kinds", "guidelines", "fallback", "mode", "weighings"):
        assert getattr(pack, field) == getattr(shipped, field), field
    assert (pack.since, pack.until) == (None, None)
    assert "rules.xslt" in pack.source


def test_dates_of_the_pack_of_its_name_are_not_taken_over(rules: AddedRules, add: Add):
    add(name="BR-FR-Flux2-CII", version="2.0")
    pack = added(rules, "BR-FR-Flux2-CII", "2.0")
    assert (pack.since, pack.weighings) == (None, ())
    add(name="BR-FR-Flux2-CII", version="1.9", since=date(2026, 1, 1), until=date(2026, 9, 30), active=False)
    pack = added(rules, "BR-FR-Flux2-CII", "1.9")
    assert pack.until == date(2026, 9, 30)
    assert pack.weighings == (), "of the added one in force on its first day"


def test_severities_are_those_of_the_pack_in_force_on_its_first_day(rules: AddedRules, add: Add):
    add(name="BR-FR-Flux2-CII", version="0.9", since=date(2026, 1, 1), until=date(2026, 6, 30))
    shipped = rules.shipped().named("BR-FR-Flux2-CII@1.4.0.04-warning")[0]
    assert added(rules, "BR-FR-Flux2-CII", "0.9").weighings == shipped.weighings != ()


def test_what_the_operator_says_comes_first(rules: AddedRules, add: Add):
    add(
        kinds=(Kind.FACTUR_X,),
        guidelines=("urn:x",),
        mode=Severity.WARNING,
        since=date(2027, 1, 1),
        until=date(2027, 12, 31),
        source="CEN",
    )
    pack = next(each for each in rules.catalogue().packs if each.version == "9.1")
    assert (pack.stage, pack.kinds, pack.guidelines) == (Stage.CORE, (Kind.FACTUR_X,), ("urn:x",))
    assert (pack.mode, pack.since, pack.until) == (Severity.WARNING, date(2027, 1, 1), date(2027, 12, 31))
    assert pack.source == "CEN"


def test_companions_are_copied_and_checked(rules: AddedRules, add: Add, tmp_path: Path):
    codes = tmp_path / "codes.xml"
    codes.write_text("<codes/>")
    add(companions=(codes,))
    pack = added(rules)
    assert {path.name for path in checked(pack)[1]} == {"rules.xslt", "codes.xml"}


def test_nothing_is_left_of_what_was_not_kept(rules: AddedRules, want: Want):
    take(rules, want())
    assert rules.catalogue() == rules.shipped()
    assert {path.name for path in rules.folder.iterdir()} == {"lock", "catalogue.yaml"}


def test_what_an_interrupted_command_left_is_cleared(rules: AddedRules, want: Want, add: Add):
    (rules.folder / "adding" / "deep").mkdir(parents=True)
    (rules.folder / "files" / "EN16931-CII" / "9.1").mkdir(parents=True)
    (rules.folder / "files" / "EN16931-CII" / "9.1" / "half.xslt").write_text("half")
    (rules.folder / "catalogue.yaml").write_text("packs: []")
    add()
    assert [path.name for path in checked(added(rules))[0].parent.iterdir()] == ["rules.xslt"]


def test_power_that_fails_before_the_record_is_written_changes_nothing(
    rules: AddedRules, add: Add, monkeypatch: pytest.MonkeyPatch
):
    class PowerCutError(BaseException):
        pass

    def cut(*_: object) -> None:
        raise PowerCutError

    add(version="9.0")
    before = rules.catalogue()
    monkeypatch.setattr(adding.record, "write", cut)
    with pytest.raises(PowerCutError):
        add()
    monkeypatch.undo()
    assert AddedRules(rules.folder).catalogue() == before
    assert (rules.folder / "files" / "EN16931-CII" / "9.1").exists(), "its files are there before its record is"
    add()
    assert checked(added(rules))


def test_the_same_files_again_are_known(rules: AddedRules, add: Add, want: Want):
    add()
    assert take(rules, want()).known is not None
    assert take(rules, want(called="under another name.xslt")).known is not None
    assert take(rules, want()).intact


def test_the_same_files_again_restore_altered_ones(rules: AddedRules, add: Add, want: Want):
    add()
    copy = rules.folder / "files" / "EN16931-CII" / "9.1" / "rules.xslt"
    copy.write_text("altered")
    with adding.adding(rules, want(called="under another name.xslt")) as candidate:
        assert not candidate.intact
        candidate.restore()
        assert candidate.intact
    assert copy.read_text() == GOOD


def refused(rules: AddedRules, wanted, *words: str) -> None:
    with pytest.raises(RefusedPackError) as caught:
        take(rules, wanted)
    for word in words:
        assert word in str(caught.value)
    assert not (rules.folder / "files" / "EN16931-CII" / "9.9").exists()


def test_a_version_never_changes(rules: AddedRules, add: Add, want: Want):
    add()
    refused(rules, want(GOOD + " "), "with other files", "give these another one")
    refused(rules, want(mode=Severity.WARNING), "other settings (mode)", "edid rules remove EN16931-CII 9.1")


def test_a_version_that_edid_has_is_refused(rules: AddedRules, want: Want):
    refused(rules, want(version="FX-1.09"), "is part of this edid")


def test_rules_of_edids_own_program_are_not_superseded(rules: AddedRules, want: Want):
    refused(rules, want(name="CHORUS-PRO"), "part of the program")


def test_a_new_name_must_say_what_it_judges(rules: AddedRules, want: Want, add: Add):
    refused(rules, want(name="HOUSE"), "--stage and --kind")
    refused(rules, want(name="HOUSE", stage=Stage.CORE), "--stage and --kind")
    add(name="HOUSE", stage=Stage.CORE, kinds=(Kind.CII,), guidelines=("urn:house",))
    assert added(rules, "HOUSE").guidelines == ("urn:house",)


def test_taking_the_place_of_another_pack_must_be_meant(rules: AddedRules, want: Want, add: Add):
    house = {"name": "HOUSE", "stage": Stage.FRANCE, "kinds": (Kind.CII, Kind.UBL_INVOICE)}
    words = ("BR-FR-Flux2-CII for cii", "BR-FR-Flux2-UBL for ubl-invoice", "--instead-of BR-FR-Flux2-CII --instead-of")
    refused(rules, want(**house), *words)
    refused(rules, want(**house, instead_of=("BR-FR-Flux2-UBL",)), "BR-FR-Flux2-CII for cii:")
    wider = ("urn:cen.eu:en16931:2017#conformant#*",)
    refused(rules, want(name="HOUSE", stage=Stage.CORE, kinds=(Kind.CII,), guidelines=wider), "EXTENDED-CTC-FR-CII")
    add(**house, instead_of=("BR-FR-Flux2-UBL", "BR-FR-Flux2-CII"))
    assert added(rules, "HOUSE").stage is Stage.FRANCE


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"name": "../up"}, "name"),
        ({"version": "1/../../2"}, "version"),
        ({"version": ""}, "version"),
        ({"name": "a@b"}, "name"),
    ],
)
def test_names_that_are_none_are_refused(rules: AddedRules, want: Want, options: dict[str, str], word: str):
    house = {"stage": Stage.CORE, "kinds": (Kind.CII,), "guidelines": ("urn:house",)}
    refused(rules, want(**({"name": "HOUSE"} | options | house)), "cannot be a rule pack", f"{word}:")


def test_a_file_that_is_too_large_is_not_read_to_its_end(
    rules: AddedRules, want: Want, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(copies, "LARGEST", 1000)
    refused(rules, want(GOOD + " " * 1000), "larger than 1kB")
    endless = want()
    endless.file.unlink()
    endless.file.symlink_to("/dev/zero")
    refused(rules, endless, "larger than 1kB")


def test_two_files_of_one_name_are_refused(rules: AddedRules, want: Want, tmp_path: Path):
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "rules.xslt").write_text("<codes/>")
    refused(rules, want(companions=(tmp_path / "other" / "rules.xslt",)), "two of the files")


def test_a_hidden_or_unprintable_file_name_is_refused(rules: AddedRules, want: Want):
    refused(rules, want(called=".hidden"), "cannot be kept")
    refused(rules, want(called="a\nb.xslt"), "cannot be kept")


# --- who may write


def test_one_command_at_a_time_and_the_daemon_does_not_wait(rules: AddedRules, want: Want, add: Add):
    add()
    with changing(rules.folder):
        with pytest.raises(TransientError, match="another 'edid rules'"):
            take(rules, want(version="9.9"))
        assert AddedRules(rules.folder).catalogue().named("EN16931-CII")[0].version == "9.1"
    take(rules, want(version="9.9"))


def test_no_state_folder_is_made(tmp_path: Path, want: Want):
    with pytest.raises(ConfigError, match="no state folder yet"):
        take(AddedRules(tmp_path / "nowhere" / "rules"), want())
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_files_that_the_daemon_could_not_read_are_never_written(rules: AddedRules, want: Want):
    os.chown(rules.folder.parent, 12345, 12345)
    with pytest.raises(OperatorError, match="belongs to 12345") as refusal:
        take(rules, want())
    assert "runuser -u 12345" in refusal.value.remedy
    assert not rules.folder.exists()
