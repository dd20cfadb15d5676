"""The catalogue finds schemas and rules and notices every change to them."""

from __future__ import annotations

import hashlib
import re
import shutil
from pathlib import Path

import pytest
from lxml import etree
from ruamel.yaml import YAML

from edid import resources
from edid.documents.kinds import Kind
from edid.errors import ConfigError
from edid.validation import catalogue
from edid.validation.files import BrokenPackError, checked, schema_file
from edid.validation.own_packs import sha256_of
from edid.validation.packs import Catalogue, Files, Pack, Stage
from edid.validation.verdict import Outcome

PACKS = catalogue.shipped().packs


def copied(folder: Path) -> Catalogue:
    """The shipped catalogue with its own XSDs, in a folder where they can be broken."""
    shutil.copytree(resources.folder("schemas"), folder, dirs_exist_ok=True)
    return catalogue.load(folder / "catalogue.yaml")


def pivot_of(folder: Path) -> Pack:
    return copied(folder).for_kind(Kind.CPP_PIVOT)[0]


def with_files(*kinds: str):
    """The shipped packs that have one of these kinds of files, as a parameter."""
    packs = [pack for pack in PACKS if any(getattr(pack, kind) is not None for kind in kinds)]
    return pytest.mark.parametrize("pack", packs, ids=lambda pack: f"{pack.name}-{pack.version}")


@with_files("xsd", "stylesheet")
def test_every_shipped_pack_has_its_recorded_hashes(pack):
    path, _ = checked(pack)
    assert hashlib.sha256(path.read_bytes()).hexdigest() == pack.files.sha256


@with_files("xsd")
def test_every_shipped_schema_compiles(pack):
    assert etree.XMLSchema(file=str(schema_file(pack)))


@with_files("stylesheet")
def test_every_shipped_stylesheet_compiles_and_finds_something_to_judge(bench, sound, pack):
    names = {Kind.UBL_INVOICE: "ubl", Kind.CII: "cii", Kind.FACTUR_X: "factur-x", Kind.CDAR: "cdar"}
    (used,) = bench.verdict(sound[names[pack.kinds[0]]], packs=(f"{pack.name}@{pack.version}",)).packs
    assert (used.name, used.version, used.sha256, used.because) == (pack.name, pack.version, pack.files.sha256, None)


@with_files("own")
def test_every_shipped_pack_of_our_own_is_known_by_its_program(pack):
    assert re.fullmatch("[0-9a-f]{64}", sha256_of(pack))


def test_every_kind_has_a_pack_but_archives_and_those_whose_schema_is_not_public():
    without = {Kind.ARCHIVE, Kind.CPP_MIXTE, Kind.ESPD_REQUEST, Kind.ESPD_RESPONSE}
    assert {kind for kind in Kind if catalogue.shipped().for_kind(kind)} == set(Kind) - without


def test_the_newest_pivot_comes_first():
    assert [pack.version for pack in catalogue.shipped().for_kind(Kind.CPP_PIVOT)] == ["V2_02", "V1_22"]


def test_an_altered_schema_is_named_with_both_hashes(tmp_path):
    pack = pivot_of(tmp_path)
    schema = tmp_path / "CPPFacturePivot_V2_02.xsd"
    schema.write_bytes(schema.read_bytes() + b"\n")
    with pytest.raises(BrokenPackError) as caught:
        schema_file(pack)
    found = hashlib.sha256(schema.read_bytes()).hexdigest()
    assert all(part in str(caught.value) for part in (str(schema), pack.xsd.sha256, found, "Restore the file"))


def test_an_altered_included_schema_is_noticed(tmp_path):
    pack = pivot_of(tmp_path)
    shared = tmp_path / "CPPTypes.xsd"
    shared.write_text(shared.read_text("utf-8").replace('value="14"', 'value="15"'), "utf-8")
    with pytest.raises(BrokenPackError, match=r"CPPTypes\.xsd.*expected [0-9a-f]{64}, found [0-9a-f]{64}"):
        schema_file(pack)


def test_a_missing_included_schema_is_named(tmp_path):
    pack = pivot_of(tmp_path)
    (tmp_path / "CPPTypes.xsd").unlink()
    with pytest.raises(BrokenPackError, match=r"CPPTypes\.xsd cannot be read"):
        schema_file(pack)


def test_a_missing_schema_is_named(tmp_path):
    pack = pivot_of(tmp_path)
    (tmp_path / "CPPFacturePivot_V2_02.xsd").unlink()
    with pytest.raises(BrokenPackError, match=r"CPPFacturePivot_V2_02\.xsd cannot be read"):
        schema_file(pack)


def test_a_schema_that_is_no_longer_xml_is_noticed(tmp_path):
    pack = pivot_of(tmp_path)
    (tmp_path / "CPPFacturePivot_V2_02.xsd").write_text("gone", "utf-8")
    with pytest.raises(BrokenPackError, match="is not XML"):
        schema_file(pack)


def test_a_package_that_is_not_installed_is_named():
    xsd = Files(package="no_such_package", path="x.xsd", sha256="0" * 64, files_sha256="0" * 64)
    pack = Pack(name="X", stage=Stage.SCHEMA, kinds=(Kind.CII,), version="1", xsd=xsd, source="nowhere")
    with pytest.raises(BrokenPackError, match="'no_such_package' is not installed"):
        schema_file(pack)


@pytest.mark.parametrize(
    "change",
    [
        {"colour": "red"},
        {"kinds": ["fax"]},
        {"xsd": {"file": "a.xsd", "package": "b", "sha256": "0" * 64, "files_sha256": "0" * 64}},
        {"xsd": {"file": "a.xsd", "sha256": "short", "files_sha256": "0" * 64}},
        {"xsd": {"sha256": "0" * 64}},
        {"xsd": None},
        {"own": "CHORUS-PRO"},
        {"stage": "wishes"},
        {"mode": "deadly"},
        {"until": "some day"},
        {"severities": [{"rules": "*", "severity": "loud"}]},
    ],
)
def test_a_catalogue_with_a_mistake_is_refused_and_named(tmp_path, change):
    copied(tmp_path)
    path = tmp_path / "catalogue.yaml"
    yaml = YAML(typ="safe")
    data = yaml.load(path)
    data["packs"][0] |= change
    with path.open("wb") as target:
        yaml.dump(data, target)
    with pytest.raises(ConfigError, match=r"catalogue\.yaml"):
        catalogue.load(path)


def test_an_empty_catalogue_makes_nothing_valid(tmp_path, bench, sound):
    path = tmp_path / "catalogue.yaml"
    path.write_bytes(b"")
    verdict = bench.verdict(sound["ubl"], catalogue.load(path))
    assert verdict.outcome is Outcome.NOT_JUDGED
    assert "the validation profile 'xsd-only' is unknown" in verdict.not_judged_because


@pytest.mark.parametrize("content", [b"packs: [", b"\xff\xfe\xff"])
def test_a_catalogue_that_cannot_be_read_is_refused(tmp_path, content):
    path = tmp_path / "catalogue.yaml"
    path.write_bytes(content)
    with pytest.raises(ConfigError, match="cannot be used"):
        catalogue.load(path)
