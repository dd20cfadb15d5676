"""The company's side of the exchange: its configuration, its spool, its daemon, and what its journal says."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection

from edid.journal import queries
from edid.journal.database import default_url, open_journal
from tests.acceptance.daemon import Daemon
from tests.partners.waiting import until

T = TypeVar("T")
Row = Any

DONE = ("sent", "rejected", "duplicate", "held")
"""Where a document of a dropped file ends."""


class Company:
    """One edid with its own spool and state below `folder`. Close it at the end: `kill_all`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.spool = folder / "spool"
        self.state = folder / "state"
        self.config = folder / "edid.yaml"
        self._daemons: list[Daemon] = []
        (folder / "sheets").mkdir(parents=True)
        self.configure()

    def configure(self, **settings: Any) -> None:
        """Write edid.yaml, quick to look and talkative, with these changes."""
        usual = {
            "spool": str(self.spool),
            "state": str(self.state),
            "language": "fr",
            "schedules": {"scan": "500ms"},
            "logging": {"format": "json"},
        }
        self.config.write_text(json.dumps({**usual, **settings}, ensure_ascii=False))

    def sheet(self, name: str, transport: Mapping[str, Any], **changes: Any) -> str:
        """Write the sheet `name`, a quick sender of UBL, CII and Factur-X that asks schemas only, unless changed."""
        usual: dict[str, Any] = {
            "name": name,
            "kind": "sender",
            "platform": "chorus-pro",
            "environment": "qualification",
            "structure": {"siret": "12345678200010", "name": "Société Exemple"},
            "application_code": "ABC123",
            "transport": transport,
            "contact": {"name": "Service informatique", "email": "edi@example.invalid"},
            "poll": {"every": "1h", "jitter": "0s"},
            "retry": {"first": "300ms", "longest": "2s"},
            "validation": {"profile": "xsd-only"},
        }
        if changes.get("kind", "sender") == "sender":
            usual["interfaces"] = {"emission": ["FSO1100A", "FSO1106A", "FSO1117A"]}
            usual["intake"] = {"settle": "200ms"}
        else:
            usual["interfaces"] = {"reception": ["FEN0036A"]}
        (self.folder / "sheets" / f"{name}.yaml").write_text(json.dumps({**usual, **changes}, ensure_ascii=False))
        return name

    def run(self, **options: Any) -> Daemon:
        """Start the daemon; returns when it is ready."""
        daemon = self.launch(**options)
        daemon.wait_for("daemon.ready")
        return daemon

    def launch(self, **options: Any) -> Daemon:
        """Start the daemon and do not wait."""
        daemon = Daemon(self.config, **options)
        self._daemons.append(daemon)
        return daemon

    def kill_all(self) -> None:
        """End every daemon that is left."""
        for daemon in self._daemons:
            daemon.kill()

    def edid(self, *arguments: str | Path, seconds: float = 60) -> subprocess.CompletedProcess[str]:
        """Run one command of edid on this configuration."""
        return subprocess.run(
            [sys.executable, "-m", "edid", "--config", str(self.config), *map(str, arguments)],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=seconds,
            check=False,
            env={**os.environ, "COLUMNS": "250", "PYTHONWARNINGS": "default"},
        )

    def out(self, sheet: str) -> Path:
        """Return the drop folder of `sheet`, made beforehand if the daemon has not run yet."""
        folder = self.spool / sheet / "out"
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def drop(self, sheet: str, name: str, content: bytes) -> Path:
        """Drop one file as an ERP does: written under a temporary name, then renamed."""
        target = self.out(sheet) / name
        hidden = target.with_name(f".{name}.tmp")
        hidden.write_bytes(content)
        return hidden.rename(target)

    def ask(self, question: Callable[..., T], *arguments: Any, **options: Any) -> T:
        """Ask the journal: `question` is called with a view of it."""
        journal = open_journal(default_url(self.state))
        try:
            with journal.reading() as view:
                return question(view, *arguments, **options)
        finally:
            journal.close()

    def documents(self, **wanted: Any) -> Sequence[Row]:
        """Return the documents in the journal, oldest first."""
        return self.ask(queries.list_documents, queries.Filter(limit=100_000, **wanted))[::-1]

    def flows(self, **wanted: Any) -> Sequence[Row]:
        """Return the flows in the journal, oldest first."""
        return self.ask(queries.list_flows, queries.Filter(limit=100_000, **wanted))[::-1]

    def statuses(self) -> dict[str, str | None]:
        """Return the newest word of the platform by invoice number."""
        return {row.number: row.status for row in self.documents(direction="out")}

    def files(self) -> dict[str, int]:
        """Return how many dropped files are in which state."""
        return {count.state: count.count for count in self.ask(_counts) if count.entity == "file"}

    def settled(self, files: int) -> bool:
        """Tell whether `files` dropped files are in the journal and none of their documents is under way."""
        counts = self.ask(_counts)
        known = sum(count.count for count in counts if count.entity == "file" and count.state != "claimed")
        moving = [c for c in counts if c.entity == "document" and c.direction == "out" and c.state not in DONE]
        return known >= files and not moving

    def wait_until_settled(self, files: int, seconds: float = 60) -> None:
        """Wait until everything of `files` dropped files has left or was set aside."""
        until(lambda: self.settled(files), f"{files} dropped files are done with", seconds)

    def left_in(self, sheet: str, folder: str) -> list[str]:
        """Return the names in `spool/<sheet>/<folder>`, with sub-folders."""
        root = self.spool / sheet / folder
        return sorted(str(path.relative_to(root)) for path in root.rglob("*") if not path.is_dir())

    def temporary(self) -> list[str]:
        """Return what is left of edid's temporary files and folders below its state folder."""
        left = [path for folder in ("work", "store/incoming") for path in (self.state / folder).glob("*")]
        left += [path for path in (self.state / "incoming").rglob("*") if not path.is_dir()]
        return sorted(str(path.relative_to(self.state)) for path in left)


def _counts(view: Connection) -> list[queries.Count]:
    return queries.counts(view)


def digest(content: bytes) -> str:
    """Return the sha256 of `content`."""
    return hashlib.sha256(content).hexdigest()


def contents(folder: Path) -> dict[str, bytes]:
    """Return the files that stand in `folder` by name."""
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()}
