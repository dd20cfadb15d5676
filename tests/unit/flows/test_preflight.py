from __future__ import annotations

import pytest

from edid.config.settings import Limits
from edid.config.sheet import Interfaces
from edid.documents.kinds import Kind
from edid.flows.irr import reason, reasons
from edid.flows.names import build
from edid.flows.preflight import document_findings, flow_findings
from edid.flows.subscriptions import subscriptions
from edid.validation.verdict import Severity

GOOD = build("FSO1100A", "ABC123", 7)
SUBSCRIPTION = subscriptions(Interfaces(emission=("FSO1100A", "FSO1117A")))


def codes_of_flow(name: str = GOOD, size: int = 1000, documents: int = 1) -> list[str]:
    findings = flow_findings(
        name, size, documents, application_code="ABC123", subscription=SUBSCRIPTION, limits=Limits()
    )
    return [finding.rule for finding in findings]


@pytest.mark.parametrize("extension", ["", ".xml", ".tar.gz", ".pdf", ".TAR.GZ"])
def test_a_good_flow_has_no_finding(extension):
    assert codes_of_flow(GOOD + extension) == []


@pytest.mark.parametrize(
    ("flow", "codes"),
    [
        ({"size": 0}, ["IRR_VIDE"]),
        ({"documents": 0}, ["IRR_VIDE"]),
        ({"size": 1000**3}, []),
        ({"size": 1000**3 + 1}, ["IRR_TAILLE"]),
        ({"documents": 500}, []),
        ({"documents": 501}, ["IRR_TAILLE"]),
        ({"name": "invoice"}, ["IRR_FORM"]),
        ({"name": ""}, ["IRR_FORM"]),
        ({"name": "FSO1100A_ABC123_ABC1231100000000179"}, ["IRR_FORM"]),
        ({"name": "FSO1100A_ABC123_ABC1231100000000000000000"}, ["IRR_FORM"]),
        ({"name": f"{GOOD}.exe"}, ["IRR_TYPE"]),
        ({"name": f"{GOOD}.xml.exe"}, ["IRR_TYPE"]),
        ({"name": build("FSO1100A", "XYZ999", 7)}, ["IRR_CODE_APP"]),
        ({"name": "FSO1100A_ABC123_XYZ9991100000000000000007"}, ["IRR_CODE_APP"]),
        ({"name": build("FSO9999A", "ABC123", 7)}, ["IRR_CODE_INTER"]),
        ({"name": build("FSO1101A", "ABC123", 7)}, ["IRR_CODE_INTER"]),
        ({"name": build("FSO1116A", "ABC123", 7)}, ["IRR_TYPE"]),
        ({"name": build("FEN1200A", "ABC123", 7)}, ["IRR_TYPE"]),
        ({"name": "invoice.exe", "size": 0}, ["IRR_VIDE", "IRR_TYPE", "IRR_FORM"]),
    ],
)
def test_every_fault_of_a_flow_is_found_under_the_platforms_code(flow, codes):
    assert codes_of_flow(**flow) == codes


@pytest.mark.parametrize(
    ("size", "kind", "codes"),
    [
        (1, Kind.UBL_INVOICE, []),
        (100 * 1000**2, Kind.UBL_INVOICE, []),
        (0, Kind.UBL_INVOICE, ["IRR_VIDE_F"]),
        (0, None, ["IRR_VIDE_F"]),
        (100 * 1000**2 + 1, Kind.UBL_INVOICE, ["IRR_TAILLE_F"]),
        (10, None, ["IRR_TYPE_F"]),
        (10, Kind.ARCHIVE, ["IRR_TYPE_F"]),
    ],
)
def test_every_fault_of_a_document_is_found_under_the_platforms_code(size, kind, codes):
    assert [finding.rule for finding in document_findings("a.xml", size, kind, Limits())] == codes


@pytest.mark.parametrize(("language", "says"), [("fr", "trop gros"), ("en", "too big")])
def test_a_finding_says_what_is_wrong_and_what_to_do_in_the_readers_language(language, says):
    limits = Limits(document_size=10)
    (finding,) = document_findings("a.xml", 11, Kind.CII, limits, language)
    assert finding.severity is Severity.FATAL
    assert says in finding.message
    assert finding.message.startswith("a.xml: ")
    assert (finding.found, finding.expected) == ("11 B", "<= 10 B")
    assert finding.remedy == reason("IRR_TAILLE_F").remedy(language)


def test_every_reason_is_explained_with_its_remedy_in_both_languages():
    assert len(reasons()) == 19
    for explained in reasons().values():
        for text in (explained.fr, explained.en, explained.remedy_fr, explained.remedy_en):
            assert text.endswith("."), explained.code
            assert text.count("  ") == 0
        assert explained.fr != explained.en
        assert explained.remedy_fr != explained.remedy_en


def test_a_code_that_nobody_explained_has_no_reason():
    assert reason("IRR_NEW") is None
