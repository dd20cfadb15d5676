"""`python -m tests.soak --minutes 30`: exit 1 unless ledger, servers, spool and journal agree and nothing rises."""

from __future__ import annotations

import argparse
import secrets
import shutil
import signal
import sys
import tempfile
from pathlib import Path

import pytest

from tests.soak.partners import two_partners
from tests.soak.slopes import table
from tests.soak.soak import Pace, Report, soak

_MOST_SHOWN = 60


def main() -> int:
    """Run a soak and print its report."""
    arguments = _arguments()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that servers, accounts and mounts are removed
    seed = arguments.seed or str(secrets.randbelow(10**9))
    folder = Path(tempfile.mkdtemp(prefix="edid-soak-"))
    print(f"soak of {arguments.minutes:g} minutes, --seed {seed}, in {folder}", flush=True)
    try:
        with two_partners() as partners:
            print(f"partners: {', '.join(partners)}", flush=True)
            pace = Pace(arguments.minutes * 60, drops=arguments.rate, storm=arguments.storm)
            report = soak(folder, partners, seed, pace)
    except pytest.skip.Exception as reason:
        print(f"no soak here: {reason}")
        return 2
    except KeyboardInterrupt:
        print(f"cut short; what there is stands in {folder}")
        return 2
    good = tell(report)
    if good and not arguments.keep:
        shutil.rmtree(folder)
    else:
        print(f"kept: {folder} (ledger.jsonl, daemon.log, company/)")
    return 0 if good else 1


def tell(report: Report) -> bool:
    """Print the report; return whether everything agrees and nothing rises."""
    print(f"\nledger: {report.lines} lines")
    for what, counts in (("documents", report.documents), ("flows", report.flows), ("faults", report.faults)):
        print(
            f"{what}: {sum(counts.values())} (" + ", ".join(f"{n} {name}" for name, n in sorted(counts.items())) + ")"
        )
    runs = {name: n for name, n in sorted(report.household.items()) if not name.startswith("log ")}
    print("daemon: " + ", ".join(f"{n} {name}" for name, n in runs.items()))
    setbacks = {name[4:]: n for name, n in sorted(report.household.items()) if name.startswith("log ")}
    print("log: " + ", ".join(f"{n} {name}" for name, n in setbacks.items()))
    print(f"at rest {report.settled_after:.0f} s after the last fault; operator: {report.operator or 'nothing to do'}")
    print(f"\n{table(report.slopes)}\n")
    _list("worth a look in the log", report.strange)
    rising = [one.measure.name for one in report.slopes if one.told == "RISES"]
    _list("DISAGREEMENTS", [*report.disagreements, *(f"{name} rises" for name in rising)])
    good = not report.disagreements and not rising
    measured = all(one.told == "flat" for one in report.slopes)
    flat = "everything is flat" if measured else "not everything was measured long enough to be called flat"
    print(f"ledger, both servers, spool and journal agree exactly; {flat}" if good else "FAILED")
    return good


def _list(title: str, lines: list[str]) -> None:
    if lines:
        print(f"{title}: {len(lines)}")
        for line in lines[:_MOST_SHOWN]:
            print(f"  {line}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=1.0, help="how long faults last; coming to rest is added")
    parser.add_argument("--seed", help="as a failed run printed it: the same choices, not the same moments")
    parser.add_argument("--rate", type=float, default=3.0, help="drops each second, beside bursts")
    parser.add_argument("--storm", type=float, default=0.5, help="share of the time with restarts; then it is measured")
    parser.add_argument("--keep", action="store_true", help="keep the folder of a good run as well")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
