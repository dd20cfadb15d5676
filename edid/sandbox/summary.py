"""The end of the demonstration: tables of what happened, and what to try next."""

from __future__ import annotations

import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table

from edid.config.loader import load
from edid.journal import queries
from edid.journal.database import default_url, open_journal
from edid.sandbox.playground import RECEIVER, SENDER, Playground


def summary(playground: Playground, console: Console, seconds: float) -> None:
    """Print what became of each invoice, and what to try next; `seconds` is how long it took."""
    journal = open_journal(default_url(load(playground.config_file).settings.state))
    try:
        with journal.reading() as view:
            out = queries.list_documents(view, queries.Filter(direction="out", sheet=SENDER))
            incoming = queries.list_documents(view, queries.Filter(direction="in"))
            reports = {flow.id: flow.report for flow in queries.list_flows(view, queries.Filter(direction="out"))}
    finally:
        journal.close()
    table = Table(title="What happened to each invoice", title_justify="left")
    for column in ("dropped as", "number", "edid says", "flow report", "Chorus Pro says"):
        table.add_column(column, overflow="fold", min_width=len(column))
    for row in reversed(out):
        report = reports.get(row.flow_id)
        table.add_row(row.file_name, row.number or "-", row.state, report or "-", row.status or "-")
    console.print(table)
    received = Table(title="Incoming invoices", title_justify="left")
    for column in ("number", "supplier", "we said", "filed in"):
        received.add_column(column, overflow="fold")
    spool = playground.folder / "spool"
    for row in reversed(incoming):
        received.add_row(row.number, row.seller_key, row.status or "-", str(spool / RECEIVER / "in" / row.filed_as))
    console.print(received)
    _next_steps(playground, console, seconds)


def _next_steps(playground: Playground, console: Console, seconds: float) -> None:
    spool = playground.folder / "spool" / SENDER
    edid = Path(sys.argv[0]).parent / "edid" if "/" in sys.argv[0] else Path("edid")
    command = f"{edid} -c {playground.config_file}"
    console.print(f"Done in {seconds:.0f} s. Everything is in {playground.folder}/. Try next:")
    for what, hint in (
        (f"cat {spool}/rejected/*.verdict.txt", "why files were refused"),
        (f"ls -R {spool}/in", "reports and statuses as they were filed"),
        (f"{command} documents list", "the journal; also: flows list, documents show ID, --format json|csv"),
        (f"{command} todo", "which invoices need somebody, why, and what to do"),
        (f"{command} status", "one screen for operators"),
        (f"{edid} validate FILE...", "judge your own invoices, sending nothing"),
        (f"{edid} sandbox DIR --authorized-keys FILE", "a simulated Chorus Pro for your own configuration"),
    ):
        console.print(f"  {what}   # {hint}")
