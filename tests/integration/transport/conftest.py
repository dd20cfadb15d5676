"""The partners that the transport tests talk to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from edid.config.transport import FolderSettings, SftpSettings, TransportSettings
from edid.transport.contract import Transport
from edid.transport.opening import open_transport
from tests.partners.openssh import openssh, openssh_cbc
from tests.partners.proftpd import proftpd

__all__ = ["openssh", "openssh_cbc", "proftpd"]

AIFE_ALGORITHMS = {
    "ciphers": ["aes256-cbc", "aes128-cbc"],
    "host_keys": ["rsa-sha2-512", "rsa-sha2-256"],
    "public_keys": ["rsa-sha2-256"],
}


@dataclass
class Reached:
    """One partner of the contract suite: how it is reached, and its root as this machine sees it."""

    settings: TransportSettings
    root: Path

    def open(self) -> Transport:
        return open_transport(self.settings)


@pytest.fixture(params=["folder", "openssh", "openssh_cbc", "proftpd"])
def reached(request: pytest.FixtureRequest, tmp_path: Path) -> Reached:
    """Each kind of partner in turn, with empty folders."""
    if request.param == "folder":
        root = tmp_path / "partner"
        for name in ("in", "out", "tmp"):
            (root / name).mkdir(parents=True)
        return Reached(FolderSettings(protocol="folder", root=root), root)
    partner: Any = request.getfixturevalue(request.param)
    changes = {"algorithms": AIFE_ALGORITHMS} if request.param == "openssh_cbc" else {}
    empty(partner.root)
    return Reached(SftpSettings.model_validate(partner.settings(**changes)), partner.root)


@pytest.fixture(scope="module")
def kept() -> Iterator[dict[str, Transport]]:
    """Sessions that outlive a test, as they outlive a file in the daemon; logging in costs 0.2 s."""
    transports: dict[str, Transport] = {}
    yield transports
    for transport in transports.values():
        transport.close()


@pytest.fixture
def transport(reached: Reached, kept: dict[str, Transport]) -> Transport:
    return kept.setdefault(str(reached.root), reached.open())


def empty(root: Path) -> None:
    """Remove what earlier tests left at a partner."""
    for folder in ("in", "out", "tmp"):
        for left in (root / folder).iterdir():
            if left.is_dir() and not left.is_symlink():
                left.rmdir()
            else:
                left.unlink()


def sftp(partner: Any, **changes: Any) -> SftpSettings:
    """Settings for `partner`, with short time-outs."""
    patience = {"timeouts": {"connect": "5s", "banner": "5s", "auth": "5s", "channel": "10s"}}
    return SftpSettings.model_validate(partner.settings(**{**patience, **changes}))


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """An ordinary file to send."""
    file = tmp_path / "source.xml"
    file.write_bytes(b"<Invoice/>" * 2000)
    return file
