"""The store as an auditor reads it: nothing is created, nothing is trusted."""

from __future__ import annotations

import hashlib
from pathlib import Path

from edid.config.settings import Settings

_CHUNK = 1 << 20


def store_of(settings: Settings) -> Path:
    """Return the folder of the store."""
    return settings.state / "store"


def place(store: Path, sha256: str) -> Path:
    """Return where the store keeps the bytes of `sha256`, 64 hexadecimal digits."""
    return store / sha256[:2] / sha256[2:]


def as_named(path: Path, sha256: str) -> bool:
    """Tell whether the bytes of `path` still have the hash `sha256`. Raises OSError."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest() == sha256
