"""`edid alerts`: what should have happened and did not; list and dismiss."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from edid.cli.context import check_sheet, one_of, state
from edid.cli.output import Format, FormatOption, show
from edid.exchange.alerts import rows
from edid.journal.rows import AnyRow

app = typer.Typer(help="What should have happened and did not; the newest first.", invoke_without_command=True)
COLUMNS = ("id", "sheet", "kind", "subject", "raised_at", "cleared_at", "text", "text_fr", "text_en")
BRIEF = ("id", "kind", "raised_at", "cleared_at", "text")
"""What fits a terminal (the text names sheet and subject); the other formats have everything."""

_All = Annotated[bool, typer.Option("--all", help="Also those whose cause is gone.")]
_Sheet = Annotated[str | None, typer.Option("--sheet", help="Only this sheet.")]
_Limit = Annotated[int, typer.Option("--limit", min=1, help="Most rows.")]
_Language = Annotated[str | None, typer.Option("--language", help="fr or en; else that of edid.yaml.")]


@app.callback()
def alerts(
    context: typer.Context,
    all_: _All = False,
    sheet: _Sheet = None,
    limit: _Limit = 100,
    language: _Language = None,
    form: FormatOption = Format.TABLE,
) -> None:
    """List the alerts whose cause is not gone, with what to do; the same as: edid alerts list."""
    if context.invoked_subcommand is None:
        _list(context, all_, sheet, limit, language, form)


@app.command("list")
def list_(
    context: typer.Context,
    all_: _All = False,
    sheet: _Sheet = None,
    limit: _Limit = 100,
    language: _Language = None,
    form: FormatOption = Format.TABLE,
) -> None:
    """List the alerts whose cause is not gone, with what to do."""
    _list(context, all_, sheet, limit, language, form)


@app.command()
def dismiss(
    context: typer.Context,
    alert_id: Annotated[int, typer.Argument(metavar="ALERT", help="Id of the alert.")],
    comment: Annotated[str, typer.Option(help="Why nothing is left to do; kept in the journal.")],
) -> None:
    """Take an alert off the list for good: it was dealt with elsewhere. What goes on cannot be dismissed."""
    with state(context).journal() as journal:
        rows.dismiss(journal, alert_id, comment)
    typer.echo(f"alert {alert_id} is dismissed")


def _list(
    context: typer.Context, all_: bool, sheet: str | None, limit: int, language: str | None, form: Format
) -> None:
    one_of("--language", language, ("fr", "en"))
    spoken = language or state(context).configuration().settings.language
    with state(context).journal() as journal, journal.reading() as view:
        check_sheet(state(context).configuration(), view, sheet)
        found = rows.listed(view, sheet=sheet, cleared=all_, limit=limit)
    show([_shown(row, spoken) for row in found], COLUMNS, form, brief=BRIEF)


def _shown(row: AnyRow, language: str) -> dict[str, Any]:
    text = row.text_fr if language == "fr" else row.text_en
    return {**{name: getattr(row, name) for name in COLUMNS if name != "text"}, "text": text}
