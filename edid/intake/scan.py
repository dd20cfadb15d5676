"""The periodic look at a drop folder: the truth about what is there."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

from edid.config.sheet import Intake
from edid.intake.failures import folder_failure
from edid.intake.names import TemporaryNames

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


class Left(NamedTuple):
    """One thing that a scan left where it lies, and why."""

    name: str
    """Relative to the drop folder, exactly as on disk."""
    inode: int
    why: str
    """What goes on after "it ": a sentence without its end."""
    broken: bool = False
    """True where edid would look, but cannot: a right or a disk is to be mended."""


def scan(folder: Path, intake: Intake, left: list[Left] | None = None) -> list[Candidate]:
    """Return what lies in `folder`, the longest unchanged first.

    With the readiness `marker`, files without a marker are left out, and always: temporary names, folders inside
    unless `intake.subfolders`, and what cannot be looked at; `left` is given them. Entries that vanish meanwhile are
    normal. Raises OperatorError or TransientError when `folder` itself cannot be read.
    """
    looking = _Look(
        TemporaryNames(intake.temporary),
        intake.marker if intake.readiness == "marker" else None,
        intake.subfolders,
        [] if left is None else left,
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
    left: list[Left]

    def read(self, descriptor: int, prefix: str, depth: int) -> Iterator[Candidate]:
        entries = []
        with os.scandir(descriptor) as listing:
            for entry in listing:
                if entry.name in self.temporary:
                    self._leave(entry, prefix, "has a temporary name (intake.temporary)")
                else:
                    entries.append(entry)
        markers = self._markers(entries, prefix)
        for entry in entries:
            if entry.name in markers:
                continue
            try:
                folder = entry.is_dir(follow_symlinks=False)
                candidate = None if folder else self._candidate(entry, prefix, markers)
            except PermissionError:
                raise  # the folder may be listed, but not entered: nothing in it can be taken
            except OSError as error:
                self._leave(entry, prefix, f"cannot be looked at: {error.strerror}", broken=True)
                continue
            if folder:
                yield from self._enter(descriptor, prefix, entry, depth)
            elif candidate is not None:
                yield candidate

    def _markers(self, entries: list[os.DirEntry[str]], prefix: str) -> dict[str, os.DirEntry[str]]:
        if self.marker is None:
            return {}
        suffix = self.marker
        found = {
            entry.name: entry
            for entry in entries
            if entry.name.endswith(suffix) and entry.is_file(follow_symlinks=False)
        }
        names = {entry.name for entry in entries}
        for name, entry in found.items():
            if name.removesuffix(suffix) not in names:
                self._leave(entry, prefix, "is a marker, and its file is not there")
        return found

    def _candidate(
        self, entry: os.DirEntry[str], prefix: str, markers: dict[str, os.DirEntry[str]]
    ) -> Candidate | None:
        marker = markers.get(entry.name + self.marker) if self.marker is not None else None
        if self.marker is not None and marker is None and entry.is_file(follow_symlinks=False):
            self._leave(entry, prefix, f"waits for its marker, the file with {self.marker} after its name")
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

    def _enter(self, parent: int, prefix: str, entry: os.DirEntry[str], depth: int) -> Iterator[Candidate]:
        if not self.subfolders:
            self._leave(entry, prefix, "is a folder (intake.subfolders is false)")
            return
        if depth == DEPTH:
            self._leave(entry, prefix, f"is a folder below {DEPTH} others", broken=True)
            return
        try:
            descriptor = os.open(entry.name, _OPEN_FOLDER, dir_fd=parent)
            try:
                yield from list(self.read(descriptor, f"{prefix}{entry.name}/", depth + 1))
            finally:
                os.close(descriptor)
        except FileNotFoundError:
            return
        except OSError as error:
            self._leave(entry, prefix, f"is a folder that edid cannot read: {error.strerror}", broken=True)

    def _leave(self, entry: os.DirEntry[str], prefix: str, why: str, *, broken: bool = False) -> None:
        self.left.append(Left(prefix + entry.name, entry.inode(), why, broken))
