"""`edid todo`: which invoices need someone, oldest first; and settle."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import typer

from edid.cli.context import check_sheet, one_of, state
from edid.cli.output import Format, FormatOption, show
from edid.exchange import todo
from edid.intake.names import printable
from edid.lifecycle.action import Actor

app = typer.Typer(help="Invoices that need someone, oldest first.", invoke_without_command=True)
COLUMNS = (
    "id",
    "sheet",
    "direction",
    "number",
    "issue_date",
    "seller",
    "buyer",
    "amount",
    "currency",
    "since",
    "deadline",
    "who",
    "state",
    "status",
    "motive",
    "comment",
    "what",
    "file_name",
    "flow_name",
)
_WORDS = {
    "fr": {"motive": "motif", "comment": "commentaire", "what": "à faire", "since": "depuis", "before": "avant"},
    "en": {"motive": "motive", "comment": "comment", "what": "to do", "since": "since", "before": "before"},
}
_EVERYBODY = "all"


@app.callback()
def list_(
    context: typer.Context,
    who: Annotated[str, typer.Option(help="Who is waited for: us, platform, recipient or all.")] = "us",
    sheet: Annotated[str | None, typer.Option(help="Only this sheet.")] = None,
    number: Annotated[str | None, typer.Option(help="Only this invoice number.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="Most rows.")] = 100,
    language: Annotated[str | None, typer.Option(help="fr or en; else that of edid.yaml.")] = None,
    form: FormatOption = Format.TABLE,
) -> None:
    """List the invoices that need someone, with motive, comment, deadline and what to do; the oldest first."""
    if context.invoked_subcommand is not None:
        return
    actors = [str(actor) for actor in Actor if actor is not Actor.NOBODY]
    one_of("--who", who, [*actors, _EVERYBODY])
    one_of("--language", language, ("fr", "en"))
    spoken = language or state(context).configuration().settings.language
    tongue: todo.Language = "en" if spoken == "en" else "fr"
    wanted = todo.Wanted(None if who == _EVERYBODY else who, sheet, number, limit)
    with state(context).journal() as journal, journal.reading() as view:
        check_sheet(state(context).configuration(), view, sheet)
        rows = todo.waiting(view, wanted, tongue)
    if form is Format.TABLE:
        _tell(rows, _WORDS[tongue])
    else:
        show(rows, COLUMNS, form)


def _tell(rows: Sequence[Mapping[str, Any]], words: Mapping[str, str]) -> None:
    """Write one paragraph for each document: a table has no room for sentences."""
    for row in rows:
        name = row["number"] or row["file_name"] or ""
        since = f", {words['since']} {row['since']:%Y-%m-%d}" if row["since"] else ""
        before = f", {words['before']} {row['deadline']:%Y-%m-%d}" if row["deadline"] else ""
        typer.secho(f"{row['id']}  {printable(name)}  {row['status'] or row['state']}{since}{before}", bold=True)
        amount = f"{row['amount']} {row['currency'] or ''}".strip() if row["amount"] else None
        whom = row["seller"] if row["direction"] == "in" else row["buyer"]
        about = (row["sheet"], whom, amount, row["file_name"] if row["number"] else None)
        typer.echo(f"    {' | '.join(printable(str(each)) for each in about if each)}")
        for key in ("motive", "comment", "what"):
            if row[key]:
                typer.echo(f"    {words[key]}: {printable(row[key])}")
        typer.echo("")
    if not rows:
        typer.echo("nothing to show")


@app.command()
def settle(
    context: typer.Context,
    document_id: Annotated[int, typer.Argument(help="Id of the document.")],
    comment: Annotated[str, typer.Option(help="Why nothing is left to do; kept in the journal.")],
) -> None:
    """Take a document off the list: it was dealt with elsewhere. A new word of the platform puts it back."""
    with state(context).journal() as journal:
        todo.settle(journal, document_id, comment)
    typer.echo(f"document {document_id} is settled")
