"""The platform's side of `in`: which deposits are complete, and where they go once taken."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Collection
from datetime import UTC, datetime, timedelta
from pathlib import Path

from edid.flows.names import parse_lenient
from edid.sandbox.dropbox import is_temporary
from edid.sandbox.offers import WORK


class Deposits:
    """The folder `in` of `root`, and `.sandbox/taken` where one deposit at a time is examined.

    `being_written`: tells whether a client still writes the deposit of that name. `settle`: how long a deposit stays
    untouched before it counts as complete. `received`: the flow identifiers received so far.
    """

    def __init__(
        self,
        root: Path,
        *,
        being_written: Callable[[str], bool],
        settle: timedelta,
        received: Collection[str],
    ) -> None:
        self._in = root / "in"
        self._work = root / WORK
        self._taken = self._work / "taken"
        self._being_written = being_written
        self._settle = settle
        self._received = received
        for folder in (self._in, self._taken):
            folder.mkdir(parents=True, exist_ok=True)

    @property
    def unpacking(self) -> Path:
        """A folder for the time of one examination."""
        return self._work / "unpacking"

    def complete(self, at: datetime) -> list[Path]:
        """Return the deposits that are complete at `at`, by name."""
        return sorted(path for path in self._in.iterdir() if self._is_complete(path, at))

    def take(self, deposit: Path) -> Path:
        """Move `deposit` out of the clients' sight; return where it is now."""
        return deposit.rename(self._taken / deposit.name)

    def keep(self, taken: Path, folder: str, at: datetime) -> None:
        """Keep what was taken in `.sandbox/<folder>`, with the time before its name."""
        kept = self._work / folder
        kept.mkdir(exist_ok=True)
        taken.rename(kept / f"{at:%Y%m%dT%H%M%S.%f}Z_{taken.name}")

    def interrupted(self) -> list[Path]:
        """Return what was taken and never kept, because of a crash or a full disk."""
        shutil.rmtree(self.unpacking, ignore_errors=True)
        return sorted(self._taken.iterdir())

    def put_back(self, taken: Path) -> None:
        """Move what was taken to `in` again."""
        taken.rename(self._in / taken.name)

    def _is_complete(self, path: Path, at: datetime) -> bool:
        if is_temporary(path.name) or self._being_written(path.name):
            return False
        if path.is_symlink() or not path.is_file() or not self._is_settled(path, at):
            return False
        if parse_lenient(path.name) is None and parse_lenient(path.stem) is not None:
            self._drop_marker(path)
            return False  # the name of a flow and a suffix that we do not know: still on its way
        return True

    def _is_settled(self, path: Path, at: datetime) -> bool:
        if not self._settle:
            return True
        changed = datetime.fromtimestamp(path.stat().st_ctime, UTC)  # set by a write and by a rename
        return at - changed >= self._settle

    def _drop_marker(self, path: Path) -> None:
        """Remove an empty file that said that the flow of the same stem was complete, once that flow was taken."""
        flow = parse_lenient(path.stem)
        if flow is not None and flow.identifier in self._received and not path.stat().st_size:
            path.unlink()
