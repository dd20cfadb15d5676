"""A partner of ours that fails on demand: real SSH on the loopback, a folder on disk, faults to switch on and off.

    with FaultyPartner.started() as partner:
        partner.faults.drops_written_at = 100_000
        ...
        partner.faults.calm()

SSH is asyncssh's; the SFTP on top of it is written out here, so that no answer is beyond reach.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import asyncssh
import pytest

from tests.partners.faulty_faults import Faults
from tests.partners.faulty_files import Files
from tests.partners.faulty_session import FaultySession

FOLDERS = ("in", "out", "tmp")


class FaultyPartner:
    """One server with one account. `root` is the partner's root, with `in`, `out` and `tmp`; all of it is ours."""

    user = "faulty"

    def __init__(self, name: str = "edid-test") -> None:
        """`name`: how the server names itself; one with OpenSSH in it is known to keep the order of requests."""
        self.home = Path(tempfile.mkdtemp(prefix="edid-faulty."))
        self.root = self.home / "root"
        self.port = 0
        self.faults = Faults()
        self.done: list[tuple[str, str]] = []
        """What was done to which path: open, open for writing, close, remove, rename (its target)."""
        self.logins: list[bool] = []
        """For each key that was shown, whether it was taken."""
        self._name = name
        self._keys = [asyncssh.generate_private_key("ssh-ed25519") for _ in range(2)]
        self._ours = asyncssh.generate_private_key("ssh-ed25519")
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="faulty-partner", daemon=True)
        self._acceptor: asyncssh.SSHAcceptor | None = None
        self._connections: set[asyncssh.SSHServerConnection] = set()

    @classmethod
    @contextmanager
    def started(cls, **options: Any) -> Iterator[Self]:
        """Start a partner, and remove every trace of it at the end."""
        partner = cls(**options)
        try:
            partner._build()
            partner._thread.start()
            partner.start()
            yield partner
        finally:
            partner._remove()

    def settings(self, **changes: Any) -> dict[str, Any]:
        """The `transport` section of a sheet for this partner, sound as the partner is when it is built."""
        return {
            "protocol": "sftp",
            "host": "127.0.0.1",
            "port": self.port,
            "user": self.user,
            "key": {"file": str(self.home / "client")},
            "host_keys": [self.host_key(0)],
            **changes,
        }

    def host_key(self, number: int) -> str:
        """One of the two host keys, as a sheet pins it: 0 is shown until `show_host_key` says otherwise."""
        return " ".join(self._keys[number].export_public_key().decode().split()[:2])

    def show_host_key(self, number: int) -> None:
        """Show that host key to whoever connects from now on."""
        assert self._acceptor is not None
        self._in_loop(lambda: self._acceptor.update(server_host_keys=[self._keys[number]]))  # type: ignore[union-attr]

    def write(self, path: str, data: bytes) -> Path:
        """Put a file there."""
        file = self.root / path
        file.write_bytes(data)
        return file

    def start(self) -> None:
        """Answer on the port (again)."""
        self._wait(self._listen())

    def stop(self) -> None:
        """Answer no more, and cut every connection."""
        self._wait(self._silence())

    def cut(self) -> None:
        """Cut every connection; new ones are welcome."""
        self._in_loop(self._abort_all)

    def recover(self) -> None:
        """Become as sound as on the first day, with empty folders and nothing to tell."""
        self.faults.calm()
        self.show_host_key(0)
        self.cut()
        for name in FOLDERS:
            shutil.rmtree(self.root / name, ignore_errors=True)
            (self.root / name).mkdir()
        self.done.clear()
        self.logins.clear()

    def _build(self) -> None:
        for name in FOLDERS:
            (self.root / name).mkdir(parents=True)
        self._ours.write_private_key(self.home / "client")
        (self.home / "client").chmod(0o600)

    async def _listen(self) -> None:
        self._acceptor = await asyncssh.listen(
            "127.0.0.1",
            self.port,
            server_factory=lambda: _Door(self),
            server_host_keys=[self._keys[0]],
            server_version=self._name,
            encoding=None,
            reuse_address=True,
        )
        self.port = self._acceptor.get_port()

    async def _silence(self) -> None:
        if self._acceptor is not None:
            self._acceptor.close()
            await self._acceptor.wait_closed()
            self._acceptor = None
        self._abort_all()

    def _abort_all(self) -> None:
        for connection in tuple(self._connections):
            connection.abort()

    def _wait(self, work: Any) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(20)

    def _in_loop(self, work: Callable[[], object]) -> None:
        async def done() -> None:
            work()

        self._wait(done())

    def _remove(self) -> None:
        if self._thread.is_alive():
            self.stop()
            self._wait(_rest())
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(20)
        self._loop.close()
        shutil.rmtree(self.home, ignore_errors=True)


class _Door(asyncssh.SSHServer):
    """Who comes in."""

    def __init__(self, partner: FaultyPartner) -> None:
        self._partner = partner
        self._connection: asyncssh.SSHServerConnection | None = None

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self._connection = conn
        self._partner._connections.add(conn)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._connection is not None:
            self._partner._connections.discard(self._connection)

    async def begin_auth(self, username: str) -> bool:
        if self._partner.faults.silent_login:
            await asyncio.Event().wait()
        return True

    def public_key_auth_supported(self) -> bool:
        return not self._partner.faults.wants_password

    def password_auth_supported(self) -> bool:
        return self._partner.faults.wants_password

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        partner = self._partner
        welcome = not partner.faults.refuses_key and key.public_data == partner._ours.public_data
        partner.logins.append(welcome)
        return welcome

    def session_requested(self) -> Any:
        partner = self._partner
        if partner.faults.no_sessions is not None:
            raise asyncssh.ChannelOpenError(partner.faults.no_sessions, "not now")
        return FaultySession(Files(partner.root, partner.faults, partner.done), partner.faults)


async def _rest() -> None:
    """Let what was cut end in the loop."""
    others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


@pytest.fixture(scope="session")
def faulty_of_session() -> Iterator[FaultyPartner]:
    """One faulty partner for everybody; tests take `faulty`."""
    with FaultyPartner.started() as partner:
        yield partner


@pytest.fixture
def faulty(faulty_of_session: FaultyPartner) -> Iterator[FaultyPartner]:
    """The faulty partner, sound and empty."""
    faulty_of_session.recover()
    yield faulty_of_session
    faulty_of_session.recover()
