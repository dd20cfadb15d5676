"""Nothing leaves that is not valid by the rules of its sheet, and the ERP is told why."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from edid.sandbox.invoices import cii_invoice, factur_x, ubl_credit_note, ubl_invoice
from tests.acceptance.company import Company
from tests.partners.openssh import OpenSshPartner
from tests.partners.waiting import until

DAY = datetime.now(UTC).date() - timedelta(days=2)
SHEET = "ventes"
SIREN_ONLY = ubl_invoice("F-SIREN", DAY).replace(b">00020317400016<", b">000203174<")


def _judged(
    company: Company, partner: OpenSshPartner, files: dict[str, bytes], **sheet: object
) -> dict[str, dict[str, Any]]:
    """Let a daemon take `files`; return the documents by file name once each is sent or set aside."""
    company.sheet(SHEET, partner.settings(), **{"validation": {}, **sheet})
    daemon = company.run()
    for name, content in files.items():
        company.drop(SHEET, name, content)

    def documents() -> list[dict[str, Any]]:
        listed = json.loads(company.edid("documents", "list", "--format", "json").stdout)
        done = [one for one in listed if one["state"] in {"sent", "rejected", "held", "duplicate"}]
        return done if len(done) == len(files) else []

    until(lambda: bool(documents()), "every document to be sent or set aside", 90)
    daemon.stop()
    found = {}
    for one in documents():
        shown = json.loads(company.edid("documents", "show", str(one["id"])).stdout)
        found[one["file_name"]] = {"state": one["state"], **shown["verdict"]}
    return found


def _fatal(document: dict[str, Any]) -> set[str]:
    return {finding["rule"] for finding in document["findings"] if finding["severity"] == "fatal"}


def test_a_sheet_of_chorus_pro_asks_its_rules(company: Company, partner: OpenSshPartner) -> None:
    documents = _judged(
        company,
        partner,
        {
            "bonne.xml": ubl_invoice("F-1", DAY),
            "avoir.xml": ubl_credit_note("A-1", DAY, credit_of="F-1"),
            "cii.xml": cii_invoice("F-2", DAY),
            "pdf.pdf": factur_x("F-3", DAY),
            "siren.xml": SIREN_ONLY,
        },
    )
    assert {name: one["state"] for name, one in documents.items()} == {
        "bonne.xml": "sent",
        "avoir.xml": "sent",
        "cii.xml": "sent",
        "pdf.pdf": "sent",
        "siren.xml": "rejected",
    }
    assert _fatal(documents["siren.xml"]) == {"CPP-RECIPIENT-SIRET"}
    packs = {pack["name"]: pack for pack in documents["bonne.xml"]["packs"]}
    assert set(packs) == {"UBL-Invoice", "CHORUS-PRO", "EN16931-UBL"}
    assert packs["EN16931-UBL"]["mode"] == "information"
    assert all(len(pack["sha256"]) == 64 for pack in packs.values())
    note = (company.spool / SHEET / "rejected" / "siren.xml.verdict.txt").read_text()
    assert "SIRET" in note
    assert "Que faire" in note


def test_a_sheet_of_a_platform_asks_the_rules_of_the_reform(company: Company, partner: OpenSshPartner) -> None:
    documents = _judged(
        company,
        partner,
        {"bonne.xml": ubl_invoice("F-1", DAY, frame="S1"), "sans-cadre.xml": ubl_invoice("F-2", DAY, frame="A1")},
        platform="pa",
    )
    assert (documents["bonne.xml"]["state"], documents["bonne.xml"]["profile"]) == ("sent", "fr-ctc")
    assert documents["sans-cadre.xml"]["state"] == "rejected"
    assert _fatal(documents["sans-cadre.xml"]) == {"BR-FR-08_BT-23"}


def test_a_sheet_may_say_how_heavy_a_rule_is_for_one_interface(company: Company, partner: OpenSshPartner) -> None:
    lighter = {"interfaces": {"FSO1100A": {"CPP-RECIPIENT-SIRET": "warning"}}}
    documents = _judged(company, partner, {"siren.xml": SIREN_ONLY}, validation=lighter)
    assert documents["siren.xml"]["state"] == "sent"
    assert "CPP-RECIPIENT-SIRET" in {finding["rule"] for finding in documents["siren.xml"]["findings"]}


def test_a_pack_that_cannot_judge_holds_the_document_unless_the_sheet_tolerates_it(
    company: Company, partner: OpenSshPartner
) -> None:
    company.configure(limits={"rules_size": "1kB"})
    large = ubl_invoice("F-1", DAY, lines=16_000, frame="S1")  # streamed, and then too large for its rules
    files = {"grosse.xml": large}
    held = _judged(company, partner, files, platform="pa")["grosse.xml"]
    assert held["state"] == "held"
    assert "limits.rules_size" in held["not_judged_because"]
    tolerant = {"tolerated": ["EN16931-UBL", "BR-FR-Flux2-UBL"]}
    company.sheet(SHEET, partner.settings(), platform="pa", validation=tolerant)
    daemon = company.run()
    company.drop(SHEET, "encore.xml", large)
    until(lambda: "sent" in {row.state for row in company.documents()}, "the document to be sent", 60)
    daemon.stop()
