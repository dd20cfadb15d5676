"""The second act of the demonstration: who needs somebody is listed, one invoice is completed, one decided upon."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date

from rich.console import Console
from rich.table import Table
from sqlalchemy import Connection

from edid.exchange import todo
from edid.journal import queries
from edid.journal.database import Journal
from edid.journal.rows import AnyRow
from edid.sandbox.invoices import ubl_invoice
from edid.sandbox.playground import RECEIVER, SENDER, Playground
from edid.store.durable import durable_write

_TROUBLES = {"SUSPENDUE", "A_RECYCLER", "REJETEE"}
_LINES = 7
"""More than any invoice of the first act has: the same bytes would be no answer."""
_SUSPENDED, _PAID, _DECIDED = "SUSPENDUE", "MISE_EN_PAIEMENT", "SERVICE_FAIT"


@dataclass(frozen=True, slots=True)
class SecondAct:
    """Which invoices it is about."""

    completed: str
    """Number of the suspended invoice that is dropped again."""
    decided: str
    """Number of the received invoice about which a status is given."""

    def is_over(self, view: Connection) -> bool:
        """Tell whether the completed invoice is paid, and our word about the other has arrived and was reported."""
        paid = [row.status for row in _documents(view, SENDER, "out") if row.number == self.completed]
        ours = queries.list_flows(view, queries.Filter(sheet=RECEIVER, direction="out", limit=100))
        return _PAID in paid and any(flow.interface_code == "FSO1301A" and flow.report for flow in ours)


def can_begin(view: Connection) -> bool:
    """Tell whether every kind of trouble has come back."""
    return {row.status for row in _documents(view, SENDER, "out")} >= _TROUBLES


def begin(playground: Playground, journal: Journal, console: Console, today: date) -> SecondAct:
    """Show what `edid todo` lists, then answer as an ERP does: one file in out/, one in decide/."""
    with journal.reading() as view:
        waiting = todo.waiting(view, todo.Wanted(sheet=SENDER), "fr")
        sent = _documents(view, SENDER, "out")
        received = _documents(view, RECEIVER, "in")
    _show(waiting, console)
    suspended = next(row for row in sent if row.status == _SUSPENDED)
    first = min(received, key=lambda row: row.id)
    console.print(f"The ERP completes invoice {suspended.number}: it drops it again, with what was missing.")
    completed = ubl_invoice(suspended.number, today, lines=_LINES)
    _drop(playground, SENDER, "out", f"{suspended.number}-completee.xml", completed)
    console.print(f"The ERP says of the received invoice {first.number} that the service was rendered.")
    decision = {"document": first.id, "status": _DECIDED}
    _drop(playground, RECEIVER, "decide", "decision.json", json.dumps(decision).encode())
    return SecondAct(suspended.number, first.number)


def _show(waiting: list[dict[str, object]], console: Console) -> None:
    table = Table(title="Who needs an accountant? (edid todo)", title_justify="left")
    for column in ("number", "state", "why", "what to do"):
        table.add_column(column, overflow="fold", min_width=len(column))
    for row in waiting:
        why = row["comment"] or row["motive"] or "-"
        table.add_row(*(str(each or "-") for each in (row["number"], row["status"] or row["state"], why, row["what"])))
    console.print(table)


def _drop(playground: Playground, sheet: str, folder: str, name: str, content: bytes) -> None:
    target = playground.folder / "spool" / sheet / folder / name
    durable_write(target.with_name(f"{name}.tmp"), content)
    target.with_name(f"{name}.tmp").rename(target)


def _documents(view: Connection, sheet: str, direction: str) -> list[AnyRow]:
    return list(queries.list_documents(view, queries.Filter(sheet=sheet, direction=direction, limit=100)))
