"""A partner reached over SFTP."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import Self

from edid.config.transport import SftpSettings
from edid.errors import EdidError
from edid.transport.contract import Progress, RemoteFile, Written
from edid.transport.local_file import new_file, opened_source
from edid.transport.login import Session, log_in
from edid.transport.sftp_client import SftpClient
from edid.transport.sftp_errors import Place, lost, no_folder, not_sftp, refusal
from edid.transport.sftp_listing import file_facts, read_entries, regular_files, wire_path
from edid.transport.sftp_packets import LinkLostError
from edid.transport.sftp_rename import exists, rename_in_one_step, rename_plainly
from edid.transport.sftp_transfer import download, upload
from edid.transport.sftp_wire import Code, OpenFlag, ProtocolError, StatusError

_WRITE = OpenFlag.WRITE | OpenFlag.CREATE | OpenFlag.TRUNCATE


class SftpTransport:
    """Keeps one session; after a failure of the connection the next call opens a new one. See `Transport`."""

    def __init__(self, settings: SftpSettings) -> None:
        self._settings = settings
        self._place = Place(settings.host, settings.port, settings.user)
        self._session: Session | None = None
        self._plain_rename_only = False
        self.left_out = 0
        """Files of the last listing whose names cannot be used here."""

    @property
    def session(self) -> Session:
        """The live session, opened when there is none. Raises what `log_in` raises."""
        if self._session is None or not self._session.alive:
            self.close()
            self._session = log_in(self._settings)
        return self._session

    def connect(self) -> None:
        """See `Transport.connect`."""
        _ = self.session

    def list(self, folder: PurePosixPath, progress: Progress | None = None) -> list[RemoteFile]:
        """See `Transport.list`."""
        action = f"list the folder {str(folder)!r}"
        with self._speaking(action) as sftp:
            try:
                entries = read_entries(sftp, wire_path(folder), progress)
            except StatusError as error:
                raise no_folder(error, self._place, action) from error
            except EdidError:  # with answers in flight
                self.close()
                raise
        files, self.left_out = regular_files(entries)
        return files

    def put(
        self, source: Path, target: PurePosixPath, progress: Progress | None = None, *, look: bool = False
    ) -> Written:
        """See `Transport.put`."""
        action = f"write {str(target)!r}"
        path = wire_path(target)
        with opened_source(source) as file, self._speaking(action) as sftp:
            try:
                handle = sftp.open(path, _WRITE)
            except StatusError as error:
                raise no_folder(error, self._place, action) from error
            with self._dropped_on_failure():
                return upload(sftp, handle, file, progress, path if look else None)

    def get(self, source: PurePosixPath, target: Path, *, limit: int, progress: Progress | None = None) -> int:
        """See `Transport.get`.

        After a failure the connection is dropped, the remote handle never closed properly: a partner that
        offers a file once counts the close as success.
        """
        with self._speaking(f"fetch {str(source)!r}") as sftp:
            handle = sftp.open(wire_path(source), OpenFlag.READ)
            with self._dropped_on_failure(), new_file(target, limit, source.name) as file:
                download(sftp, handle, file, progress)
                file.make_durable()
            self._close_fetched(sftp, handle)
        return file.size

    def stat(self, path: PurePosixPath) -> RemoteFile | None:
        """See `Transport.stat`."""
        with self._speaking(f"look at {str(path)!r}") as sftp:
            try:
                return file_facts(path.name, sftp.stat(wire_path(path)))
            except StatusError as error:
                if error.code == Code.NO_SUCH_FILE:
                    return None
                raise

    def remove(self, path: PurePosixPath) -> None:
        """See `Transport.remove`."""
        with self._speaking(f"remove {str(path)!r}") as sftp:
            sftp.remove(wire_path(path))

    def rename(self, source: PurePosixPath, target: PurePosixPath) -> None:
        """See `Transport.rename`. Where the partner knows only the plain rename, `target` goes first."""
        action = f"rename {str(source)!r} to {str(target)!r}"
        old, new = wire_path(source), wire_path(target)
        with self._speaking(action) as sftp:
            try:
                self._rename(sftp, old, new)
            except StatusError as error:
                if error.code == Code.NO_SUCH_FILE and exists(sftp, old):
                    raise no_folder(error, self._place, action) from error
                raise

    def close(self) -> None:
        """See `Transport.close`."""
        session, self._session = self._session, None
        if session is not None:
            session.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _rename(self, sftp: SftpClient, source: bytes, target: bytes) -> None:
        if not self._plain_rename_only and rename_in_one_step(sftp, source, target):
            return
        rename_plainly(sftp, source, target)
        self._plain_rename_only = True

    def _close_fetched(self, sftp: SftpClient, handle: bytes) -> None:
        try:
            sftp.close(handle)
        except (StatusError, LinkLostError):  # every byte is safe here, whatever the partner says now
            self.close()

    @contextmanager
    def _speaking(self, action: str) -> Iterator[SftpClient]:
        session = self.session
        try:
            yield session.sftp
        except StatusError as error:
            raise refusal(error, self._place, action) from error
        except LinkLostError as error:
            self.close()
            raise lost(error, self._place, action) from error
        except ProtocolError as error:
            self.close()
            raise not_sftp(error, self._place) from error

    @contextmanager
    def _dropped_on_failure(self) -> Iterator[None]:
        """Answers to requests in flight must not meet the next request: the session goes with the failure."""
        try:
            yield
        except BaseException:
            self.close()
            raise
