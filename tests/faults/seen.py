"""What can be seen of a world from outside: the rows of its journal, and the names and bytes in its folders."""

from __future__ import annotations

import json
import re
import sqlite3
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from tests.faults.world import World, names_below

Row = sqlite3.Row
NOTES = re.compile(r"\.verdict\.(json|txt)$|(^|/)(facts|verdict)\.(json|txt)$|returns/.*\.json$")
HIDDEN = re.compile(r"(^|/)\.")
_TABLES = ("files", "documents", "flows", "attempts", "statuses", "events")


@dataclass(frozen=True)
class Seen:
    """One look at a world; the journal is read once."""

    world: World
    tables: dict[str, list[Row]]
    """Empty where the journal was not made yet."""
    damage: str | None
    """What SQLite says of the journal, None when it is whole."""
    cursors: dict[str, int]

    @classmethod
    def now(cls, world: World) -> Seen:
        """Look at `world` as it is."""
        with world.journal() as journal:
            known = {row[0] for row in journal.execute("select name from sqlite_master where type = 'table'")}
            tables = {
                name: list(journal.execute(f"select * from {name} order by id")) if name in known else []
                for name in _TABLES
            }
            damage = str(journal.execute("pragma integrity_check").fetchone()[0])
            cursors = dict(journal.execute("select name, position from cursors")) if "cursors" in known else {}
        return cls(world, tables, None if damage == "ok" else damage, cursors)

    def rows(self, table: str, **wanted: object) -> list[Row]:
        """Return the rows of a table with these values."""
        return [row for row in self.tables[table] if all(row[name] == value for name, value in wanted.items())]

    def stored(self, sha256: str | None) -> bytes | None:
        """Return the bytes of the store at this address."""
        return self.world.stored(sha256)

    @cached_property
    def named(self) -> set[str]:
        """Every address that a row names."""
        rows = [row for table in ("files", "documents", "flows") for row in self.tables[table]]
        return {row["sha256"] for row in rows if row["sha256"]}

    @cached_property
    def purged(self) -> set[str]:
        """Every address whose bytes the journal says were given up."""
        events = [json.loads(row["data"]) for row in self.tables["events"] if "purge" in row["name"]]
        return {each for data in events for each in re.findall(r"\b[0-9a-f]{64}\b", json.dumps(data))}

    @cached_property
    def answers(self) -> dict[str, Any]:
        """The whole answers in the status folder, by name; None where one is no JSON."""
        folder = self.world.sheet / "status"
        names = [name for name in names_below(folder) if name.endswith(".json") and not HIDDEN.search(name)]
        return {name: _data((folder / name).read_bytes()) for name in names}

    @cached_property
    def told(self) -> list[str]:
        """The states that the answers tell."""
        return [name[:-5].rsplit("_", 1)[1] for name in self.answers]

    def at_partner(self) -> dict[str, bytes]:
        """What stands in the partner's in folder, finished or not."""
        return {path.name: path.read_bytes() for path in (self.world.partner / "in").iterdir()}

    def below(self, folder: str) -> list[str]:
        """Return the names below a folder of the sheet, without those that begin with a dot."""
        return [name for name in names_below(self.world.sheet / folder) if not HIDDEN.search(name)]

    def stands(self, folder: str, content: bytes) -> bool:
        """Tell whether a file below a folder of the sheet has these bytes."""
        place = self.world.sheet / folder
        return any((place / name).read_bytes() == content for name in names_below(place))


def _data(content: bytes) -> Any:
    try:
        return json.loads(content)
    except ValueError:
        return None


def is_note(name: str) -> bool:
    """Tell whether a name below in/ or rejected/ is that of a note of edid's."""
    return NOTES.search(name) is not None


def parent(name: str) -> str:
    """Return the folder of a relative name, as a text."""
    return str(Path(name).parent)
