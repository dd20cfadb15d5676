"""What a word of a platform asks for, and of whom."""

from __future__ import annotations

import re
from datetime import date

from sqlalchemy import Connection, select

from edid.exchange.words import codes_of
from edid.journal import tables
from edid.journal.rows import AnyRow
from edid.lifecycle.action import Action, Actor, action, flow_action
from edid.lifecycle.statuses import interpret

REFUSED_HERE = Action(
    Actor.US,
    "replace",
    "Corrigez le document et déposez-le de nouveau ; le verdict dit ce qui ne va pas.",
    "Mend the document and drop it again; its verdict says what is wrong.",
)
"""For what edid itself did not let leave: nobody outside has seen it."""


def what_now(word: AnyRow, today: date, direction: str) -> Action:
    """Return who has to do what about a document of which `word` holds."""
    meant = interpret(word.code, word.dialect, word.version, word.interface_code)
    return action(word.canonical, today, direction, said=meant, reasons=codes_of(word.reasons))


def what_about_flow(report: AnyRow) -> Action:
    """Return who has to do what about a flow of which `report` holds."""
    return flow_action(report.canonical or "", [error[1] for error in report.about.get("errors", ())])


def refused_in(tx: Connection, report: AnyRow, flow_id: int) -> frozenset[int]:
    """Return the documents that a report of partial integration may mean: those it names, or all when it names none.

    Source: AIFE, schema CPPStatut V1_19: an error line has no field for the invoice; its texts may name it.
    """
    documents = tables.documents.c
    rows = tx.execute(select(documents.id, documents.number).where(documents.flow_id == flow_id)).all()
    named = frozenset(row.id for row in rows if row.number and names(report, row.number))
    return named or frozenset(row.id for row in rows)


def names(report: AnyRow, number: str) -> bool:
    """Tell whether the errors of a flow report name the invoice `number`, as a word of its own."""
    written = re.compile(rf"(?<![\w/-]){re.escape(number)}(?![\w/-])")
    return any(written.search(text) for error in report.about.get("errors", ()) for text in error if text)
