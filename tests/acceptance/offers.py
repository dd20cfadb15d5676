"""What a platform offers: answers to what was sent, invoices of suppliers, and what is neither."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from edid.documents.kinds import Facts
from edid.flows.names import FlowName, parse_strict
from edid.sandbox.answers import Fault, StatusLine, flow_report, invoice_statuses
from edid.sandbox.invoices import BUYER, SELLER, factur_x, ubl_invoice
from tests.acceptance.archives import tar_gz
from tests.acceptance.company import Company

DAY = date(2026, 3, 2)
NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)
CORPUS_PIVOTS = ("facture-pivot.xml", "facture_1221.xml", "facture_1222.xml")


def flow_name(code: str, number: int, application: str = "ABC123") -> FlowName:
    """Return the name of a flow from the platform to `application`."""
    return FlowName(code, application, "CPP001", code[3:7], f"{number:015d}")


def _facts(number: str) -> Facts:
    return Facts(number=number, issue_date=DAY, seller_id=SELLER.siret, seller_name=SELLER.name, buyer_id=BUYER.siret)


def answers(company: Company, corpus: Path) -> dict[str, bytes]:
    """Return what comes back about three invoices that were sent, and what came back by mistake."""
    sent = [parse_strict(flow.name) for flow in company.flows(direction="out")]
    stranger = parse_strict("FSO1100A_ABC123_ABC1231100000000000999999")
    fault = Fault("CREANCIER_ERR", "L'identifiant fournisseur n'est pas référencé.", "Facture FA-2", "Fonctionnelle")
    later, earlier = NOON + timedelta(hours=2), NOON + timedelta(hours=1)
    messages: dict[FlowName, Callable[[FlowName], bytes]] = {
        flow_name("CSO1100A", 1): lambda name: flow_report(name, sent[0], "92", NOON),
        flow_name("CSO1100A", 2): lambda name: flow_report(name, sent[1], "93", NOON, [fault]),
        flow_name("CSO1100A", 3): lambda name: flow_report(name, stranger, "92", NOON),
        flow_name("FEN1200A", 1): lambda name: invoice_statuses(
            name, [StatusLine("03", _facts("FA-1")), StatusLine("06", _facts("FA-3"), "Bon de livraison ?")], later
        ),
        flow_name("FEN1200A", 2): lambda name: invoice_statuses(
            name, [StatusLine("01", _facts("FA-1")), StatusLine("01", _facts("INCONNUE-9"))], earlier
        ),
    }
    files = {str(name): write(name) for name, write in messages.items()}
    packed = flow_name("FEN1200A", 3), flow_name("FEN1200A", 4)
    members = {f"{name}.xml": invoice_statuses(name, [StatusLine("02", _facts("FA-2"))], NOON) for name in packed}
    return files | {
        f"{flow_name('FEN1200A', 5)}.tar.gz": tar_gz(members),
        f"{flow_name('FEN1200A', 6)}.tar.gz": tar_gz({"note.txt": b"bonjour"}),
        str(flow_name("FEN1200A", 7)): (corpus / "chorus" / "statut" / "Example01-FactureStatut-ok.xml").read_bytes(),
        "réponse du portail.xml": (corpus / "chorus" / "statut" / "Example04-FactureStatut-ko.xml").read_bytes(),
        str(flow_name("FEN1200A", 8)): files[str(flow_name("FEN1200A", 1))][:-40],
        "lisezmoi.txt": b"Le portail sera ferme dimanche.",
    }


def purchases(corpus: Path) -> dict[str, bytes]:
    """Return invoices from suppliers, as pivots and as such, one of them without a proper name."""
    pivots = [(corpus / "chorus" / "pivot" / name).read_bytes() for name in CORPUS_PIVOTS]
    return {
        str(flow_name("FEN0036A", 1, "ACH001")): pivots[0],
        str(flow_name("FEN0036A", 2, "ACH001")): pivots[1],
        "facture du portail.xml": pivots[2],
        str(flow_name("FEN3036A", 1, "ACH001")): ubl_invoice("RECUE-1", DAY),
        str(flow_name("FEN3736A", 1, "ACH001")): factur_x("RECUE-X", DAY),
    }
