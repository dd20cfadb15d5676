"""What a client may do: everything to its own deposits in `in`, list and get in `out`, nothing else."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable
from typing import ParamSpec, TypeVar

import paramiko
from paramiko.sftp import SFTP_FAILURE, SFTP_NO_SUCH_FILE, SFTP_OK, SFTP_PERMISSION_DENIED

from edid.sandbox.dropbox import Area, DropBox, Place, is_temporary, place
from edid.sandbox.handles import Deposit, Offer

_GIVEN = ParamSpec("_GIVEN")
_ANSWER = TypeVar("_ANSWER")
_SAFE = os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK


class Session(paramiko.SFTPServerInterface):
    """The requests of one client. Each method returns a result or an SFTP status, and raises nothing."""

    def __init__(self, server: paramiko.ServerInterface, box: DropBox) -> None:
        super().__init__(server)
        self._box = box
        self.ended = False

    def session_ended(self) -> None:
        """Note that the client is gone."""
        self.ended = True

    def open(
        self,
        path: str,
        flags: int,
        attr: paramiko.SFTPAttributes,  # noqa: ARG002
    ) -> paramiko.SFTPHandle | int:
        """Open a deposit for writing or an offer for reading."""
        where = place(path)
        if where is None or where.name is None:
            return self._refuse(path, "open")
        writes = flags & (os.O_WRONLY | os.O_RDWR)
        if where.area is Area.IN and writes:
            return _answer(self._open_deposit, where, flags)
        if where.area is Area.OUT and not writes and not flags & (os.O_CREAT | os.O_TRUNC):
            return _answer(self._open_offer, where)
        return self._refuse(path, "write" if writes else "read")

    def list_folder(self, path: str) -> list[paramiko.SFTPAttributes] | int:
        """List the regular files of a folder, or the two folders."""
        where = place(path)
        if where is None or where.name is not None:
            return SFTP_NO_SUCH_FILE
        self._box.operations.record("list", str(where))
        return _answer(self._listing, where)

    def stat(self, path: str) -> paramiko.SFTPAttributes | int:
        """Return the facts of a file or folder; symlinks are not followed."""
        where = place(path)
        if where is None:
            return SFTP_NO_SUCH_FILE
        return _answer(lambda: paramiko.SFTPAttributes.from_stat(self._box.disk(where).lstat()))

    def lstat(self, path: str) -> paramiko.SFTPAttributes | int:
        """Do as `stat`."""
        return self.stat(path)

    def remove(self, path: str) -> int:
        """Remove a deposit that still has a temporary name."""
        where = place(path)
        if where is None or where.name is None or where.area is not Area.IN or not is_temporary(where.name):
            return self._refuse(path, "remove")
        return _answer(self._remove, where, where.name)

    def rename(self, oldpath: str, newpath: str) -> int:
        """Rename a deposit to a name that is free."""
        return self._rename(oldpath, newpath, replace=False)

    def posix_rename(self, oldpath: str, newpath: str) -> int:
        """Rename a deposit, over an existing one if need be."""
        return self._rename(oldpath, newpath, replace=True)

    def mkdir(self, path: str, attr: paramiko.SFTPAttributes) -> int:  # noqa: ARG002
        """Refuse."""
        return self._refuse(path, "mkdir")

    def rmdir(self, path: str) -> int:
        """Refuse."""
        return self._refuse(path, "rmdir")

    def symlink(self, target_path: str, path: str) -> int:  # noqa: ARG002
        """Refuse."""
        return self._refuse(path, "symlink")

    def readlink(self, path: str) -> str | int:
        """Refuse."""
        return self._refuse(path, "readlink")

    def chattr(self, path: str, attr: paramiko.SFTPAttributes) -> int:
        """Accept and ignore modes, owners and times of a deposit; refuse the rest."""
        where = place(path)
        if where is None or where.name is None or where.area is not Area.IN or attr.st_size is not None:
            return self._refuse(path, "chattr")
        return SFTP_OK

    def _open_deposit(self, where: Place, flags: int) -> Deposit:
        descriptor = os.open(self._box.disk(where), flags | _SAFE, 0o640)
        return Deposit(descriptor, where, self._box, self)

    def _open_offer(self, where: Place) -> Offer:
        descriptor = os.open(self._box.disk(where), os.O_RDONLY | _SAFE)
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise FileNotFoundError(errno.ENOENT, "not a regular file")
        return Offer(descriptor, where, self._box, self)

    def _listing(self, where: Place) -> list[paramiko.SFTPAttributes]:
        if where.area is Area.ROOT:
            folders = [self._box.root / area.value for area in (Area.IN, Area.OUT)]
            return [paramiko.SFTPAttributes.from_stat(each.stat(), each.name) for each in folders]
        with os.scandir(self._box.disk(where)) as entries:
            return [
                paramiko.SFTPAttributes.from_stat(entry.stat(follow_symlinks=False), entry.name)
                for entry in sorted(entries, key=lambda entry: entry.name)
                if entry.is_file(follow_symlinks=False)
            ]

    def _remove(self, where: Place, name: str) -> int:
        self._box.disk(where).unlink()
        self._box.forget(name)
        self._box.operations.record("remove", str(where))
        return SFTP_OK

    def _rename(self, oldpath: str, newpath: str, *, replace: bool) -> int:
        old, new = place(oldpath), place(newpath)
        if old is None or new is None or old.name is None or new.name is None:
            return self._refuse(oldpath, f"rename to {newpath}")
        if old.area is not Area.IN or new.area is not Area.IN:
            return self._refuse(oldpath, f"rename to {newpath}")
        return _answer(self._rename_deposit, old, new, replace)

    def _rename_deposit(self, old: Place, new: Place, replace: bool) -> int:  # noqa: FBT001
        source, target = self._box.disk(old), self._box.disk(new)
        size = source.lstat().st_size
        if replace:
            source.rename(target)
        else:
            os.link(source, target, follow_symlinks=False)  # fails when the target exists, unlike rename
            source.unlink()
        self._box.forget(old.name or "")
        self._box.operations.record("rename", str(old), size, target=str(new))
        return SFTP_OK

    def _refuse(self, path: str, attempted: str) -> int:
        self._box.operations.record("refused", path, target=attempted)
        return SFTP_PERMISSION_DENIED


def _answer(action: Callable[_GIVEN, _ANSWER], *args: _GIVEN.args, **named: _GIVEN.kwargs) -> _ANSWER | int:
    """Return what `action` returns, or the SFTP status of the error that the disk gave."""
    try:
        return action(*args, **named)
    except OSError as error:
        return paramiko.SFTPServer.convert_errno(error.errno) if error.errno else SFTP_FAILURE
    except ValueError:  # a name that the file system cannot hold
        return SFTP_NO_SUCH_FILE
