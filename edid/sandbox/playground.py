"""A ready-made playground: two simulated partners and a complete configuration that talks to them."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import paramiko

from edid.errors import OperatorError
from edid.sandbox.offers import Offers
from edid.sandbox.platform import SandboxPlatform
from edid.sandbox.scenarios import Scenario
from edid.sandbox.server import SandboxServer
from edid.store.durable import durable_write

SENDER, RECEIVER = "demo-emetteur", "demo-recepteur"
APPLICATION = {SENDER: "DEM001", RECEIVER: "DEM002"}
_MARK = ".edid-playground"
_KEY_BITS = 3072


@dataclass(frozen=True, slots=True)
class Playground:
    """Two partners, each with an account of its own, below one folder."""

    folder: Path
    sender_server: SandboxServer
    receiver_server: SandboxServer
    platform: SandboxPlatform
    """Takes what the sender sheet deposits."""
    receiver_platform: SandboxPlatform
    """Takes what the receiver sheet says of the invoices that it got, and passes it on to the other."""

    @property
    def offers(self) -> Offers:
        """Where invoices are offered to the receiver sheet."""
        return self.receiver_platform.offers

    @property
    def config_file(self) -> Path:
        """The edid.yaml that works with these partners."""
        return self.folder / "edid.yaml"

    @property
    def drop_folder(self) -> Path:
        """Where an ERP drops invoices."""
        return self.folder / "spool" / SENDER / "out"

    @classmethod
    def create(cls, folder: Path, scenario: Scenario = Scenario.TOUR) -> Self:
        """Make the playground in `folder`, replacing an earlier one, and start its partners.

        Raises OperatorError when `folder` holds anything else.
        """
        _make_empty(folder)
        key = paramiko.RSAKey.generate(_KEY_BITS)
        key_file = folder / "id_rsa"
        key.write_private_key_file(str(key_file))
        public = f"{key.get_name()} {key.get_base64()}"
        servers = {
            name: SandboxServer(folder / f"partner-{name}", user="demo", authorized_keys=[public])
            for name in APPLICATION
        }
        platform = SandboxPlatform(folder / f"partner-{SENDER}", scenario, being_written=servers[SENDER].being_written)
        other = SandboxPlatform(
            folder / f"partner-{RECEIVER}", being_written=servers[RECEIVER].being_written, suppliers=platform
        )
        for server in servers.values():
            server.start()
        platform.start()
        other.start()
        _write_configuration(folder, key_file, servers)
        return cls(folder, servers[SENDER], servers[RECEIVER], platform, other)

    def stop(self) -> None:
        """Stop the partners; the files stay."""
        self.receiver_platform.stop()
        self.platform.stop()
        self.sender_server.stop()
        self.receiver_server.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def _make_empty(folder: Path) -> None:
    if folder.exists() and any(folder.iterdir()):
        if not (folder / _MARK).is_file():
            raise OperatorError(f"{folder} holds other things.", remedy="Name an empty folder or a new one.")
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / _MARK).touch()


def _write_configuration(folder: Path, key_file: Path, servers: dict[str, SandboxServer]) -> None:
    schedules, limits = {"scan": "1s"}, {"free_space": "50MB"}  # a trial fits on a small disk
    settings = {"spool": "spool", "state": "state", "language": "fr", "schedules": schedules, "limits": limits}
    durable_write(folder / "edid.yaml", _yaml(settings))
    (folder / "sheets").mkdir()
    for name, server in servers.items():
        sheet = {
            "name": name,
            "kind": "sender" if name == SENDER else "receiver",
            "platform": "chorus-pro",
            "environment": "qualification",
            "structure": {"siret": "12345678200010", "name": "Société Exemple"},
            "application_code": APPLICATION[name],
            "interfaces": _INTERFACES[name],
            "transport": {
                "protocol": "sftp",
                "host": server.host,
                "port": server.port,
                "user": server.user,
                "key": {"file": str(key_file.resolve())},
                "host_keys": [server.host_key_line],
            },
            "contact": {"name": "Service informatique", "email": "edi@example.invalid"},
            "poll": {"every": "1s", "jitter": "0s"},
            "intake": {"settle": "500ms"},
            **({} if name == SENDER else {"lifecycle": {"decide": True, "acknowledgement": {"send": True}}}),
        }
        durable_write(folder / "sheets" / f"{name}.yaml", _yaml(sheet))


_INTERFACES = {
    SENDER: {"emission": ["FSO1100A", "FSO1106A", "FSO1117A"]},
    RECEIVER: {"reception": ["FEN0036A"], "emission": ["FSO1301A", "FSO1300A"]},
}


def _yaml(data: object) -> bytes:
    """JSON is YAML: what a program writes needs no other form."""
    return (json.dumps(data, ensure_ascii=False, indent=2) + "\n").encode()
