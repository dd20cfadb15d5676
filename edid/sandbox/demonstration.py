"""The whole corridor on embedded defaults, live: the daemon as a process, real SFTP on loopback."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import IO, Any

from rich.console import Console
from rich.table import Table

from edid.config.loader import load
from edid.errors import TransientError
from edid.journal import queries
from edid.journal.database import default_url, open_journal
from edid.sandbox.invoices import broken_invoice, cii_invoice, factur_x, ubl_credit_note, ubl_invoice
from edid.sandbox.invoices.breakage import Breakage
from edid.sandbox.playground import APPLICATION, RECEIVER, SENDER, Playground
from edid.sandbox.receiver import deposit_pivot
from edid.store.durable import durable_write

_PATIENCE = 90.0
_INCOMING = 3
_SAID = {
    "daemon.ready": "[bold]the daemon is ready[/] (edid run)",
    "file.claimed": "taken from the drop folder: {file}",
    "file.rejected": "[red]refused[/], kept in rejected/ with its reason: {file} ({code})",
    "document.valid": "[green]valid[/] by the rules of its sheet: invoice {number}",
    "document.rejected": "[red]refused[/], kept in rejected/ with its reasons: {file}",
    "document.duplicate": "[yellow]duplicate[/], kept in duplicates/: invoice {number}",
    "flow.ready": "named by its EDI sheet: [cyan]{flow}[/]",
    "flow.sent": "[green]delivered[/] over SFTP, confirmed, renamed: [cyan]{flow}[/]",
    "flow.status": "Chorus Pro reports on flow [cyan]{about}[/]: {label}",
    "document.status": "Chorus Pro says of invoice {about}: [bold]{label}[/]",
    "flow.filed": "fetched and filed: [cyan]{flow}[/] ({invoices} incoming invoices)",
    "flow.transient": "[yellow]will be tried again[/]: {flow}: {error}",
}


def demonstrate(folder: Path) -> None:
    """Run the corridor once in `folder`, tell what happens, and end with a summary.

    Raises OperatorError when `folder` holds other things, TransientError when it takes too long.
    """
    console = Console(highlight=False, soft_wrap=True)
    started = time.monotonic()
    with Playground.create(folder) as playground:
        console.print(f"A simulated Chorus Pro listens on 127.0.0.1:{playground.sender_server.port} (SFTP).")
        daemon = _start_daemon(playground)
        try:
            threading.Thread(target=_tell, args=(daemon.stderr, console), daemon=True).start()
            _wait("the daemon did not start", daemon, playground.drop_folder.is_dir)
            dropped = _drop_invoices(playground.drop_folder)
            console.print(f"The ERP drops {dropped} files into {playground.drop_folder}/")
            deposit_pivot(playground.offers, APPLICATION[RECEIVER], _INCOMING)
            _wait("the exchange did not finish", daemon, _Finished(playground, dropped))
        finally:
            _stop_daemon(daemon)
        _summary(playground, console, time.monotonic() - started)


def _start_daemon(playground: Playground) -> subprocess.Popen[str]:
    return subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-m", "edid", "--config", str(playground.config_file), "run"],
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )


def _stop_daemon(daemon: subprocess.Popen[str]) -> None:
    daemon.send_signal(signal.SIGTERM)
    try:
        daemon.wait(15)
    except subprocess.TimeoutExpired:
        daemon.kill()


def _drop_invoices(drop: Path) -> int:
    today = datetime.now(UTC).date()
    year = f"{today:%Y}"
    files = {
        f"facture-{place:03d}.xml": ubl_invoice(f"FA{year}-{place:04d}", today, lines=1 + place % 5)
        for place in range(1, 9)
    }
    files |= _others(year, today)
    for name, content in files.items():
        durable_write(drop / f"{name}.tmp", content)
        (drop / f"{name}.tmp").rename(drop / name)
    return len(files)


def _others(year: str, today: date) -> dict[str, bytes]:
    return {
        "avoir-001.xml": ubl_credit_note(f"AV{year}-0001", today, credit_of=f"FA{year}-0001"),
        "facture-cii.xml": cii_invoice(f"FC{year}-0001", today),
        "facture-x.pdf": factur_x(f"FX{year}-0001", today),
        "facture-001-bis.xml": ubl_invoice(f"FA{year}-0001", today, lines=2),
        "facture-cassee.xml": broken_invoice(Breakage.MISPLACED, f"KO{year}-0001", today),
        "facture-vide.xml": b"",
    }


def _tell(stream: IO[str] | None, console: Console) -> None:
    assert stream is not None
    for line in stream:
        try:
            event = json.loads(line)
        except ValueError:
            console.print(line.rstrip(), markup=False)
            continue
        said = _SAID.get(event["event"])
        if event["event"] == "flow.filed" and not event["invoices"]:
            continue  # its statuses are told one by one
        if said is not None:
            console.print(f"  {event['timestamp'][11:23]}  {said.format_map(_Known(event))}")
        elif event["level"] in {"warning", "error", "critical"}:
            console.print(f"  {event['timestamp'][11:23]}  {event['event']}: {event.get('error', '')}", markup=False)


class _Known(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "?"


class _Finished:
    """True when every dropped file has its verdict, every flow its report and every incoming invoice its place."""

    def __init__(self, playground: Playground, dropped: int) -> None:
        self._settings = load(playground.config_file).settings
        self._dropped = dropped
        self._quiet_since: float | None = None
        self._seen = -1

    def __call__(self) -> bool:
        journal = open_journal(default_url(self._settings.state))
        try:
            with journal.reading() as view:
                counts = {(c.entity, c.direction, c.state): 0 for c in queries.counts(view)}
                for count in queries.counts(view):
                    counts[count.entity, count.direction, count.state] += count.count
                unreported = [
                    flow for flow in queries.list_flows(view, queries.Filter(direction="out")) if flow.report is None
                ]
        finally:
            journal.close()
        files = sum(many for (entity, _, state), many in counts.items() if entity == "file" and state != "claimed")
        waiting = sum(counts.get(("document", "out", state), 0) for state in ("valid", "packed"))
        filed = counts.get(("document", "in", "filed"), 0)
        done = files >= self._dropped and not waiting and not unreported and filed >= _INCOMING
        return done and self._quiet(sum(counts.values()))

    def _quiet(self, rows: int) -> bool:
        """Tell whether nothing new came for a while: the last statuses arrive one by one."""
        if rows != self._seen:
            self._seen, self._quiet_since = rows, time.monotonic()
        assert self._quiet_since is not None
        return time.monotonic() - self._quiet_since > 3


def _wait(failure: str, daemon: subprocess.Popen[str], condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _PATIENCE
    while not condition():
        if daemon.poll() is not None or time.monotonic() > deadline:
            raise TransientError(f"{failure} within {_PATIENCE:.0f} s.", remedy="Look at the lines above.")
        time.sleep(0.1)


def _summary(playground: Playground, console: Console, seconds: float) -> None:
    journal = open_journal(default_url(load(playground.config_file).settings.state))
    try:
        with journal.reading() as view:
            out = queries.list_documents(view, queries.Filter(direction="out"))
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
    for column in ("number", "supplier", "filed in"):
        received.add_column(column, overflow="fold")
    spool = playground.folder / "spool"
    for row in reversed(incoming):
        received.add_row(row.number, row.seller_key, str(spool / RECEIVER / "in" / row.filed_as))
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
        (f"{command} status", "one screen for operators"),
        (f"{edid} validate FILE...", "judge your own invoices, sending nothing"),
        (f"{edid} sandbox DIR --authorized-keys FILE", "a simulated Chorus Pro for your own configuration"),
    ):
        console.print(f"  {what}   # {hint}")
