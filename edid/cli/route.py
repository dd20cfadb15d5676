"""`edid route`: where the invoices of a received flow would go, and why. It writes nothing."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from edid.cli.context import sheet_named, state
from edid.cli.output import Format, FormatOption, show
from edid.config.loader import Configuration
from edid.config.settings import Limits
from edid.config.sheet import ReceiverSheet
from edid.documents.kinds import Facts, Kind, Reading, ValidationStep
from edid.documents.names import shown
from edid.documents.reading import read
from edid.errors import ConfigError, RefusedInputError
from edid.routing.decision import Route, route
from edid.routing.trail_text import Language, lines, warnings

COLUMNS = ("file", "number", "supplier", "recipient", "service_code", "action", "folder", "rule", "because")
_BRIEF = ("number", "supplier", "service_code", "action", "folder", "rule", "because")


@dataclass(frozen=True, slots=True)
class _Part:
    """One invoice of the flow; without facts, a file of it that is none, or cannot be read (a refusal)."""

    file: str
    kind: Kind | None
    facts: Facts | None = None
    steps: Sequence[ValidationStep] = ()
    refusal: str | None = None


def route_command(
    context: typer.Context,
    file: Annotated[
        Path,
        typer.Argument(
            exists=True,
            dir_okay=False,
            readable=True,
            help="A received flow: pivot, UBL, CII, Factur-X, or an archive of these.",
        ),
    ],
    sheet: Annotated[
        str | None, typer.Option(help="The receiver sheet whose rules count; not needed when there is only one.")
    ] = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="Tell every rule that was tried, and what held and what did not.")
    ] = False,
    form: FormatOption = Format.TABLE,
) -> None:
    """Tell for each invoice of a received flow which rule takes it and where it goes. Writes nothing.

    Exit 1 when a part of the flow cannot be read.
    """
    configuration = state(context).configuration()
    receiver = _receiver(configuration, sheet)
    language = configuration.settings.language
    rows: list[dict[str, Any]] = []
    unread = False
    for part in _parts(file, configuration.settings.limits):
        unread = unread or part.refusal is not None
        decided = None
        if part.facts is not None:
            decided = route(receiver.routing, part.facts, kind=part.kind, steps=part.steps)
        row = _row(part, decided, language)
        if explain and form is Format.TABLE:
            sys.stdout.write(_told(row, decided, language))
            continue
        if decided is not None and form is Format.JSON:
            row |= decided.as_json() if explain else _without_trail(decided)
        rows.append(row)
    if not (explain and form is Format.TABLE):
        show(rows, COLUMNS, form, brief=_BRIEF)
    raise typer.Exit(1 if unread else 0)


def _receiver(configuration: Configuration, name: str | None) -> ReceiverSheet:
    receivers = [sheet for sheet in configuration.sheets.values() if isinstance(sheet, ReceiverSheet)]
    if name is None and len(receivers) == 1:
        return receivers[0]
    have = ", ".join(sheet.name for sheet in receivers) or "none"
    if name is None:
        raise ConfigError("no sheet is named.", remedy=f"Give --sheet; receiver sheets here: {have}.")
    sheet = sheet_named(configuration, name)
    if not isinstance(sheet, ReceiverSheet):
        raise ConfigError(
            f"the sheet '{name}' is a sender sheet.", remedy=f"Name a receiver sheet; the ones here: {have}."
        )
    return sheet


def _parts(file: Path, limits: Limits) -> Iterator[_Part]:
    """Yield the invoices of `file`. Raises RefusedInputError when the file itself cannot be read."""
    with tempfile.TemporaryDirectory(prefix="edid-route-") as folder:
        reading = read(file, Path(folder), limits)
        if reading.kind is not Kind.ARCHIVE:
            yield from _invoices(file.name, reading)
            return
        for member in reading.members:
            yield from _member(f"{file.name}!{member.name}", member.path, limits)


def _member(name: str, path: Path, limits: Limits) -> Iterator[_Part]:
    with tempfile.TemporaryDirectory(prefix="edid-route-") as folder:
        try:
            reading = read(path, Path(folder), limits)
        except RefusedInputError as error:
            yield _Part(name, None, refusal=error.message)
        else:
            yield from _invoices(name, reading)


def _invoices(name: str, reading: Reading) -> Iterator[_Part]:
    for invoice in reading.invoices:
        yield _Part(name, reading.kind, invoice.facts, invoice.steps)
    if not reading.invoices:
        yield _Part(name, reading.kind, reading.facts)


def _row(part: _Part, decided: Route | None, language: Language) -> dict[str, Any]:
    facts = part.facts or Facts()
    said = {
        "number": facts.number,
        "supplier": facts.seller_key or facts.seller_name,
        "recipient": facts.buyer_id,
        "service_code": facts.service_code,
    }
    return {
        "file": shown(part.file),
        "kind": part.kind,
        **{name: shown(value) if value is not None else None for name, value in said.items()},
        "action": decided.action if decided else None,
        "folder": decided.folder if decided else None,
        "rule": decided.rule if decided else None,
        "because": _because(part, decided, language),
    }


def _because(part: _Part, decided: Route | None, language: Language) -> str:
    if decided is not None:
        return decided.because_fr if language == "fr" else decided.because_en
    if part.refusal is not None:
        return f"illisible : {part.refusal}" if language == "fr" else f"unreadable: {part.refusal}"
    return f"pas une facture ({part.kind})" if language == "fr" else f"not an invoice ({part.kind})"


def _without_trail(decided: Route) -> dict[str, Any]:
    return {name: value for name, value in decided.as_json().items() if name != "trail"}


def _told(row: dict[str, Any], decided: Route | None, language: Language) -> str:
    """Return one invoice with everything that was looked at, as a paragraph."""
    head = " ".join(str(row[name]) for name in ("number", "supplier") if row[name]) or row["file"]
    told = [f"{head} -> {row['folder'] or '-'}", f"  {row['because']}"]
    if decided is not None:
        if decided.standing.outcome != "not needed":
            told.append(f"  {decided.standing.fr if language == 'fr' else decided.standing.en}")
        told += [f"  {line}" for line in lines(decided.trail, language)]
        told += [f"  ! {warning}" for warning in warnings(decided.trail, language)]
    return "\n".join([*told, "", ""])
