"""`edid todo`: which invoices need someone, oldest first; and settle."""

from __future__ import annotations

from typing import Annotated

import typer

from edid.cli.context import one_of, state
from edid.cli.output import Format, FormatOption, show
from edid.exchange import todo
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
BRIEF = ("id", "sheet", "number", "buyer", "since", "deadline", "status", "motive", "comment", "what")
"""What fits a terminal; the other formats have everything."""
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
    wanted = todo.Wanted(None if who == _EVERYBODY else who, sheet, number, limit)
    with state(context).journal() as journal, journal.reading() as view:
        rows = todo.waiting(view, wanted, "en" if spoken == "en" else "fr")
    show(rows, COLUMNS, form, brief=BRIEF)


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
