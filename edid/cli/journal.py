"""`edid journal`: the audit trail, for whoever has to show it, keep it, or purge it."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from edid.audit import anchor as anchoring
from edid.audit.export import export as write_archive
from edid.audit.originals import store_of
from edid.audit.selection import select_documents, select_period
from edid.cli.context import state
from edid.cli.journal_keeping import backup, purge, restored
from edid.cli.journal_verify import verify
from edid.errors import PermanentError

app = typer.Typer(help="The audit trail: verify, export, anchor, back up, purge.", no_args_is_help=True)
app.command()(verify)


@app.command()
def export(
    context: typer.Context,
    output: Annotated[Path, typer.Option(help="The new archive: NAME.zip or NAME.tar.")],
    document: Annotated[list[int] | None, typer.Option(help="Id of a document; may be given several times.")] = None,
    from_: Annotated[
        datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="First day of a period (UTC).")
    ] = None,
    to: Annotated[
        datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="Last day of a period (UTC).")
    ] = None,
) -> None:
    """Write an archive that tells what happened to some documents and can be checked without edid."""
    period = from_ is not None and to is not None
    if bool(document) == period or (from_ is None) != (to is None):
        raise typer.BadParameter("give either --document, or --from and --to.")
    settings = state(context).configuration().settings
    if from_ is not None and to is not None:
        choose = partial(select_period, first=from_.date(), last=to.date())
    else:
        choose = partial(select_documents, ids=sorted(set(document or ())))
    with state(context).journal() as journal:
        done = write_archive(journal, store_of(settings), choose, output, settings.audit.anchor.folder)
    typer.echo(f"{output}: {done.documents} documents, {done.originals} originals, {done.events} events")
    if done.missing:
        typer.echo(f"{len(done.missing)} originals are not in the store any more; see missing.txt in it", err=True)
    if done.broken:
        raise PermanentError("the chain of events does not hold.", remedy="See: edid journal verify.")


@app.command()
def anchor(context: typer.Context) -> None:
    """Note where the chain ends in the folder audit.anchor.folder, once a day."""
    settings = state(context).configuration().settings
    if settings.audit.anchor.folder is None:
        raise PermanentError("no folder for anchors is set.", remedy="Set audit.anchor.folder in edid.yaml.")
    with state(context).journal() as journal:
        made = anchoring.anchor(journal, settings.audit.anchor)
    typer.echo("nothing to note, or noted today already" if made is None else str(made))


for _command in (purge, backup, restored):
    app.command()(_command)
