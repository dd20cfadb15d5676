"""A ZIP or TAR that is the same, byte for byte, whenever it is made of the same members in the same order."""

from __future__ import annotations

import hashlib
import shutil
import tarfile
import zipfile
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Protocol, Self

from edid.errors import PermanentError

_CHUNK = 1 << 20
SUMS = "SHA256SUMS"


class _Container(Protocol):
    def add(self, name: str, content: BinaryIO, size: int) -> None: ...

    def close(self) -> None: ...


class Archive:
    """Members in one folder `top`, and at the end their SHA256SUMS; use as a context manager."""

    def __init__(self, path: Path, suffix: str, top: str, work: Path) -> None:
        """Open `path` for writing; `suffix` is .zip or .tar; `work` is a folder for what is not done yet."""
        self._container: _Container = _Zip(path) if suffix == ".zip" else _Tar(path)
        self._top = top
        self._sums = work / SUMS

    def __enter__(self) -> Self:
        """Begin the list of sums."""
        self._sums.write_bytes(b"")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Add the list of sums, when nothing failed, and close."""
        if error is None:
            with self._sums.open("rb") as sums:
                self._container.add(f"{self._top}/{SUMS}", sums, self._sums.stat().st_size)
        self._container.close()

    def add(self, name: str, source: Path) -> None:
        """Add the bytes of `source` as `name`, which edid chose itself. Raises OSError."""
        with source.open("rb") as content:
            digest = hashlib.file_digest(content, "sha256").hexdigest()
            size = content.tell()
            content.seek(0)
            self._container.add(f"{self._top}/{name}", content, size)
        with self._sums.open("a", encoding="utf-8") as sums:
            sums.write(f"{digest}  {name}\n")


def suffix_of(path: Path) -> str:
    """Return .zip or .tar. Raises PermanentError for another name."""
    if path.suffix not in {".zip", ".tar"}:
        raise PermanentError(f"{path.name} is neither .zip nor .tar.", remedy="Call it audit.zip or audit.tar.")
    return path.suffix


class _Zip:
    def __init__(self, path: Path) -> None:
        self._zip = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, allowZip64=True)

    def add(self, name: str, content: BinaryIO, size: int) -> None:
        info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
        info.create_system, info.external_attr, info.compress_type = 3, 0o100644 << 16, zipfile.ZIP_DEFLATED
        info.file_size = size
        with self._zip.open(info, "w", force_zip64=size >= 1 << 31) as member:
            shutil.copyfileobj(content, member, _CHUNK)

    def close(self) -> None:
        self._zip.close()


class _Tar:
    def __init__(self, path: Path) -> None:
        self._tar = tarfile.open(path, "w", format=tarfile.PAX_FORMAT)  # noqa: SIM115 - closed by close

    def add(self, name: str, content: BinaryIO, size: int) -> None:
        info = tarfile.TarInfo(name)
        info.size, info.mode = size, 0o644
        self._tar.addfile(info, content)
        self._tar.members = []  # type: ignore[attr-defined]  # else it remembers every member

    def close(self) -> None:
        self._tar.close()
