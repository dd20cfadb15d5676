"""A company, its partner and the files of one scenario, put back to the same beginning before each run."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from edid.journal.database import default_url, open_journal
from tests.acceptance.company import Company, digest
from tests.faults.scenario import Scenario
from tests.partners.openssh import OpenSshPartner

SHEET = "ventes"
_QUICK = {"first": "1ms", "longest": "1ms", "jitter": 0}
_FOLDERS = ("in", "out", "tmp")
"""Of the partner."""


class World:
    """Folders below `root`; `reset` before each run, `begin` once where something happened before."""

    def __init__(self, root: Path, scenario: Scenario, server: OpenSshPartner | None = None) -> None:
        self.scenario = scenario
        self.server = server
        self.company = Company(root / "company")
        self.partner = server.root if server else root / "company" / "partner"
        self.anchors = root / "company" / "anchors"
        self._template = root / "template"
        transport = server.settings() if server else {"protocol": "folder", "root": str(self.partner)}
        self.company.sheet(SHEET, transport, **{"retry": _QUICK, **scenario.sheet})
        if scenario.beside is not None:
            nowhere = {"protocol": "folder", "root": str(root / "nowhere")}
            self.company.sheet("achats", nowhere, **{"retry": _QUICK, **scenario.beside})
        audit = {"audit": {"anchor": {"folder": str(self.anchors)}}} if scenario.anchored else {}
        self.company.configure(**scenario.settings, **audit)
        (self._template / "state").mkdir(parents=True)
        (self._template / "spool").mkdir()
        if not scenario.migrates:
            open_journal(default_url(self._template / "state")).close()

    def begin(self, run: Callable[[Path], int]) -> None:
        """Let happen what comes before the scenario, by `run`, which runs a house on a configuration."""
        if self.scenario.after is None:
            return
        self._fill(self.scenario.after)
        assert run(self.config) == 0, "what comes before ended well"
        shutil.rmtree(self._template)
        for name, folder in self._ours.items():
            shutil.copytree(folder, self._template / name)

    @property
    def config(self) -> Path:
        """The configuration of the house."""
        return self.company.config

    @property
    def sheet(self) -> Path:
        """The folder of the sheet in the spool."""
        return self.company.spool / SHEET

    @property
    def roots(self) -> dict[str, Path]:
        """What a house may change: the folders of state and spool, anchors, and a partner's that is a folder."""
        more = {"anchors": self.anchors} if self.scenario.anchored else {}
        return {**self._ours, **more, **({} if self.server else {"partner": self.partner})}

    @property
    def output(self) -> str:
        """What the houses said since the reset."""
        log = Path(f"{self.config}.log")
        return log.read_text(errors="replace") if log.exists() else ""

    def reset(self) -> None:
        """Begin anew: files dropped and offered, nothing taken yet."""
        self._fill(self.scenario)

    @property
    def _ours(self) -> dict[str, Path]:
        return {"state": self.company.state, "spool": self.company.spool}

    def _fill(self, scenario: Scenario) -> None:
        Path(f"{self.config}.log").unlink(missing_ok=True)
        shutil.rmtree(self.anchors, ignore_errors=True)
        self.anchors.mkdir()
        for name, folder in self._ours.items():
            shutil.rmtree(folder, ignore_errors=True)
            shutil.copytree(self._template / name, folder)
        for name in (*_FOLDERS, "archive"):
            self._empty(self.partner / name)
        if scenario.dropped:
            self.company.out(SHEET).parent.chmod(0o2750)
            self.company.out(SHEET).chmod(0o3770)
        for name, content in scenario.dropped.items():
            self.company.drop(SHEET, name, content)
        for name, content in scenario.decided.items():
            (self.sheet / "decide" / name).write_bytes(content)
        for name, content in scenario.offered.items():
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
    def looking(self) -> Iterator[Path]:
        """Give a copy of the journal's folder as the next start would find it, so that looking mends nothing."""
        look = self.company.folder / "look"
        shutil.rmtree(look, ignore_errors=True)
        look.mkdir()
        for name in ("journal.db", "journal.db-wal", "journal.db-journal"):
            if (self.company.state / name).exists():
                shutil.copy(self.company.state / name, look / name)
        yield look

    @contextmanager
    def journal(self) -> Iterator[sqlite3.Connection]:
        """Give the journal as the next start would find it."""
        with self.looking() as look, closing(sqlite3.connect(look / "journal.db")) as connection:
            connection.row_factory = sqlite3.Row
            yield connection

    def stored(self, sha256: str | None) -> bytes | None:
        """Return the bytes of the store at this address."""
        path = self.company.state / "store" / (sha256 or "")[:2] / (sha256 or "")[2:]
        return path.read_bytes() if sha256 and path.is_file() else None


def names_below(folder: Path) -> list[str]:
    """Return the files below `folder`, hidden ones and links too, by their path from there."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir())


__all__ = ["SHEET", "World", "digest", "names_below"]
