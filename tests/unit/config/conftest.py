"""A small right configuration, that each test makes wrong in its own way."""

from __future__ import annotations

from pathlib import Path

import pytest

from edid.config.loader import Configuration, load
from edid.config.problems import InvalidConfigError, Problem

MAIN = """\
spool: spool
state: /var/lib/edid
"""
SENDER = """\
name: chorus
kind: sender
platform: chorus-pro
environment: qualification
structure:
  siret: "12345678200010"
  name: Exemple
application_code: AAA123
interfaces:
  emission: [FSO1100A]
transport:
  protocol: sftp
  host: sftp.example.invalid
  user: aaa123
  key: {file: keys/chorus}
  host_keys: [ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAA]
contact: {name: Equipe EDI, email: edi@example.invalid}
"""

RECEIVER = (
    SENDER.replace("name: chorus\n", "name: inbox\n")
    .replace("sender", "receiver")
    .replace("emission: [FSO1100A]", "reception: [FEN0036A]")
)


class Etc:
    """The folder /etc/edid of a test."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "sheets").mkdir()
        self.main = folder / "edid.yaml"
        self.main.write_text(MAIN, encoding="utf-8")

    def sheet(self, text: str, name: str = "chorus.yaml") -> Path:
        path = self.folder / "sheets" / name
        path.write_text(text, encoding="utf-8")
        return path

    def load(self) -> Configuration:
        return load(self.main)

    def refused(self) -> InvalidConfigError:
        with pytest.raises(InvalidConfigError) as refusal:
            self.load()
        return refusal.value

    def problem(self) -> Problem:
        """The one and only problem."""
        error = self.refused()
        assert len(error.problems) == 1, str(error)
        return error.problems[0]

    def sheet_problem(self, old: str, new: str) -> Problem:
        """The one problem of the right sheet with `old` replaced by `new`."""
        assert old in SENDER
        self.sheet(SENDER.replace(old, new))
        return self.problem()


@pytest.fixture
def etc(tmp_path: Path) -> Etc:
    return Etc(tmp_path)
