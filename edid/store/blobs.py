"""The store: immutable original bytes, addressed by sha256, in `<root>/<2 hex>/<62 hex>`."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from edid.errors import EdidError
from edid.store.durable import fsync_folder, write_stream_durably


@dataclass(frozen=True, slots=True)
class Blob:
    """The address of stored bytes."""

    sha256: str
    size: int


class BlobStore:
    """Bytes in, address out. The same bytes are stored once."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._incoming = root / "incoming"
        self._incoming.mkdir(parents=True, exist_ok=True)
        for stale in self._incoming.iterdir():
            stale.unlink()

    def path(self, sha256: str) -> Path:
        """Return where the bytes of `sha256` are (whether or not they are stored)."""
        return self.root / sha256[:2] / sha256[2:]

    def add(self, source: Path) -> Blob:
        """Store the bytes of the file `source` durably; symlinks are not followed."""
        return self.add_open(os.open(source, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC))

    def add_open(self, descriptor: int) -> Blob:
        """Store all bytes of an open file durably, from where it stands; closes it."""
        waiting = self._incoming / secrets.token_hex(8)
        try:
            sha256, size = write_stream_durably(descriptor, waiting, 0o440)
        finally:
            os.close(descriptor)
        self._place(waiting, sha256)
        return Blob(sha256, size)

    def require(self, sha256: str) -> Path:
        """Return the path of stored bytes. Raises EdidError when they are gone."""
        path = self.path(sha256)
        if not path.is_file():
            raise EdidError(
                f"the store has lost {sha256} ({path}).",
                remedy="Restore the state folder from its backup; edid never deletes originals by itself.",
            )
        return path

    def _place(self, waiting: Path, sha256: str) -> None:
        target = self.path(sha256)
        if target.exists():
            waiting.unlink()
            fsync_folder(target.parent)  # whoever placed it may not have come that far
            return
        if not target.parent.is_dir():
            target.parent.mkdir(exist_ok=True)
            fsync_folder(self.root)
        waiting.rename(target)
        fsync_folder(target.parent)
