"""All targets, each in processes of its own, until RUNS inputs were read.

    python -m tests.fuzz.campaign [--runs N] [--only TARGET ...] [--seed N] [--loop-only] [--keep FOLDER]

A fifth of the inputs come from atheris, which follows the lines of edid that they reach, and hands on those that
reached something new; the others from the mutations that know what XML, archives and the like look like. Without
atheris all come from these. Prints a table and every finding; the smallest input of each is kept in FOLDER as text.
Exit code 1 when something was found.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.fuzz.findings import Finding, keep
from tests.fuzz.target import Target, memory
from tests.fuzz.targets import TARGETS

_PROJECT = Path(__file__).resolve().parents[2]
_COVERED = re.compile(rb"cov: (\d+) ft: (\d+)")
_GUIDED = 0.2
"""Share of the inputs that atheris makes: following the lines takes several times as long as running them."""
_NOTHING = {"executions": 0, "seconds": 0.0}
_MOST_DEATHS = 5
"""A process that dies of an input is started again so many times, with the inputs that are left."""


@dataclass
class Row:
    """What became of one target."""

    name: str
    executions: int = 0
    seconds: float = 0.0
    edges: int = 0
    units: int = 0
    """Inputs that reached something new, and were kept to start from."""
    findings: list[str] = field(default_factory=list)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the campaign; return the exit code."""
    options = _options(arguments)
    chosen = [TARGETS[name] for name in options.only] if options.only else list(TARGETS.values())
    guided = not options.loop_only and importlib.util.find_spec("atheris") is not None
    if not guided:
        print("without atheris: inputs come from mutations alone, which no coverage guides", flush=True)
    total = sum(target.weight for target in chosen)
    print(f"{'target':20} {'executions':>12} {'exec/s':>8} {'edges':>7} {'new units':>9} {'findings':>8}", flush=True)
    rows = []
    for target in chosen:
        row = _fuzzed(target, max(1, round(options.runs * target.weight / total)), options, guided=guided)
        rows.append(row)
        print(_line(row), flush=True)
    whole = Row("all", sum(row.executions for row in rows), sum(row.seconds for row in rows))
    whole.units = sum(row.units for row in rows)
    whole.findings = [finding for row in rows for finding in row.findings]
    print(_line(whole))
    for finding in whole.findings:
        print(finding)
    return 1 if whole.findings else 0


def _fuzzed(target: Target, runs: int, options: argparse.Namespace, *, guided: bool) -> Row:
    row = Row(target.name)
    with tempfile.TemporaryDirectory(prefix="edid-fuzz-", dir=memory()) as name:
        folder = Path(name)
        share = round(runs * _GUIDED) if guided else 0
        for mode, wanted in (("atheris", share), ("loop", runs - share)):
            _run(mode, target, wanted, options.seed, folder, row)
        row.units = sum(not path.name.startswith("seed-") for path in (folder / "corpus").glob("*"))
        kept = Path(options.keep)
        for case in sorted((folder / "cases").glob("*.py")):
            kept.mkdir(parents=True, exist_ok=True)
            (kept / case.name).write_bytes(case.read_bytes())
            row.findings.append(f"{target.name}: {kept / case.name}")
    return row


def _run(mode: str, target: Target, wanted: int, seed: int, folder: Path, row: Row) -> None:
    """Run one mode until `wanted` inputs were read; a process that dies is a finding, and another goes on."""
    done = deaths = 0
    while done < wanted and deaths < _MOST_DEATHS:
        told = folder / f"{mode}.json"
        told.unlink(missing_ok=True)
        command = [
            sys.executable,
            "-m",
            "tests.fuzz.runner",
            mode,
            target.name,
            *map(str, (wanted - done, seed + deaths, folder)),
        ]
        with (folder / "said").open("w+b") as said:
            ended = subprocess.run(command, cwd=_PROJECT, stdout=said, stderr=said, check=False)
            said.seek(0)
            output = said.read()
        result: dict[str, Any] = json.loads(told.read_text(encoding="utf-8")) if told.exists() else _NOTHING
        done += result["executions"]
        row.executions += result["executions"]
        row.seconds += result["seconds"]
        if covered := _COVERED.findall(output):
            row.edges = max(row.edges, int(covered[-1][0]))
        if ended.returncode != 0 or not result["executions"]:
            deaths += 1
            _keep_the_deadly(mode, target, folder, row, ended.returncode, output)


def _keep_the_deadly(mode: str, target: Target, folder: Path, row: Row, code: int, output: bytes) -> None:
    """Note the input of which a process died: out of memory, too slow, or killed by a signal."""
    last = folder / f"{mode}.input"
    said = output.decode("utf-8", "replace").strip().splitlines()
    because = next((line for line in reversed(said) if "ERROR" in line or "Error" in line), said[-1] if said else "")
    data = last.read_bytes() if last.exists() else b""
    keep(Finding(target.name, f"the process ended with {code}: {because[:200]}", "", data), folder / "cases")


def _line(row: Row) -> str:
    speed = row.executions / row.seconds if row.seconds else 0
    edges = row.edges or "-"
    return f"{row.name:20} {row.executions:12,} {speed:8,.0f} {edges:>7} {row.units:9,} {len(row.findings):8}"


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="tests.fuzz.campaign", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=1_000_000, help="inputs to read, over all targets")
    parser.add_argument("--only", nargs="*", choices=sorted(TARGETS), default=[], help="these targets")
    parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same mutations")
    parser.add_argument("--loop-only", action="store_true", help="do without atheris")
    parser.add_argument("--keep", default=str(_PROJECT / ".fuzz"), help="folder for inputs that found something")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
