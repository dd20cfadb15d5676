"""A company, its partner and the files of one scenario, put back to the same beginning before each run."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from edid.journal.database import default_url, open_journal
from tests.acceptance.company import Company, digest
from tests.partners.openssh import OpenSshPartner

SHEET = "ventes"
_QUICK = {"first": "1ms", "longest": "1ms", "jitter": 0}


@dataclass(frozen=True)
class Scenario:
    """What is dropped by the ERP and offered by the partner, and how each must end."""

    name: str
    sheet: dict[str, Any]
    dropped: dict[str, bytes] = field(default_factory=dict)
    """All on the sheet `ventes`."""
    offered: dict[str, bytes] = field(default_factory=dict)
    documents: dict[str, int] = field(default_factory=dict)
    """How many documents end in which state."""
    flows: dict[str, int] = field(default_factory=dict)
    files: dict[str, int] = field(default_factory=dict)
    delivered: tuple[bytes, ...] = ()
    """What the partner holds in the end, members of an archive one by one."""
    kept: tuple[bytes, ...] = ()
    """What stands in rejected/."""
    filed: tuple[bytes, ...] = ()
    """What stands in in/, without edid's own notes."""
    answers: dict[str, int] = field(default_factory=dict)
    """How often which state is told in the status folder."""
    migrates: bool = False
    """True: the journal does not exist yet, so its making is part of the run."""


class World:
    """Folders below `root`; `reset` before each run."""

    def __init__(self, root: Path, scenario: Scenario, server: OpenSshPartner | None = None) -> None:
        self.scenario = scenario
        self.server = server
        self.company = Company(root / "company")
        self.partner = server.root if server else root / "company" / "partner"
        self._template = root / "template"
        transport = server.settings() if server else {"protocol": "folder", "root": str(self.partner)}
        self.company.sheet(SHEET, transport, **{"retry": _QUICK, **scenario.sheet})
        self._template.mkdir()
        if not scenario.migrates:
            open_journal(default_url(self._template)).close()

    @property
    def config(self) -> Path:
        """The configuration of the house."""
        return self.company.config

    @property
    def sheet(self) -> Path:
        """The folder of the sheet in the spool."""
        return self.company.spool / SHEET

    @property
    def output(self) -> str:
        """What the houses said since the reset."""
        log = Path(f"{self.config}.log")
        return log.read_text(errors="replace") if log.exists() else ""

    def reset(self) -> None:
        """Begin anew: files dropped and offered, nothing taken yet."""
        Path(f"{self.config}.log").unlink(missing_ok=True)
        for folder in (self.company.spool, self.company.state):
            shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self._template, self.company.state)
        for name in ("in", "out", "tmp", "archive"):
            self._empty(self.partner / name)
        if self.scenario.dropped:
            self.company.out(SHEET).parent.chmod(0o2750)
            self.company.out(SHEET).chmod(0o3770)
        for name, content in self.scenario.dropped.items():
            self.company.drop(SHEET, name, content)
        for name, content in self.scenario.offered.items():
            if self.server:
                self.server.write(f"out/{name}", content)
            else:
                (self.partner / "out" / name).write_bytes(content)

    def _empty(self, folder: Path) -> None:
        if self.server is None:
            folder.mkdir(parents=True, exist_ok=True)
        for left in folder.iterdir() if folder.is_dir() else ():
            left.unlink()

    @contextmanager
    def journal(self) -> Iterator[sqlite3.Connection]:
        """Give the journal as the next start would find it; a copy is read, so nothing is mended by looking."""
        look = self.company.folder / "look"
        shutil.rmtree(look, ignore_errors=True)
        look.mkdir()
        for name in ("journal.db", "journal.db-wal", "journal.db-journal"):
            if (self.company.state / name).exists():
                shutil.copy(self.company.state / name, look / name)
        with closing(sqlite3.connect(look / "journal.db")) as connection:
            connection.row_factory = sqlite3.Row
            yield connection

    def rows(self, table: str) -> list[sqlite3.Row]:
        """Return all rows of a table; none where the journal was not made yet."""
        with self.journal() as journal:
            if not journal.execute("select 1 from sqlite_master where name = ?", (table,)).fetchone():
                return []
            return list(journal.execute(f"select * from {table} order by id"))

    def stored(self, sha256: str | None) -> bytes | None:
        """Return the bytes of the store at this address."""
        path = self.company.state / "store" / (sha256 or "")[:2] / (sha256 or "")[2:]
        return path.read_bytes() if sha256 and path.is_file() else None


def names_below(folder: Path) -> list[str]:
    """Return the files below `folder`, hidden ones and links too, by their path from there."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir())


__all__ = ["SHEET", "Scenario", "World", "digest", "names_below"]
