"""A judge for hostile documents, and a server and a file that nobody may touch."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from typing import NamedTuple

import pytest

from edid.config.settings import Limits
from tests.unit.validation.hostile.judge import Judge

SECRET = "the content of a file of this machine"


class Bait(NamedTuple):
    """What a hostile document points at."""

    url: str
    """Of a server that nobody may call."""
    file: str
    """Path of a file that nobody may read."""
    calls: list[object]
    """Who did call."""


@pytest.fixture(scope="session")
def hostile_judge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Judge]:
    """A judge that all hostile documents share: rules stay compiled, and what breaks it shows at the next one."""
    shared = Judge(tmp_path_factory.mktemp("hostile"), Limits())
    with shared.pool:
        yield shared


@pytest.fixture(scope="session")
def bait(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bait]:
    """A server that notes who calls, and a file with a secret."""
    calls: list[object] = []

    class Note(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            calls.append(self.client_address)

    secret = tmp_path_factory.mktemp("secret") / "secret.txt"
    secret.write_text(SECRET, "utf-8")
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Note) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield Bait(f"http://127.0.0.1:{server.server_address[1]}", str(secret), calls)
        server.shutdown()
        thread.join()
