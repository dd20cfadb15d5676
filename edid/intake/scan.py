"""The periodic look at a drop folder: the truth about what is there."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

import structlog

from edid.config.sheet import Intake
from edid.intake.failures import folder_failure
from edid.intake.names import TemporaryNames, printable

DEPTH = 16
"""Folders below the drop folder are read down to here; they are never reached through symbolic links."""

Kind = Literal["file", "folder", "symlink", "fifo", "socket", "device"]

_OPEN_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_KINDS: dict[int, Kind] = {
    stat.S_IFREG: "file",
    stat.S_IFDIR: "folder",
    stat.S_IFLNK: "symlink",
    stat.S_IFIFO: "fifo",
    stat.S_IFSOCK: "socket",
}

log = structlog.get_logger()


class Candidate(NamedTuple):
    """One thing in a drop folder that is no folder, no marker and has no temporary name.

    A kind other than `file` is there to be refused.
    """

    name: str
    """Relative to the drop folder, exactly as on disk (undecodable bytes as surrogates)."""
    kind: Kind
    size: int
    mtime_ns: int
    ctime_ns: int
    inode: int
    device: int
    marker: str | None
    """Name of the marker beside it, relative to the drop folder."""
    marked_ns: int
    """When the marker last changed; 0 without one."""


def scan(folder: Path, intake: Intake) -> list[Candidate]:
    """Return what lies in `folder`, the longest unchanged first.

    With the readiness `marker`, files without a marker are left out. Entries that vanish meanwhile are normal; a
    folder inside that cannot be read is logged and left out. Raises OperatorError or TransientError when `folder`
    itself cannot be read.
    """
    looking = _Look(
        TemporaryNames(intake.temporary), intake.marker if intake.readiness == "marker" else None, intake.subfolders
    )
    try:
        descriptor = os.open(folder, _OPEN_FOLDER)
        try:
            found = list(looking.read(descriptor, "", 0))
        finally:
            os.close(descriptor)
    except OSError as error:
        raise folder_failure(error, "read", folder) from error
    found.sort(key=lambda candidate: (candidate.ctime_ns, candidate.name))
    return found


def kind_of(mode: int) -> Kind:
    """Return the kind that `st_mode` says."""
    return _KINDS.get(stat.S_IFMT(mode), "device")


@dataclass(frozen=True, slots=True)
class _Look:
    temporary: TemporaryNames
    marker: str | None
    subfolders: bool

    def read(self, descriptor: int, prefix: str, depth: int) -> Iterator[Candidate]:
        with os.scandir(descriptor) as listing:
            entries = [entry for entry in listing if entry.name not in self.temporary]
        markers = self._markers(entries)
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                if self.subfolders:
                    yield from self._enter(descriptor, prefix, entry.name, depth)
            elif entry.name not in markers and (candidate := self._candidate(entry, prefix, markers)):
                yield candidate

    def _markers(self, entries: list[os.DirEntry[str]]) -> dict[str, os.DirEntry[str]]:
        if self.marker is None:
            return {}
        suffix = self.marker
        return {
            entry.name: entry
            for entry in entries
            if entry.name.endswith(suffix) and entry.is_file(follow_symlinks=False)
        }

    def _candidate(
        self, entry: os.DirEntry[str], prefix: str, markers: dict[str, os.DirEntry[str]]
    ) -> Candidate | None:
        marker = markers.get(entry.name + self.marker) if self.marker is not None else None
        if self.marker is not None and marker is None and entry.is_file(follow_symlinks=False):
            return None
        try:
            facts = entry.stat(follow_symlinks=False)
            marked_ns = marker.stat(follow_symlinks=False).st_ctime_ns if marker is not None else 0
        except FileNotFoundError:
            return None
        return Candidate(
            prefix + entry.name,
            kind_of(facts.st_mode),
            facts.st_size,
            facts.st_mtime_ns,
            facts.st_ctime_ns,
            facts.st_ino,
            facts.st_dev,
            prefix + marker.name if marker is not None else None,
            marked_ns,
        )

    def _enter(self, parent: int, prefix: str, name: str, depth: int) -> Iterator[Candidate]:
        if depth == DEPTH:
            log.warning("intake.subfolder_skipped", folder=printable(prefix + name), reason=f"below {DEPTH} others")
            return
        try:
            descriptor = os.open(name, _OPEN_FOLDER, dir_fd=parent)
            try:
                yield from list(self.read(descriptor, f"{prefix}{name}/", depth + 1))
            finally:
                os.close(descriptor)
        except FileNotFoundError:
            return
        except OSError as error:
            log.warning("intake.subfolder_skipped", folder=printable(prefix + name), reason=error.strerror)
