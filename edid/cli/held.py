"""`edid held`: documents that could not be judged, flows that could not be sent or read; a person decides."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from edid.cli.context import check_sheet, sender_named, state
from edid.cli.flows import retry, story
from edid.cli.output import Format, FormatOption, show, show_one
from edid.errors import PermanentError
from edid.exchange import held
from edid.exchange.held_flows import drop_flow, held_flow, held_flows
from edid.exchange.house import RULES
from edid.journal import queries
from edid.journal.rows import as_dict
from edid.store.blobs import BlobStore
from edid.validation.added import AddedRules
from edid.validation.verdict import Outcome
from edid.validation.worker import JudgePool

app = typer.Typer(
    help="What edid gave up on: documents that could not be judged, flows that could not be sent or understood.",
    no_args_is_help=True,
)
COLUMNS = ("id", "what", "sheet", "name", "number", "seller_key", "kind", "because", "created_at")
BRIEF = ("id", "what", "sheet", "name", "because")
"""What fits a terminal; the other formats have everything."""
ID = Annotated[int, typer.Argument(metavar="ID", help="Id of the document; of the flow with --flow.")]
Flow = Annotated[bool, typer.Option("--flow", help="The id is that of a flow.")]


@app.command("list")
def list_(
    context: typer.Context,
    sheet: Annotated[str | None, typer.Option(help="Only this sheet.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="Most rows.")] = 100,
    form: FormatOption = Format.TABLE,
) -> None:
    """List what is held with its cause, newest first."""
    wanted = queries.Filter(sheet=sheet, direction="out", state="held", limit=limit)
    with state(context).journal() as journal, journal.reading() as view:
        check_sheet(state(context).configuration(), view, sheet)
        rows = [_document(as_dict(row)) for row in queries.list_documents(view, wanted)]
        rows += [_flow(as_dict(row)) for row in held_flows(view, sheet=sheet, limit=limit)]
    rows.sort(key=lambda row: row["created_at"], reverse=True)
    show([{name: row[name] for name in COLUMNS} for row in rows[:limit]], COLUMNS, form, brief=BRIEF)


@app.command("show")
def show_(context: typer.Context, item: ID, flow: Flow = False) -> None:
    """Show what is held as JSON: its cause, facts and verdict; of a flow its documents, attempts and events."""
    with state(context).journal() as journal:
        if not flow:
            show_one(as_dict(held.held(journal, item)))
            return
        with journal.reading() as view:
            held_flow(view, item)
            show_one(story(view, item))


@app.command()
def release(
    context: typer.Context,
    item: ID,
    anyway: Annotated[
        str | None, typer.Option(help="Why it leaves although it still cannot be judged; kept in the journal.")
    ] = None,
    flow: Flow = False,
) -> None:
    """Judge a held document again; when it is valid it leaves. A held flow is sent, or read, again."""
    if flow:
        if anyway is not None:
            raise typer.BadParameter("--anyway is for documents")
        with state(context).journal() as journal, journal.reading() as view:
            held_flow(view, item)
        retry(context, flow_id=item, sheet=None)
        return
    document_id = item
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
    item: ID,
    reason: Annotated[str, typer.Option(help="Why it is given up; kept in the journal.")],
    flow: Flow = False,
    not_there: Annotated[
        bool, typer.Option("--not-there", help="You looked: the partner has not got this flow.")
    ] = False,
) -> None:
    """Give up what is held: documents are rejected. Bytes stay in the store."""
    with state(context).journal() as journal:
        if flow:
            count = drop_flow(journal, item, reason, looked=not_there)
            typer.echo(f"flow {item} was dropped; {count} document(s) in it are rejected")
        else:
            held.drop(journal, item, reason)
            typer.echo(f"document {item} was dropped")


def _document(row: dict[str, Any]) -> dict[str, Any]:
    because = row["verdict"].get("not_judged_because")
    return {**row, "what": "document", "name": row["file_name"], "because": because}


def _flow(row: dict[str, Any]) -> dict[str, Any]:
    what = "flow to send" if row["direction"] == "out" else "received flow"
    return {**dict.fromkeys(COLUMNS), **row, "what": what, "kind": row["interface_code"], "because": row["reason"]}
