"""`edid partners`: which partners are left alone after failures, until when and why; and try them now."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from edid.cli.context import sheet_named, state
from edid.cli.output import Format, FormatOption, show
from edid.exchange import outbox
from edid.journal import queries
from edid.journal.rows import AnyRow, as_dict
from edid.journal.states import Direction
from edid.service import requests

app = typer.Typer(help="How the exchange with each partner goes.", invoke_without_command=True)
COLUMNS = ("sheet", "direction", "state", "failures", "since", "next_try_at", "refused", "error")
BRIEF = ("sheet", "direction", "state", "next_try_at", "error")
"""What fits a terminal; the other formats have everything."""
_WELL: dict[str, Any] = {"state": "closed", "failures": 0, "refused": False}


@app.callback()
def partners(
    context: typer.Context,
    sheet: Annotated[str | None, typer.Option(help="Only this sheet.")] = None,
    form: FormatOption = Format.TABLE,
) -> None:
    """Show for each sheet and direction whether its partner is asked (closed) or left alone (open), and why."""
    if context.invoked_subcommand is not None:
        return
    configuration = state(context).configuration()
    wanted = [sheet_named(configuration, sheet)] if sheet else list(configuration.sheets.values())
    with state(context).journal() as journal, journal.reading() as view:
        known = {(row.sheet, row.direction): row for row in queries.list_partners(view, sheet=sheet)}
    show(
        [
            _shown(one.name, direction, known.get((one.name, direction)))
            for one in wanted
            for direction in (Direction.OUT, Direction.IN)
        ],
        COLUMNS,
        form,
        brief=BRIEF,
    )


@app.command()
def retry(context: typer.Context, sheet: Annotated[str, typer.Argument(help="Name of the sheet.")]) -> None:
    """Try a partner now, in both directions, with the flows that wait for it; what is held stays held."""
    configuration = state(context).configuration()
    name = sheet_named(configuration, sheet).name
    with state(context).journal() as journal:
        outbox.hurry(journal, name)
    requests.ask_retry(configuration.settings.state, name)
    requests.ask_poll(configuration.settings.state, name)
    typer.echo(f"the partner of {name} is tried as soon as the daemon runs")


def _shown(sheet: str, direction: Direction, row: AnyRow | None) -> dict[str, Any]:
    known = _WELL if row is None else as_dict(row)
    return {**{name: known.get(name) for name in COLUMNS}, "sheet": sheet, "direction": str(direction)}
