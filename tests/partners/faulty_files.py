"""The folder of a faulty partner: what each request does on disk, and what it answers."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import BinaryIO

from asyncssh.packet import SSHPacket, String, UInt32
from asyncssh.sftp import SFTPAttrs

from tests.partners.faulty_faults import DENIED, FAILURE, NO_SUCH_FILE, UNSUPPORTED, Ask, Faults

STATUS, HANDLE, DATA, NAME, ATTRS = (bytes([kind]) for kind in range(101, 106))
_READ, _WRITE, _APPEND, _CREATE, _TRUNCATE = 1, 2, 4, 8, 16
_PAGE, _LONG = 100, 1000
_ABSENT = SFTPAttrs(size=10, permissions=stat.S_IFREG | 0o644, atime=0, mtime=0).encode(3)
"""What is told of a file that does not exist."""


class RefusedError(Exception):
    """The answer is a status."""

    def __init__(self, code: int, text: str = "") -> None:
        super().__init__(text)
        self.code = code


class CutError(Exception):
    """The answer is none: the connection ends here."""


class Opened:
    """One file or folder that a client holds open."""

    def __init__(self, path: bytes, file: BinaryIO | None = None, names: list[bytes] | None = None) -> None:
        self.path = path
        self.file = file
        self.names = names
        self.written = 0
        self.was_read = False


class Files:
    """What one session may do below `root`. Every method takes the fields of a request and returns the answer."""

    def __init__(self, root: Path, faults: Faults, done: list[tuple[str, str]]) -> None:
        self._root = root
        self._faults = faults
        self._done = done
        self._open: dict[bytes, Opened] = {}
        self._last = 0
        self._unreal: frozenset[bytes] = frozenset()

    def answer(self, asked: Ask, fields: SSHPacket) -> bytes:
        """Do what is asked. Raises RefusedError, OSError and CutError."""
        return {
            Ask.OPEN: self._open_file,
            Ask.CLOSE: self._close,
            Ask.READ: self._read,
            Ask.WRITE: self._write,
            Ask.FSTAT: self._file_stat,
            Ask.STAT: self._stat,
            Ask.LSTAT: self._stat,
            Ask.OPENDIR: self._open_folder,
            Ask.READDIR: self._read_folder,
            Ask.REMOVE: self._remove,
            Ask.RENAME: self._rename,
            Ask.POSIX_RENAME: self._rename_over,
        }[asked](fields)

    def close_all(self) -> None:
        """Let go of everything: the session ended."""
        for opened in self._open.values():
            if opened.file is not None:
                opened.file.close()
        self._open.clear()

    def _local(self, path: bytes) -> Path:
        return self._root / os.path.normpath("/" + os.fsdecode(path)).lstrip("/")

    def _tell(self, what: str, path: bytes) -> None:
        self._done.append((what, os.fsdecode(path)))

    def _held(self, opened: Opened) -> bytes:
        self._last += 1
        handle = str(self._last).encode()
        self._open[handle] = opened
        return HANDLE + String(handle)

    def _opened(self, fields: SSHPacket) -> Opened:
        handle = fields.get_string()
        if handle not in self._open:
            raise RefusedError(FAILURE, "no such handle")
        return self._open[handle]

    def _open_file(self, fields: SSHPacket) -> bytes:
        path, flags = fields.get_string(), fields.get_uint32()
        local = self._local(path)
        if os.fsencode(local.name) in self._faults.gone_at_open:
            local.unlink()
        way = os.O_RDWR if flags & _WRITE else os.O_RDONLY
        way |= os.O_CREAT if flags & _CREATE else 0
        way |= os.O_TRUNC if flags & _TRUNCATE else 0
        file = os.fdopen(os.open(local, way, 0o644), "r+b" if flags & _WRITE else "rb", buffering=0)
        self._tell("open for writing" if flags & _WRITE else "open", path)
        return self._held(Opened(path, file))

    def _close(self, fields: SSHPacket) -> bytes:
        handle = fields.get_string()
        opened = self._open.pop(handle)
        if opened.file is not None:
            opened.file.close()
            self._tell("close", opened.path)
            if self._faults.once and opened.was_read:
                self._local(opened.path).unlink()
        return OK

    def _read(self, fields: SSHPacket) -> bytes:
        opened = self._opened(fields)
        offset, length = fields.get_uint64(), fields.get_uint32()
        assert opened.file is not None
        opened.was_read = True
        if os.fsencode(self._local(opened.path).name) in self._faults.refuses_to_read:
            raise RefusedError(FAILURE)
        if self._faults.endless:
            return DATA + String(bytes(length))
        if self._faults.grows:
            with self._local(opened.path).open("ab") as grown:
                grown.write(b"+" * self._faults.grows)
        limit = self._faults.drops_read_at
        if limit is not None and offset + length > limit:
            raise CutError
        piece = os.pread(opened.file.fileno(), length, offset)
        if not piece:
            raise RefusedError(1, "end of file")
        return DATA + String(piece)

    def _write(self, fields: SSHPacket) -> bytes:
        opened = self._opened(fields)
        offset, data = fields.get_uint64(), fields.get_string()
        assert opened.file is not None
        limit, room = self._faults.drops_written_at, self._faults.room
        if limit is not None and offset + len(data) > limit:
            os.pwrite(opened.file.fileno(), data[: max(0, limit - offset)], offset)
            raise CutError
        if room is not None and offset + len(data) > room:
            os.pwrite(opened.file.fileno(), data[: max(0, room - offset)], offset)
            raise RefusedError(self._faults.full_code)
        os.pwrite(opened.file.fileno(), data, offset)
        return OK

    def _file_stat(self, fields: SSHPacket) -> bytes:
        opened = self._opened(fields)
        assert opened.file is not None
        if self._faults.endless:
            raise RefusedError(DENIED)
        return ATTRS + self._facts(os.fstat(opened.file.fileno()))

    def _stat(self, fields: SSHPacket) -> bytes:
        return ATTRS + self._facts(self._local(fields.get_string()).stat())

    def _open_folder(self, fields: SSHPacket) -> bytes:
        path = fields.get_string()
        self._unreal = frozenset(self._faults.also_lists)
        names = [*sorted(os.fsencode(one.name) for one in self._local(path).iterdir()), *self._faults.also_lists]
        if self._faults.twice:
            names = [name for name in names for _ in range(2)]
        return self._held(Opened(path, names=names))

    def _read_folder(self, fields: SSHPacket) -> bytes:
        opened = self._opened(fields)
        assert opened.names is not None
        if self._faults.empty_pages:
            return NAME + UInt32(0)
        most = next((n for n, name in enumerate(opened.names[:_PAGE], 1) if len(name) > _LONG), _PAGE)
        page, opened.names = opened.names[:most], opened.names[most:]
        if not page:
            raise RefusedError(1, "end of listing")
        return NAME + UInt32(len(page)) + b"".join(self._entry(opened.path, name) for name in page)

    def _entry(self, folder: bytes, name: bytes) -> bytes:
        if name in self._unreal:
            facts = _ABSENT
        else:
            facts = self._facts((self._local(folder) / os.fsdecode(name)).lstat(), listed=True)
        return String(name) + String(b"-rw-r--r-- 1 partner " + name[:_LONG]) + facts

    def _facts(self, found: os.stat_result, *, listed: bool = False) -> bytes:
        size: int | None = found.st_size
        if self._faults.lie is not None and stat.S_ISREG(found.st_mode) and not listed:
            size = self._faults.lie(found.st_size)
            if size is None:
                raise RefusedError(NO_SUCH_FILE)
        modified = self._faults.modified(found.st_mtime)
        return SFTPAttrs(size=size, permissions=found.st_mode, atime=modified, mtime=modified).encode(3)

    def _remove(self, fields: SSHPacket) -> bytes:
        path = fields.get_string()
        self._local(path).unlink()
        self._tell("remove", path)
        return OK

    def _rename(self, fields: SSHPacket) -> bytes:
        source, target = fields.get_string(), fields.get_string()
        if os.path.lexists(self._local(target)):
            raise RefusedError(FAILURE)
        self._local(source).rename(self._local(target))
        self._tell("rename", target)
        return OK

    def _rename_over(self, fields: SSHPacket) -> bytes:
        if not self._faults.posix_rename:
            raise RefusedError(UNSUPPORTED)
        source, target = fields.get_string(), fields.get_string()
        self._local(source).replace(self._local(target))
        self._tell("rename", target)
        return OK


def status(code: int, text: str = "") -> bytes:
    """Return a status answer."""
    return STATUS + UInt32(code) + String(text) + String("")


OK = status(0)
