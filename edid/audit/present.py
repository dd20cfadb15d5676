"""The rows of the journal, which are the present and change, held against its events, which do not.

A row that somebody edited, removed or added contradicts them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Text, cast

from edid.audit.fault import Fault, Wrong
from edid.audit.rows import TABLES, Row, rows_of
from edid.audit.told import SAID, Line, Told
from edid.journal import chain
from edid.journal.rows import AnyRow
from edid.journal.states import DocumentState
from edid.journal.tables import statuses

_UNREADABLE = (ValueError, TypeError, RecursionError)


def contradictions(view: Connection, told: Told) -> Iterator[Fault]:
    """Yield where the rows say something else than what is `told` by the events."""
    for entity, table in TABLES.items():
        judged = [cast(table.c.verdict, Text).label("verdict")] if entity == "document" else []
        rows = rows_of(view, table, [table.c.sha256, table.c.state, *judged])
        for row, line in _side_by_side(rows, told.lines(entity)):
            yield from _row_faults(entity, row, line)
    told_from: int | None = None  # the events of an older edid do not number the statuses
    for row, line in _side_by_side(rows_of(view, statuses, _said_columns()), told.lines("status")):
        told_from = line.id if line is not None and told_from is None else told_from
        if row is None or line is None:
            if told_from is not None:
                yield _absent("status", row, line)
        elif row.columns is None or _said(row.columns) != line.said:
            yield Fault(Wrong.STATUS, line.event, detail=f"status {line.id}")


def _row_faults(entity: str, row: Row | None, line: Line | None) -> Iterator[Fault]:
    if row is None or line is None:
        yield _absent(entity, row, line)
        return
    what = f"{entity} {row.id}"
    columns = row.columns
    if columns is None or (line.sha256 is not None and columns.sha256 != line.sha256):
        yield Fault(Wrong.ROW, line.event, line.sha256, what)
    if columns is None or (line.state is not None and columns.state != line.state):
        yield Fault(Wrong.STATE, line.event, detail=what)
    # A held document may be judged again and stay held, of which no event speaks.
    if columns is not None and line.said and columns.state != DocumentState.HELD and _verdict(columns) != line.said:
        yield Fault(Wrong.VERDICT, line.event, detail=what)


def _absent(entity: str, row: Row | None, line: Line | None) -> Fault:
    if line is not None:
        return Fault(Wrong.ROW_MISSING, line.event, line.sha256, f"{entity} {line.id}")
    return Fault(Wrong.ROW_UNTOLD, detail=f"{entity} {row.id if row is not None else ''}")


def _verdict(row: AnyRow) -> str | None:
    try:
        return chain.digest_of(json.loads(row.verdict))
    except _UNREADABLE:
        return None


def _said_columns() -> list[Any]:
    return [cast(statuses.c[name], Text).label(name) for name in SAID]


def _said(row: AnyRow) -> str | None:
    try:
        said = {name: getattr(row, name) for name in SAID}
        said["reasons"] = None if said["reasons"] is None else json.loads(said["reasons"])
        return chain.digest_of(said)
    except _UNREADABLE:
        return None


def _side_by_side(rows: Iterator[Row], lines: Iterator[Line]) -> Iterator[tuple[Row | None, Line | None]]:
    """Yield each row beside what is told of it, by their ids; None: there is none, or nothing is told."""
    row, line = next(rows, None), next(lines, None)
    while row is not None or line is not None:
        number = min(each.id for each in (row, line) if each is not None)
        here = row if row is not None and row.id == number else None
        said = line if line is not None and line.id == number else None
        yield here, said
        row = row if here is None else next(rows, None)
        line = line if said is None else next(lines, None)
