"""Lists for people and programs: the same rows as a table, as JSON or as CSV."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from edid.clock import iso


class Format(StrEnum):
    """Output formats of every list."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


FormatOption = Annotated[Format, typer.Option("--format", "-f", help="table for people, json or csv for programs.")]


def show(
    rows: Iterable[Mapping[str, Any]], columns: Sequence[str], form: Format, *, brief: Sequence[str] | None = None
) -> None:
    """Write `rows` to standard output: JSON has every key, CSV has `columns`, a table has `brief` or `columns`."""
    listed = list(rows)
    if form is Format.JSON:
        _write_json(listed)
    elif form is Format.CSV:
        sys.stdout.write(_csv(listed, columns))
    else:
        _table(listed, brief or columns)


def show_one(data: Mapping[str, Any]) -> None:
    """Write one thing with everything known about it to standard output, as JSON."""
    _write_json(data)


def plain(value: object) -> str:
    """Return `value` as text that a program can read back."""
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else str(value)


def _write_json(data: object) -> None:
    json.dump(data, sys.stdout, ensure_ascii=False, indent=2, default=plain)
    sys.stdout.write("\n")


def _csv(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([plain(row.get(column)) for column in columns])
    return buffer.getvalue()


def _table(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> None:
    table = Table()
    for column in columns:
        table.add_column(column.replace("_", " "), overflow="fold")
    for row in rows:
        table.add_row(*(escape(_short(row.get(column))) for column in columns))
    Console().print(table)
    if not rows:
        typer.echo("nothing to show")


def _short(value: object) -> str:
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    return plain(value)
