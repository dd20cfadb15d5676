"""The whole corridor on embedded defaults, live: the daemon as a process, real SFTP on loopback."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

from rich.console import Console

from edid.config.loader import load
from edid.errors import TransientError
from edid.journal import queries
from edid.journal.database import Journal, default_url, open_journal
from edid.sandbox import second_act
from edid.sandbox.invoices import broken_invoice, cii_invoice, factur_x, ubl_credit_note, ubl_invoice
from edid.sandbox.invoices.breakage import Breakage
from edid.sandbox.narration import narrate
from edid.sandbox.playground import APPLICATION, RECEIVER, Playground
from edid.sandbox.receiver import deposit_pivot
from edid.sandbox.summary import summary
from edid.store.durable import durable_write

_PATIENCE = 90.0
_INCOMING = 3


def demonstrate(folder: Path) -> None:
    """Run the corridors once in `folder`, tell what happens, and end with a summary.

    Raises OperatorError when `folder` holds other things, TransientError when it takes too long.
    """
    console = Console(highlight=False, soft_wrap=True)
    started = time.monotonic()
    today = datetime.now(UTC).date()
    with Playground.create(folder) as playground:
        console.print(f"A simulated Chorus Pro listens on 127.0.0.1:{playground.sender_server.port} (SFTP).")
        daemon = _start_daemon(playground)
        try:
            assert daemon.stderr is not None
            threading.Thread(target=narrate, args=(daemon.stderr, console), daemon=True).start()
            _wait("the daemon did not start", daemon, playground.drop_folder.is_dir)
            dropped = _drop_invoices(playground.drop_folder, today)
            console.print(f"The ERP drops {dropped} files into {playground.drop_folder}/")
            deposit_pivot(playground.offers, APPLICATION[RECEIVER], _INCOMING)
            with _journal(playground) as journal:
                _wait("the exchange did not finish", daemon, _Finished(journal, dropped))
                act = second_act.begin(playground, journal, console, today)
                _wait("the answers did not come", daemon, lambda: _is_over(journal, act))
        finally:
            _stop_daemon(daemon)
        summary(playground, console, time.monotonic() - started)


@contextmanager
def _journal(playground: Playground) -> Iterator[Journal]:
    journal = open_journal(default_url(load(playground.config_file).settings.state))
    try:
        yield journal
    finally:
        journal.close()


def _is_over(journal: Journal, act: second_act.SecondAct) -> bool:
    with journal.reading() as view:
        return act.is_over(view)


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


def _drop_invoices(drop: Path, today: date) -> int:
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


class _Finished:
    """True when every file has its verdict, every flow its report, and every kind of trouble has come back."""

    def __init__(self, journal: Journal, dropped: int) -> None:
        self._journal = journal
        self._dropped = dropped

    def __call__(self) -> bool:
        with self._journal.reading() as view:
            counts: Counter[tuple[str, str | None, str]] = Counter()
            for count in queries.counts(view):
                counts[count.entity, count.direction, count.state] += count.count
            sent = queries.list_flows(view, queries.Filter(direction="out"))
            troubled = second_act.can_begin(view)
        files = sum(many for (entity, _, state), many in counts.items() if entity == "file" and state != "claimed")
        waiting = sum(counts["document", "out", state] for state in ("valid", "packed"))
        filed = counts["document", "in", "filed"]
        reported = all(flow.report is not None for flow in sent)
        return files >= self._dropped and not waiting and reported and filed >= _INCOMING and troubled


def _wait(failure: str, daemon: subprocess.Popen[str], condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _PATIENCE
    while not condition():
        if daemon.poll() is not None or time.monotonic() > deadline:
            raise TransientError(f"{failure} within {_PATIENCE:.0f} s.", remedy="Look at the lines above.")
        time.sleep(0.1)
