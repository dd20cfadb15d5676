"""`edid held`: what could not be judged, and what a person decides about it."""

from __future__ import annotations

from typing import Annotated

import typer

from edid.cli.context import sender_named, state
from edid.cli.output import Format, FormatOption, show, show_one
from edid.errors import PermanentError
from edid.exchange import held
from edid.exchange.house import RULES
from edid.journal import queries
from edid.journal.rows import as_dict
from edid.store.blobs import BlobStore
from edid.validation.added import AddedRules
from edid.validation.verdict import Outcome
from edid.validation.worker import JudgePool

app = typer.Typer(help="Documents that could not be judged, and what is done about them.", no_args_is_help=True)
COLUMNS = ("id", "sheet", "number", "seller_key", "kind", "because", "file_name", "created_at")
DOCUMENT = Annotated[int, typer.Argument(metavar="DOCUMENT", help="Id of the document.")]


@app.command("list")
def list_(
    context: typer.Context,
    sheet: Annotated[str | None, typer.Option(help="Only this sheet.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="Most rows.")] = 100,
    form: FormatOption = Format.TABLE,
) -> None:
    """List held documents with their cause, newest first."""
    wanted = queries.Filter(sheet=sheet, direction="out", state="held", limit=limit)
    with state(context).journal() as journal, journal.reading() as view:
        rows = [as_dict(row) for row in queries.list_documents(view, wanted)]
    for row in rows:
        row["because"] = row["verdict"].get("not_judged_because")
    show([{name: row[name] for name in COLUMNS} for row in rows], COLUMNS, form)


@app.command("show")
def show_(context: typer.Context, document_id: DOCUMENT) -> None:
    """Show one held document as JSON: its cause, facts and verdict."""
    with state(context).journal() as journal:
        show_one(as_dict(held.held(journal, document_id)))


@app.command()
def release(
    context: typer.Context,
    document_id: DOCUMENT,
    anyway: Annotated[
        str | None, typer.Option(help="Why it leaves although it still cannot be judged; kept in the journal.")
    ] = None,
) -> None:
    """Judge a held document again; when it is valid it leaves with the next flow of its sheet."""
    configuration = state(context).configuration()
    folder = configuration.settings.state
    with state(context).journal() as journal:
        sheet = sender_named(configuration, held.held(journal, document_id).sheet)
        with JudgePool(configuration.settings.limits, packs=AddedRules(folder / RULES).catalogue) as judges:
            verdict = held.release(
                journal, BlobStore(folder / "store", tidy=False), judges, sheet, document_id, anyway=anyway
            )
    if verdict.outcome is Outcome.INVALID:
        first = verdict.findings[0]
        raise PermanentError(
            f"document {document_id} is invalid and was rejected: {first.rule}: {first.message}",
            remedy=f"See: edid documents show {document_id}.",
        )
    if verdict.outcome is Outcome.NOT_JUDGED and anyway is None:
        raise PermanentError(
            f"document {document_id} still cannot be judged: {verdict.not_judged_because}",
            remedy="Remove the cause, or say why it leaves all the same: --anyway '...'",
        )
    typer.echo(f"document {document_id} will leave with the next flow of its sheet")


@app.command()
def drop(
    context: typer.Context,
    document_id: DOCUMENT,
    reason: Annotated[str, typer.Option(help="Why it is given up; kept in the journal.")],
) -> None:
    """Give a held document up: it is rejected. Its bytes stay in the store."""
    with state(context).journal() as journal:
        held.drop(journal, document_id, reason)
    typer.echo(f"document {document_id} was dropped")
