"""What a complaint is told with: words of the platform about what was sent, and what a person is shown."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from edid.documents.kinds import Facts
from edid.exchange import todo
from edid.lifecycle.messages.cpp_statut import Fault, StatusLine
from edid.sandbox import cdar
from edid.sandbox.answers import flow_report, invoice_statuses
from edid.sandbox.fates import life
from edid.sandbox.invoices import BUYER, SELLER
from tests.unit.exchange.corridor import Corridor, Row
from tests.unit.exchange.returned import AT, flow_name, parsed

DAY = date(2026, 10, 5)
ASKS_SCHEMAS = {"validation": {"profile": "xsd-only"}}
PA = {"platform": "pa", "interfaces": {"emission": ["FSO1150A", "FSO1304A"]}, **ASKS_SCHEMAS}


def facts(number: str, *, seller: str = SELLER.siret) -> Facts:
    """Return what a status says of an invoice of DAY."""
    return Facts(number=number, issue_date=DAY, seller_id=seller, seller_name=SELLER.name, buyer_id=BUYER.siret)


def say(corridor: Corridor, code: str, number: str = "F-1", *, comment: str | None = None, hours: int = 0) -> Row:
    """Let the platform give the status `code` of CPPStatut; `hours` tells its words apart. Return the flow."""
    flow = flow_name("FEN1200A", 100 + len(corridor.flows()))
    line = StatusLine(code, facts(number), comment)
    return corridor.inbound(str(flow), invoice_statuses(flow, [line], AT + timedelta(hours=hours)))


def say_cdar(corridor: Corridor, code: str, number: str = "F-1", *, fate: Any = None, hours: int = 0) -> Row:
    """Let the platform give the status `code` of a CDAR message, with the motive that it has in the life of `fate`."""
    flow = flow_name("FEN1204A", 100 + len(corridor.flows()))
    step = next((step for step in life(fate, afnor=True) if step.code == code), None) if fate else None
    reason = step.reason if step else None
    content = cdar.invoice_status(facts(number), code, AT + timedelta(hours=hours), reason=reason)
    return corridor.inbound(str(flow), content)


def report(corridor: Corridor, code: str, *faults: Fault, flow: int = 0) -> Row:
    """Let the platform report on the `flow`-th flow that was sent."""
    answer = flow_name("CSO1100A", 100 + len(corridor.flows()))
    sent = [row for row in corridor.flows() if row.direction == "out"]
    return corridor.inbound(str(answer), flow_report(answer, parsed(sent[flow].name), code, AT, faults))


def refusal_of(number: str, code: str = "CREANCIER_ERR") -> Fault:
    """Return an error of a report that names an invoice."""
    return Fault(code, "L'identifiant fournisseur n'est pas référencé.", f"Facture {number}", "Fonctionnelle")


def listed(corridor: Corridor) -> dict[str, dict[str, Any]]:
    """Return what `edid todo` shows, by invoice number."""
    with corridor.house.journal.reading() as view:
        return {row["number"]: row for row in todo.waiting(view, todo.Wanted(), "fr")}


def standing(corridor: Corridor, direction: str = "out") -> Sequence[tuple[str, str | None]]:
    """Return number and status of every document, in the order of their coming."""
    return [(row.number, row.status) for row in corridor.documents(direction)]


def verdict_text(corridor: Corridor, name: str) -> str:
    """Return what is written beside a refused file."""
    return (corridor.house.folders(corridor.sheet).rejected / f"{name}.verdict.txt").read_text()


def unreachable(key: Path, *, port: int = 1) -> dict[str, Any]:
    """Return the transport of a sheet whose server does not listen."""
    host_key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBUYsGkqWCTCHaVMwGXDxbPuUNsD4m1yKVTnV8wJxKyA"
    server = {"protocol": "sftp", "host": "127.0.0.1", "port": port, "user": "aaa", "host_keys": [host_key]}
    return {**server, "key": {"file": str(key)}, "sessions": 1, "timeouts": {"connect": "1s", "banner": "1s"}}
