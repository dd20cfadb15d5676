"""The folders of one sheet in the spool, and the rights they need."""

from __future__ import annotations

import glob
import os
import secrets
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from edid.errors import OperatorError
from edid.intake.failures import folder_failure
from edid.store.durable import fsync_folder

CLAIMED = "claimed"
_DROP_MODE = 0o3770
"""Sticky: an ERP cannot touch what another one dropped; edid can, because the folder is its own."""
_OWN_MODE = 0o2750
_CLAIMED_MODE = 0o2700
"""Nobody else's: an ERP still owns the file that was taken, and must not reach it any more."""


@dataclass(frozen=True)
class SheetFolders:
    """`spool/<sheet>/`: `out` belongs to the ERPs, the rest to edid. All but `in` lie on one filesystem."""

    spool: Path
    sheet: str
    drop: str = "out"
    """Name of the drop folder: `out` for documents, `decide` for decisions about received ones."""

    @cached_property
    def root(self) -> Path:
        """The sheet's folder."""
        return self.spool / self.sheet

    @cached_property
    def out(self) -> Path:
        """The drop folder: ERPs write here, as members of edid's group."""
        return self.root / self.drop

    @cached_property
    def claimed(self) -> Path:
        """Files that edid has taken and not yet journalled; `edid.intake.claimed` says how they are called."""
        return self.root / (CLAIMED if self.drop == "out" else f"{CLAIMED}-{self.drop}")

    @cached_property
    def rejected(self) -> Path:
        """Files that will not be sent, each with its verdict."""
        return self.root / "rejected"

    @cached_property
    def duplicates(self) -> Path:
        """Files that were already sent."""
        return self.root / "duplicates"

    @cached_property
    def incoming(self) -> Path:
        """Received items, by day."""
        return self.root / "in"

    def heal(self) -> None:
        """Create again what somebody removed beside the drop folder while edid runs; nothing while that is gone too.

        Without the drop folder it is the mount that is gone, and what would be made here would hide under it later.
        Raises OperatorError or TransientError as `prepare` does.
        """
        gone = [
            (folder, mode)
            for folder, mode in (
                (self.claimed, _CLAIMED_MODE),
                (self.rejected, _OWN_MODE),
                (self.duplicates, _OWN_MODE),
            )
            if not os.path.lexists(folder)
        ]
        if gone and self.out.is_dir():
            for folder, mode in gone:
                ensure(folder, mode)

    def prepare(self, *, sender: bool) -> None:
        """Create what is missing: `out` has mode 3770, `claimed` 2700, the others 2750. What exists keeps its mode.

        Only the sheet's folder and `in`, unless `sender`.

        Raises OperatorError when a folder cannot be created, entered or written, or when `out` is on another
        filesystem than `claimed`; TransientError when the disk is full.
        """
        try:
            self.spool.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise folder_failure(error, "create", self.spool) from error
        ensure(self.root, _OWN_MODE)
        ensure(self.incoming, _OWN_MODE)
        if not sender:
            return
        ensure(self.out, _DROP_MODE)
        ensure(self.claimed, _CLAIMED_MODE)
        _same_filesystem(self.out, self.claimed)
        for folder in (self.rejected, self.duplicates):
            ensure(folder, _OWN_MODE)
            _same_filesystem(self.out, folder)


def ensure(folder: Path, mode: int) -> None:
    """Create `folder` with `mode` where it is missing, never to be seen with another, and make sure it can be used.

    Raises OperatorError, or TransientError when the disk is full.
    """
    try:
        if not os.path.lexists(folder):
            _create(folder, mode)
        for unborn in folder.parent.glob(f".{glob.escape(folder.name)}.*.new"):
            with suppress(OSError):
                unborn.rmdir()  # a kill came before it had its name
    except OSError as error:
        raise folder_failure(error, "create", folder) from error
    if folder.is_symlink() or not folder.is_dir():
        raise OperatorError(f"{folder} is not a folder.", remedy="Move it away and start edid again.")
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK, effective_ids=True):
        raise OperatorError(
            f"edid may not read, write and enter {folder}.",
            remedy=f"Give it to edid's user or group with mode {mode:o}, on a filesystem mounted read-write.",
        )


def _create(folder: Path, mode: int) -> None:
    # Under another name until its mode is right: a crash in between leaves no drop folder that ERPs cannot use.
    building = folder.with_name(f".{folder.name}.{secrets.token_hex(4)}.new")
    building.mkdir(mode=0o700)
    try:
        building.chmod(mode)
        building.rename(folder)
    except OSError:
        building.rmdir()
        raise
    fsync_folder(folder.parent)  # what will stand in it is only as durable as its own name


def _same_filesystem(out: Path, other: Path) -> None:
    if out.stat().st_dev != other.stat().st_dev:
        raise OperatorError(
            f"{out} and {other} are on different filesystems, so a file cannot be moved in one step.",
            remedy="Mount the whole folder of the sheet, not its drop folder alone.",
        )
