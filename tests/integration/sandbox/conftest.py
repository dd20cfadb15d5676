"""A running sandbox server, and clients for it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import paramiko
import pytest

from edid.sandbox.server import SandboxServer

USER = "aife"


@dataclass(frozen=True)
class KeyPair:
    key: paramiko.RSAKey
    file: Path

    @property
    def line(self) -> str:
        return f"{self.key.get_name()} {self.key.get_base64()} edid-test"


@pytest.fixture(scope="session")
def key_pair(tmp_path_factory: pytest.TempPathFactory) -> KeyPair:
    key = paramiko.RSAKey.generate(2048)
    file = tmp_path_factory.mktemp("keys") / "id_rsa"
    key.write_private_key_file(str(file))
    return KeyPair(key, file)


@pytest.fixture(scope="session")
def host_key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One host key for all servers of this run: making one takes a while."""
    return tmp_path_factory.mktemp("host") / "host_key"


@pytest.fixture
def serve(tmp_path: Path, key_pair: KeyPair, host_key: Path) -> Iterator[Callable[..., SandboxServer]]:
    """Start servers on `tmp_path / "sas"`; all are stopped at the end."""
    started: list[SandboxServer] = []

    def start(**settings: object) -> SandboxServer:
        options = {"user": USER, "authorized_keys": [key_pair.line], "host_key": host_key, **settings}
        server = SandboxServer(tmp_path / "sas", **options)
        server.start()
        started.append(server)
        return server

    yield start
    for server in started:
        server.stop()


@pytest.fixture
def server(serve: Callable[..., SandboxServer]) -> SandboxServer:
    return serve()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "sas"


@pytest.fixture
def login(key_pair: KeyPair) -> Iterator[Callable[[SandboxServer], paramiko.SFTPClient]]:
    """Log in at a server; every session is closed at the end."""
    sessions: list[paramiko.Transport] = []

    def connect(server: SandboxServer) -> paramiko.SFTPClient:
        transport = paramiko.Transport((server.host, server.port))
        sessions.append(transport)
        transport.connect(username=USER, pkey=key_pair.key)
        client = paramiko.SFTPClient.from_transport(transport)
        assert client is not None
        return client

    yield connect
    for transport in sessions:
        transport.close()


@pytest.fixture
def client(server: SandboxServer, login: Callable[[SandboxServer], paramiko.SFTPClient]) -> paramiko.SFTPClient:
    return login(server)


@pytest.fixture
def eventually() -> Callable[[Callable[[], object]], None]:
    """Wait until a condition holds; fail after ten seconds."""

    def wait(condition: Callable[[], object]) -> None:
        deadline = time.monotonic() + 10
        while not condition():
            assert time.monotonic() < deadline, "the condition never came true"
            time.sleep(0.01)

    return wait
