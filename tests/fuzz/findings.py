"""What a target raised: told apart by its place in the code, made small, and written down as a case to keep."""

from __future__ import annotations

import hashlib
import traceback
from dataclasses import dataclass
from pathlib import Path

from tests.fuzz.target import Target

_MOST_TRIES = 600
_WIDTH = 64


@dataclass(frozen=True)
class Finding:
    """One way in which a target breaks a promise, with the smallest input seen that does it."""

    target: str
    place: str
    """Kind of the exception, and the line of edid (else of the target) that it comes from."""
    said: str
    data: bytes


def meet(target: Target, data: bytes) -> Finding | None:
    """Give `data` to `target`; return what it raised, if it did."""
    try:
        target.check(data)
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # noqa: BLE001 - whatever comes out is what is looked for
        frames = traceback.extract_tb(error.__traceback__)
        ours = [each for each in frames if "/edid/" in each.filename] or [*frames]
        place = ours[-1] if not isinstance(error, AssertionError) else frames[-1]
        where = f"{type(error).__name__} in {Path(place.filename).name}:{place.lineno}"
        return Finding(target.name, where, str(error)[:200], data)
    return None


def smaller(target: Target, finding: Finding) -> Finding:
    """Return the same finding with as much taken out of its input as a few hundred tries allow."""
    best, tries = finding, 0
    step = max(1, len(finding.data) // 2)
    while step and tries < _MOST_TRIES:
        at = 0
        while at < len(best.data) and tries < _MOST_TRIES:
            tries += 1
            again = meet(target, best.data[:at] + best.data[at + step :])
            if again is not None and again.place == finding.place:
                best = again
            else:
                at += step
        step //= 2
    return best


def keep(finding: Finding, folder: Path) -> Path:
    """Write `finding` to a file of `folder`, as text that can be put among the kept cases; return the file.

    The same place found twice is one file.
    """
    folder.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256(f"{finding.target} {finding.place}".encode()).hexdigest()[:12]
    path = folder / f"{finding.target.replace(' ', '-')}-{digest}.py"
    lines = [finding.data[at : at + _WIDTH] for at in range(0, len(finding.data), _WIDTH)] or [b""]
    literal = "\n".join(f"        {line!r}" for line in lines)
    said = f"{finding.place}: {finding.said}"
    path.write_text(f"Case(\n    {finding.target!r},\n    {said!r},\n    (\n{literal}\n    ),\n)\n", encoding="utf-8")
    return path
