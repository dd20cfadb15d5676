"""What is compared with the ledger, read once when everything rests: both servers, the spool and the journal."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from edid.journal import tables
from tests.acceptance.archives import members
from tests.acceptance.company import Company, contents, digest
from tests.soak.ledger import Line
from tests.soak.sheets import Sheet

NOTES = (".verdict.txt", ".verdict.json")


@dataclass
class Books:
    """Everything that must agree. `disagreements` grows as it is compared."""

    company: Company
    sheets: Mapping[str, Sheet]
    lines: Sequence[Line]
    disagreements: list[str] = field(default_factory=list)

    def disagree(self, what: str) -> None:
        """Note that two books say different things."""
        self.disagreements.append(what)

    @cached_property
    def dropped(self) -> list[Line]:
        """Lines of what ERPs dropped."""
        return [line for line in self.lines if not line.offered]

    @cached_property
    def offered(self) -> list[Line]:
        """Lines of what partners offered."""
        return [line for line in self.lines if line.offered]

    @cached_property
    def documents(self) -> Sequence[Any]:
        """Documents in the journal, with the name of their file and flow."""
        return self.company.documents()

    @cached_property
    def flows(self) -> Sequence[Any]:
        """Flows in the journal."""
        return self.company.flows()

    @cached_property
    def statuses(self) -> Sequence[Any]:
        """Words of the platform in the journal."""
        return self.company.ask(_rows, tables.statuses)

    @cached_property
    def files(self) -> Sequence[Any]:
        """Dropped files in the journal."""
        return self.company.ask(_rows, tables.files)

    @cached_property
    def events(self) -> Sequence[Any]:
        """Events in the journal."""
        return self.company.ask(_rows, tables.events)

    @cached_property
    def remote(self) -> dict[str, dict[str, bytes]]:
        """What stands in the inbox of each partner."""
        partners = {sheet.partner.name: sheet.partner for sheet in self.sheets.values()}
        return {name: contents(partner.inbox) for name, partner in partners.items()}

    @cached_property
    def delivered(self) -> Counter[str]:
        """How often the bytes of a document stand at the partners."""
        found: Counter[str] = Counter()
        for files in self.remote.values():
            for content in files.values():
                packed = content.startswith(b"\x1f\x8b")
                found.update(map(digest, members(content).values() if packed else [content]))
        return found

    def cursors(self, name: str) -> dict[str, int]:
        """Return how far the reader `name` of the events has come, by sheet."""
        rows = self.company.ask(_cursors, name)
        return {row.sheet: row.position for row in rows}

    @cached_property
    def once_held(self) -> set[tuple[str, str, str]]:
        """Sheet, kept name and sha256 of documents that were held for a while: their copy stays in rejected/."""
        ids = {event.entity_id for event in self.events if event.name == "document.held"}
        return {(row.sheet, kept_as(row), row.sha256) for row in self.documents if row.id in ids}

    def set_aside(self, sheet: str, folder: str) -> dict[str, str]:
        """Return the files in rejected/ or duplicates/ by name, with their sha256; notes are no files."""
        root = self.company.spool / sheet / folder
        names = [path for path in root.iterdir() if not path.name.endswith(NOTES)]
        return {path.name: "" if path.is_symlink() else digest(path.read_bytes()) for path in names}

    def notes(self, sheet: str, folder: str) -> set[str]:
        """Return the names of the notes there."""
        root = self.company.spool / sheet / folder
        return {path.name for path in root.iterdir() if path.name.endswith(NOTES)}

    def answers(self, sheet: str) -> list[dict[str, Any]]:
        """Return every answer to the ERP."""
        found: list[dict[str, Any]] = []
        for path in sorted((self.company.spool / sheet / "status").iterdir()):
            found += _read(path, daily=self.sheets[sheet].daily)
        return found


def _read(path: Path, *, daily: bool) -> list[dict[str, Any]]:
    text = path.read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()] if daily else [json.loads(text)]


def kept_as(row: Any) -> str:
    """Return the name under which a document of the journal is set aside."""
    return f"{row.file_name}__{row.member}" if row.member else str(row.file_name)


def _rows(view: Connection, table: Any) -> Sequence[Any]:
    return view.execute(select(table).order_by(table.c.id)).all()


def _cursors(view: Connection, name: str) -> Sequence[Any]:
    return view.execute(select(tables.cursors).where(tables.cursors.c.name == name)).all()


def grouped(lines: Sequence[Line]) -> Mapping[str, list[Line]]:
    """Return lines by the number of their invoice."""
    found: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        found[line.number].append(line)
    return found
