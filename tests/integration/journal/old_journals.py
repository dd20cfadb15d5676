"""Journals as each released edid left them, with rows in every table."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, Table, insert, select

from edid.journal import chain, migrate
from edid.journal.database import _engine
from edid.journal.tables import metadata

AT = datetime(2026, 9, 1, 8, 30, 0, 250_000, tzinfo=UTC)
INVOICE, FLOW, RETURN, EMPTY = ("a1" * 32, "b2" * 32, "c3" * 32, "d4" * 32)
_VERDICT = {"outcome": "valid", "packs": [], "findings": [], "not_judged_because": None}
_FLOW: dict[str, Any] = {"sheet": "emetteur", "size": 900, "document_count": 1, "created_at": AT}
_DOCUMENT: dict[str, Any] = {
    "sheet": "emetteur",
    "direction": "out",
    "size": 900,
    "kind": "ubl-invoice",
    "verdict": _VERDICT,
    "facts": {"number": "F-1", "lines": [1.5, None, "é €"]},
    "created_at": AT,
}
ROWS: dict[str, list[dict[str, Any]]] = {
    "files": [
        {
            "id": 3,
            "sheet": "emetteur",
            "name": "août/facture n° 1.xml",
            "sha256": INVOICE,
            "size": 900,
            "state": "read",
            "token": "t-1",
            "claimed_at": AT,
            "purpose": "documents",
        },
        {
            "id": 4,
            "sheet": "emetteur",
            "name": "vide.xml",
            "sha256": None,
            "size": 0,
            "state": "rejected",
            "reason": "IRR_VIDE_F: vide",
            "token": "t-2",
            "claimed_at": AT,
            "purpose": "documents",
        },
    ],
    "flows": [
        {
            **_FLOW,
            "id": 5,
            "direction": "out",
            "interface_code": "FSO1100A",
            "name": "FSO1100A_A_1",
            "sha256": FLOW,
            "state": "sent",
            "report": "integrated",
            "attempt_count": 2,
            "sent_at": AT,
            "identifier": "A1",
        },
        {**_FLOW, "id": 6, "direction": "in", "name": "CPP_1", "sha256": RETURN, "state": "filed"},
    ],
    "documents": [
        {
            **_DOCUMENT,
            "id": 7,
            "file_id": 3,
            "flow_id": 5,
            "sha256": INVOICE,
            "state": "sent",
            "number": "F-1",
            "issue_date": date(2026, 9, 1),
            "bytes_key": "k/a1",
            "invoice_key": "k/F-1",
            "status": "MANDATEE",
            "acts": "platform",
            "platform_id": "42",
        },
        {
            **_DOCUMENT,
            "id": 8,
            "file_id": 3,
            "sha256": INVOICE,
            "state": "duplicate",
            "duplicate_of": 7,
            "answers_id": 7,
            "position": 1,
            "about_id": 7,
        },
        {**_DOCUMENT, "id": 9, "flow_id": 6, "sha256": EMPTY, "state": "filed", "direction": "in", "kind": "cpp-pivot"},
    ],
    "attempts": [
        {"id": 2, "flow_id": 5, "started_at": AT, "ended_at": AT, "outcome": "transient", "error": "la ligne coupée"},
        {"id": 3, "flow_id": 5, "started_at": AT, "ended_at": AT, "outcome": "delivered", "error": None},
    ],
    "statuses": [
        {
            "id": 11,
            "source_flow_id": 6,
            "position": 0,
            "subject": "document",
            "document_id": 7,
            "code": "07",
            "dialect": "cpp-statut",
            "version": "V1_19",
            "comment": "vu <é>",
            "about": {"number": "F-1"},
            "received_at": AT,
            "status_at": AT,
            "label": "Mandatée",
            "reasons": [{"code": "M1"}],
        },
    ],
    "alerts": [
        {
            "id": 1,
            "sheet": "emetteur",
            "kind": "silence",
            "subject": "FSO1100A_A_1",
            "raised_at": AT,
            "text_fr": "aucun compte rendu",
            "text_en": "no report",
        },
    ],
    "cursors": [{"sheet": "emetteur", "name": "answers", "position": 12}],
    "sequences": [{"application_code": "AAA123", "digits": "1100", "last": 17}],
    "partners": [
        {
            "sheet": "emetteur",
            "direction": "out",
            "state": "open",
            "failures": 5,
            "since": AT,
            "next_try_at": AT,
            "refused": False,
            "error": "ne répond pas",
        },
    ],
}
"""What each table may hold; an older one takes the columns that it has."""
EVENTS: list[tuple[str, int | None, str, str | None, str | None, dict[str, Any]]] = [
    ("file", 4, "file.rejected", None, "rejected", {"code": "IRR_VIDE_F"}),
    ("file", 3, "file.claimed", None, "claimed", {"sha256": INVOICE}),
    ("document", 7, "document.valid", None, "valid", {"sha256": INVOICE, "file_id": 3}),
    ("document", 8, "document.duplicate", None, "duplicate", {"sha256": INVOICE, "file_id": 3}),
    ("file", 3, "file.read", "claimed", "read", {}),
    ("flow", 5, "flow.ready", None, "ready", {"sha256": FLOW, "documents": [7]}),
    ("document", 7, "document.packed", "valid", "packed", {}),
    ("flow", 5, "flow.attempt", "ready", "sending", {}),
    ("flow", 5, "flow.sent", "sending", "sent", {}),
    ("document", 7, "document.sent", "packed", "sent", {}),
    ("flow", 6, "flow.fetched", None, "fetched", {"sha256": RETURN, "name": "CPP_1"}),
    ("document", 9, "document.filed", None, "filed", {"sha256": EMPTY}),
    ("document", 7, "document.status", None, None, {"code": "07", "comment": "vu <é> \U0001f600"}),
    ("flow", 6, "flow.filed", "fetched", "filed", {}),
]


def released() -> list[str]:
    """Every schema revision before the newest, the oldest first."""
    scripts = ScriptDirectory.from_config(migrate.alembic_config()).walk_revisions()
    return sorted(script.revision for script in scripts)[:-1]


def make(url: str, revision: str) -> None:
    """Make a journal of `revision` at `url`, empty so far, with rows in every table."""
    engine = _engine(url)
    config = migrate.alembic_config()
    with engine.connect() as connection, connection.execution_options(edid_writes=True).begin():
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        for table in tables(connection):
            if table.name == "events":
                _tell(connection, table)
            for row in ROWS.get(table.name, ()):
                connection.execute(insert(table).values({name: row[name] for name in row if name in table.c}))
    engine.dispose()


def tables(connection: Connection) -> Iterator[Table]:
    """Yield the tables that are there now, with the columns they have, in the order in which their rows can be made."""
    there = MetaData()
    there.reflect(connection)
    for table in metadata.sorted_tables:
        found = there.tables.get(table.name)
        if found is not None:
            typed = {column.name: column.type for column in table.c}
            for column in found.c:
                column.type = typed[column.name]
            yield found


def content(connection: Connection, only: dict[str, list[str]] | None = None) -> dict[str, list[dict[str, Any]]]:
    """Return all rows of all tables; with `only`, these tables and columns."""
    found = {}
    for table in tables(connection):
        names = [column.name for column in table.c] if only is None else only.get(table.name)
        if names is not None and table.name != "chain_head":
            query = select(*(table.c[name] for name in names)).order_by(table.c[names[0]])
            found[table.name] = [dict(row._mapping) for row in connection.execute(query)]
    return found


def _tell(connection: Connection, table: Table) -> None:
    """Insert the events: with gaps between the numbers, as an old journal may have them; chained where it is."""
    keys = ("entity", "entity_id", "name", "from_state", "to_state", "data")
    rows = [{**dict(zip(keys, each, strict=True)), "at": AT, "sheet": "emetteur"} for each in EVENTS]
    if "hash" not in table.c:
        connection.execute(insert(table), [{**row, "id": 3 * number} for number, row in enumerate(rows, 1)])
        return
    head = chain.append(chain.head(connection), rows)
    connection.execute(insert(table), rows)
    chain.advance(connection, head)
