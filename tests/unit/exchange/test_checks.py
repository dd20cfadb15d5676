"""Names of rule packs and rules in sheets are compared with those that there are."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from edid.config.loader import Configuration, load
from edid.config.problems import Problem
from edid.documents.kinds import Kind
from edid.errors import ConfigError
from edid.exchange.checks import catalogue_of, pack_errors, pack_warnings, rule_warnings
from edid.validation.catalogue import shipped
from edid.validation.packs import Catalogue, Files, Pack, Stage
from tests.unit.cli.conftest import write_configuration
from tests.unit.exchange.corridor import Corridor

SHIPPED = shipped()


@pytest.fixture
def company(corridor: Corridor):
    """Write the configuration of a company whose sheet has this `validation`."""

    def of(**validation: Any) -> Configuration:
        return load(write_configuration(corridor.folder, corridor.sender(validation=validation)))

    return of


def keys(problems: list[Problem]) -> dict[str, str]:
    return {problem.key: problem.suggestion for problem in problems}


def test_a_pin_of_a_pack_that_there_is_is_right(company) -> None:
    assert list(pack_errors(company(pins=["EN16931-UBL@1.3.16", "CPPFacturePivot@V1_22"]), SHIPPED)) == []


def test_a_pin_of_an_unknown_version_names_the_known_ones(company) -> None:
    (problem,) = pack_errors(company(pins=["EN16931-UBL@1.3.16", "CPPFacturePivot@V9_99"]), SHIPPED)
    assert (problem.key, problem.found) == ("validation.pins[1]", "'CPPFacturePivot@V9_99'")
    assert (problem.file.name, problem.line) == ("emetteur.yaml", 1)
    assert problem.allowed == "CPPFacturePivot@V2_02, CPPFacturePivot@V1_22"


def test_a_pin_of_an_unknown_pack_names_the_known_packs(company) -> None:
    (problem,) = pack_errors(company(pins=["EN16931-UBX@1.3.16"]), SHIPPED)
    assert "EN16931-CII" in problem.allowed
    assert "FACTUR-X-PDF" in problem.allowed
    assert problem.suggestion == "EN16931-UBL@1.3.16"


def test_a_pack_that_was_added_is_known(company) -> None:
    added = Pack("HOUSE", Stage.CORE, (Kind.CII,), "1", "ours", stylesheet=Files("0" * 64, "0" * 64))
    configuration = company(pins=["HOUSE@1"], tolerated=["HOUSE"], severities={"pack:HOUSE": "warning"})
    catalogue = Catalogue((added, *SHIPPED.packs), SHIPPED.profiles)
    assert [*pack_errors(configuration, catalogue), *pack_warnings(configuration, catalogue)] == []
    assert len(list(pack_errors(configuration, SHIPPED))) == 1
    assert len(list(pack_warnings(configuration, SHIPPED))) == 2


def test_names_of_packs_that_change_nothing_are_told(company) -> None:
    configuration = company(
        severities={"pack:EN16931-UBL": "warning", "pack:BR-FR-Flux2-UBLL": "fatal", "pack:EN16931-*": "off"},
        interfaces={"FSO1100A": {"pack:en16931-ubl": "off"}},
        tolerated=["EN16931-UBL", "core", "EN16931_UBL"],
    )
    assert keys(list(pack_warnings(configuration, SHIPPED))) == {
        "validation.severities.'pack:BR-FR-Flux2-UBLL'": "BR-FR-Flux2-UBL",
        "validation.severities.'pack:EN16931-*'": "EN16931-UBL",
        "validation.interfaces.FSO1100A.'pack:en16931-ubl'": "",
        "validation.tolerated[2]": "EN16931-UBL",
    }


@pytest.mark.parametrize(
    "rule",
    [
        *("BR-CO-15", "BR-FR-08_BT-23", "BR-FR-08_*", "CPP-ATTACHMENT-ZIP", "CPP-ATTACHMENT-*", "XSD", "*", "NOT-USED"),
        *("FX-PDF-ACTION", "UBL-CR-001", "CII-SR-*", "PROFILE-UNKNOWN", "VALIDATOR-FAULT", "IRR_NOM_PJ", "FX-SCH-A-*"),
    ],
)
def test_a_rule_that_there_is_is_right(company, rule: str) -> None:
    assert list(rule_warnings(company(severities={rule: "warning"}), SHIPPED)) == []


@pytest.mark.parametrize(
    ("rule", "meant"),
    [
        ("CPP-ATTACHEMENT-ZIP", "CPP-ATTACHMENT-ZIP"),
        ("br-co-15", "BR-CO-15"),
        ("BR-FR-08", "BR-FR-08_*"),
        ("UBL-CR", "UBL-CR-*"),
        ("HOUSE-1", ""),
        ("HOUSE-*", ""),
        ("pack", ""),
    ],
)
def test_a_rule_that_nothing_bears_is_told_with_what_was_meant(company, rule: str, meant: str) -> None:
    configuration = company(severities={"BR-CO-15": "fatal"}, interfaces={"FSO1100A": {rule: "off"}})
    (problem,) = rule_warnings(configuration, SHIPPED)
    assert problem.key.startswith("validation.interfaces.FSO1100A.")
    assert (problem.file.name, problem.line, problem.suggestion) == ("emetteur.yaml", 1, meant)
    assert f"'{rule}'" in problem.message


def test_nothing_is_said_of_rules_when_a_stylesheet_cannot_be_read(company, tmp_path: Path) -> None:
    lost = Files("0" * 64, "0" * 64, file=tmp_path / "lost.xslt")
    catalogue = Catalogue((*SHIPPED.packs, Pack("LOST", Stage.CORE, (Kind.CII,), "1", "ours", stylesheet=lost)))
    assert list(rule_warnings(company(severities={"HOUSE-1": "off"}), catalogue)) == []


def test_rules_of_an_added_pack_are_known(company, tmp_path: Path) -> None:
    (tmp_path / "house.xslt").write_text(
        '<a xmlns:svrl="http://purl.oclc.org/dsdl/svrl"><svrl:failed-assert id="HOUSE-1"><svrl:text>No.</svrl:text>'
        "</svrl:failed-assert><svrl:failed-assert><svrl:text>[HOUSE-2]-No.</svrl:text></svrl:failed-assert></a>"
    )
    files = Files("0" * 64, "0" * 64, file=tmp_path / "house.xslt")
    catalogue = Catalogue((*SHIPPED.packs, Pack("HOUSE", Stage.CORE, (Kind.CII,), "1", "ours", stylesheet=files)))
    configuration = company(severities={"HOUSE-1": "off", "HOUSE-2": "off", "HOUSE-3": "off"})
    assert [problem.key for problem in rule_warnings(configuration, catalogue)] == ["validation.severities.HOUSE-3"]


def test_the_catalogue_of_a_configuration_holds_what_was_added(company) -> None:
    configuration = company()
    assert catalogue_of(configuration) == SHIPPED
    folder = configuration.settings.state / "rules"
    folder.mkdir()
    (folder / "catalogue.yaml").write_text(json.dumps("damaged"))
    with pytest.raises(ConfigError):
        catalogue_of(configuration)


def test_a_sheet_that_went_away_meanwhile_is_told_without_a_line(company) -> None:
    configuration = company(pins=["NONE@1"])
    (configuration.settings.sheets / "emetteur.yaml").unlink()
    (problem,) = pack_errors(configuration, SHIPPED)
    assert (problem.file.name, problem.line, problem.key) == ("emetteur.yaml", None, "validation.pins[0]")
