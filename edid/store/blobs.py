"""The store: immutable original bytes, addressed by sha256, in `<root>/<2 hex>/<62 hex>`."""

from __future__ import annotations

import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from edid.errors import EdidError
from edid.store.durable import copy_bytes, fsync_folder, sync_filesystem

_AT_ONCE = 64
"""Files that are open at the same time."""
_MANY = 8
"""From so many files on, one wait for the whole filesystem is shorter than two for each."""


@dataclass(frozen=True, slots=True)
class Blob:
    """The address of stored bytes."""

    sha256: str
    size: int


class BlobStore:
    """Bytes in, address out. The same bytes are stored once."""

    def __init__(self, root: Path, *, tidy: bool = True) -> None:
        """Open the store. `tidy`: drop what a crash left half copied; not while another process may be copying."""
        self.root = root
        self._incoming = root / "incoming"
        self._incoming.mkdir(parents=True, exist_ok=True)
        if tidy:
            for stale in self._incoming.iterdir():
                stale.unlink()

    def path(self, sha256: str) -> Path:
        """Return where the bytes of `sha256` are (whether or not they are stored)."""
        return Path(f"{self.root}/{sha256[:2]}/{sha256[2:]}")

    def require(self, sha256: str) -> Path:
        """Return the path of stored bytes. Raises EdidError when they are gone."""
        path = self.path(sha256)
        if not path.is_file():
            raise EdidError(
                f"the store has lost {sha256} ({path}).",
                remedy="Restore the state folder from its backup; edid never deletes originals by itself.",
            )
        return path

    def add(self, source: Path) -> Blob:
        """Store the bytes of the file `source` durably; symlinks are not followed. Raises OSError."""
        (stored,) = self.add_all([source])
        return stored

    def add_all(self, sources: Sequence[Path]) -> list[Blob]:
        """Store the bytes of many files durably, or raise the first OSError."""
        blobs = []
        for stored in self.add_many(sources):
            if isinstance(stored, OSError):
                raise stored
            blobs.append(stored)
        return blobs

    def add_many(self, sources: Sequence[Path]) -> list[Blob | OSError]:
        """Store the bytes of many files durably; an unreadable one gives its OSError in its place.

        Raises OSError when the store itself cannot be written.
        """
        stored: list[Blob | OSError] = []
        for start in range(0, len(sources), _AT_ONCE):
            stored += self._add_some(sources[start : start + _AT_ONCE])
        return stored

    def _add_some(self, sources: Sequence[Path]) -> list[Blob | OSError]:
        copies: list[_Copy | OSError] = []
        room = os.open(self._incoming, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            copies.extend(map(self._copy, sources))
            made = [copy for copy in copies if isinstance(copy, _Copy)]
            if len(made) < _MANY:
                self._place_each(made)
            else:
                self._place_together(made, room)
        finally:
            os.close(room)
            for copy in copies:
                if isinstance(copy, _Copy):
                    os.close(copy.descriptor)
        return [copy.blob if isinstance(copy, _Copy) else copy for copy in copies]

    def _place_each(self, copies: Sequence[_Copy]) -> None:
        """Two waits for the disk a file. The same bytes may stand there already, but not durably yet."""
        for copy in copies:
            os.fsync(copy.descriptor)
            shelf = self._shelf(copy.blob)
            os.replace(copy.path, f"{shelf}/{copy.blob.sha256[2:]}")  # noqa: PTH105
            fsync_folder(shelf)

    def _place_together(self, copies: Sequence[_Copy], room: int) -> None:
        """One wait for the disk for all. Until then nothing that is durable may be replaced by what is not."""
        for copy in copies:
            target = f"{self._shelf(copy.blob)}/{copy.blob.sha256[2:]}"
            standing = _size(target)
            if standing == copy.blob.size:
                os.unlink(copy.path)  # noqa: PTH108
                continue
            if standing is not None:  # what a power cut left of a copy that was never journalled
                os.fsync(copy.descriptor)
            os.replace(copy.path, target)  # noqa: PTH105
        sync_filesystem(room)

    def _shelf(self, blob: Blob) -> str:
        shelf = f"{self.root}/{blob.sha256[:2]}"
        if not os.path.isdir(shelf):  # noqa: PTH112
            os.makedirs(shelf, exist_ok=True)  # noqa: PTH103
            fsync_folder(self.root)
        return shelf

    def _copy(self, source: Path) -> _Copy | OSError:
        try:
            reader = os.open(source, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except OSError as error:
            return error
        path = f"{self._incoming}/{secrets.token_hex(8)}"
        writer = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o440)
        try:
            sha256, size = copy_bytes(reader, writer)
        except OSError as error:
            os.close(writer)
            os.unlink(path)  # noqa: PTH108 - strings on the hot path
            return error
        finally:
            os.close(reader)
        return _Copy(path, writer, Blob(sha256, size))


@dataclass(frozen=True, slots=True)
class _Copy:
    """Bytes in the waiting room, not yet durable."""

    path: str
    descriptor: int
    blob: Blob


def _size(path: str) -> int | None:
    try:
        return os.stat(path).st_size  # noqa: PTH116
    except FileNotFoundError:
        return None
