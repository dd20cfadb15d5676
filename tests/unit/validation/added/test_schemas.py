"""A schema is taken in with everything that it takes in, and nothing else."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from edid.config.settings import Limits
from edid.documents.kinds import Kind
from edid.validation.added import AddedRules, adding, copies
from edid.validation.added.compiling import fault
from edid.validation.added.copies import RefusedPackError
from edid.validation.added.wanted import Wanted
from edid.validation.files import checked, place
from edid.validation.packs import Stage

XS = "http://www.w3.org/2001/XMLSchema"


def keep(rules: AddedRules, **options) -> None:
    with adding.adding(rules, Wanted(**options)) as candidate:
        candidate.keep(active=True)


@pytest.mark.parametrize("name", ["UBL-Invoice", "CII", "FACTUR-X-EN16931-XSD", "CDAR", "CPPStatut"])
def test_an_official_schema_is_copied_so_that_it_still_compiles(rules: AddedRules, name: str):
    shipped = rules.shipped().named(name)[0]
    main, files = checked(shipped)
    keep(rules, file=main, name=name, version="V9")
    pack = next(each for each in rules.catalogue().packs if each.version == "V9")
    copied = checked(pack)[1]
    assert sorted(copied.values()) == sorted(files.values())
    assert all(path.is_relative_to(rules.folder / "files" / name / "V9") for path in copied)
    assert fault(pack, Limits()) is None


def test_an_altered_included_schema_is_noticed(rules: AddedRules):
    keep(rules, file=place(rules.shipped().named("CPPStatut")[0]), name="CPPStatut", version="V1_20")
    pack = next(each for each in rules.catalogue().packs if each.version == "V1_20")
    included = next(path for path in checked(pack)[1] if path.name == "CPPTypes.xsd")
    included.write_bytes(included.read_bytes() + b"\n")
    assert "CPPTypes.xsd" in str(fault(pack, Limits()))


def test_a_schema_of_messages_is_for_the_version_that_it_is_called_by(rules: AddedRules):
    file = place(rules.shipped().named("CPPStatut")[0])
    keep(rules, file=file, name="CPPStatut", version="1.20")
    keep(rules, file=file, name="CPPStatut", version="V1_19.1", versions=("V1_19",))
    added = [pack.versions for pack in rules.catalogue().named("CPPStatut")]
    assert added == [("V1_19",), ("V1_20",), ("V1_18",)]
    with pytest.raises(RefusedPackError, match="not a date"):
        keep(rules, file=file, name="CPPStatut", version="V1_21", since=date(2027, 1, 1))


def test_a_schema_that_would_take_the_place_of_another_must_be_meant(rules: AddedRules):
    file = place(rules.shipped().named("UBL-Invoice")[0])
    house = {"file": file, "name": "HOUSE", "version": "1", "stage": Stage.SCHEMA, "kinds": (Kind.UBL_INVOICE,)}
    with pytest.raises(RefusedPackError, match="UBL-Invoice for ubl-invoice"):
        keep(rules, **house)


@pytest.mark.parametrize(
    "reference",
    ["http://example.invalid/x.xsd", "/etc/x.xsd", "file:///etc/x.xsd", "../secret.xml", "/dev/zero", ".hidden.xsd"],
)
@pytest.mark.parametrize("how", ["include", "import", "redefine"])
def test_what_is_no_schema_beside_it_is_refused(rules: AddedRules, tmp_path: Path, reference: str, how: str):
    (tmp_path / "x.xsd").write_text(f'<xs:schema xmlns:xs="{XS}"><xs:{how} schemaLocation="{reference}"/></xs:schema>')
    house = {"name": "H", "version": "1", "stage": Stage.SCHEMA, "kinds": (Kind.ARCHIVE,)}
    with pytest.raises(RefusedPackError):
        keep(rules, file=tmp_path / "x.xsd", **house)
    assert not (rules.folder / "files").exists()


def test_a_missing_or_broken_part_is_told(rules: AddedRules, tmp_path: Path):
    (tmp_path / "x.xsd").write_text(f'<xs:schema xmlns:xs="{XS}"><xs:include schemaLocation="y.xsd"/></xs:schema>')
    house = {"name": "H", "version": "1", "stage": Stage.SCHEMA, "kinds": (Kind.ARCHIVE,)}
    with pytest.raises(FileNotFoundError, match=r"y\.xsd"):
        keep(rules, file=tmp_path / "x.xsd", **house)
    (tmp_path / "y.xsd").write_text("not XML")
    with pytest.raises(RefusedPackError, match=r"y\.xsd is not XML"):
        keep(rules, file=tmp_path / "x.xsd", **house)


def test_schemas_that_take_each_other_in_come_to_an_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    for one, other in ("xy", "yx"):
        (tmp_path / f"{one}.xsd").write_text(
            f'<xs:schema xmlns:xs="{XS}"><xs:include schemaLocation="{other}.xsd"/></xs:schema>'
        )
    assert list(copies.schema(tmp_path / "x.xsd")) == [Path("x.xsd"), Path("y.xsd")]
    monkeypatch.setattr(copies, "MOST", 1)
    with pytest.raises(RefusedPackError, match="more than 1 files"):
        copies.schema(tmp_path / "x.xsd")


def test_a_schema_needs_no_companions(rules: AddedRules, tmp_path: Path):
    file = place(rules.shipped().named("CPPStatut")[0])
    with pytest.raises(RefusedPackError, match="found by itself"):
        keep(rules, file=file, name="CPPStatut", version="V1_20", companions=(file,))
