"""A house that only takes: a real journal, store and spool, the real Taker, and clocks that the test moves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from edid.config.settings import Limits, Settings
from edid.config.sheet import SenderSheet
from edid.exchange.house import House
from edid.exchange.pulse import Pulse
from edid.exchange.setbacks import Setbacks
from edid.exchange.taking import Taker
from edid.intake.folders import SheetFolders
from edid.journal import tables
from edid.store.blobs import BlobStore
from edid.validation.worker import JudgePool
from tests.blank import new_journal

Row = Any


class Clocks:
    """Both clocks; they stand still unless moved, a day in the past, where no real change time can be believed."""

    def __init__(self) -> None:
        self._monotonic = 1000.0
        self._wall = datetime.now(UTC) - timedelta(days=1)

    def advance(self, seconds: float) -> None:
        self._monotonic += seconds
        self._wall += timedelta(seconds=seconds)

    def jump(self, seconds: float) -> None:
        """Somebody sets the wall clock."""
        self._wall += timedelta(seconds=seconds)

    def monotonic(self) -> float:
        return self._monotonic

    def wall(self) -> datetime:
        return self._wall


class TakingHouse:
    """One sheet whose drop folder is taken from when the test says so. Close it at the end."""

    def __init__(self, folder: Path, *, clocks: Clocks | None = None, spool: Path | None = None, **intake: Any) -> None:
        self.clocks = clocks
        self.settings = Settings.model_validate(
            {
                "spool": str(spool or folder / "spool"),
                "state": "state",
                "limits": {"flow_size": "1MB", "free_space": 1},
            },
            context={"folder": folder},
        )
        self.sheet = SenderSheet.model_validate(
            {
                "name": "erp",
                "kind": "sender",
                "platform": "generic",
                "environment": "qualification",
                "structure": {"siret": "12345678200010", "name": "Société Exemple"},
                "application_code": "ABC123",
                "transport": {"protocol": "folder", "root": "partner"},
                "contact": {"name": "Service informatique", "email": "edi@example.invalid"},
                "interfaces": {"emission": ["FSO1100A"]},
                "intake": intake,
            },
            context={"folder": folder},
        )
        journal = new_journal(self.settings.state)
        store = BlobStore(self.settings.state / "store")
        self.house = House(self.settings, journal, store, JudgePool(Limits(), 1), Setbacks(first=0))
        self.folders: SheetFolders = self.house.folders(self.sheet)
        self.folders.prepare(sender=True)
        self.out = self.folders.out
        self.restart()

    def restart(self) -> None:
        """Forget what only the memory of the process knew."""
        clocks = {"monotonic": self.clocks.monotonic, "wall": self.clocks.wall} if self.clocks is not None else {}
        self.taker = Taker(self.house, self.sheet, **clocks)

    def close(self) -> None:
        self.house.close()

    def step(self) -> float | None:
        return self.taker.step(Pulse())

    def wait(self, seconds: float, look_every: float | None = None) -> None:
        """Let time pass, looking now and then as the daemon does, and at the end."""
        assert self.clocks is not None
        passed = 0.0
        while passed < seconds:
            pause = min(look_every or seconds, seconds - passed)
            self.clocks.advance(pause)
            passed += pause
            self.step()

    def rows(self) -> list[Row]:
        with self.house.journal.reading() as view:
            return list(view.execute(select(tables.files).order_by(tables.files.c.id)))

    def taken(self) -> list[bytes]:
        """What was taken, in order."""
        return [self.bytes_of(row) for row in self.rows() if row.state == "claimed"]

    def bytes_of(self, row: Row) -> bytes:
        return self.house.store.require(row.sha256).read_bytes()

    def refused(self) -> dict[str, str]:
        """Code of what was refused unread, by name."""
        return {row.name: row.reason.partition(":")[0] for row in self.rows() if row.state == "rejected"}

    def dropped(self) -> list[str]:
        return sorted(str(path.relative_to(self.out)) for path in self.out.rglob("*") if not path.is_dir())

    def claimed(self) -> list[str]:
        return sorted(path.name for path in self.folders.claimed.iterdir())

    def kept(self) -> list[str]:
        return sorted(path.name for path in self.folders.rejected.iterdir() if ".verdict." not in path.name)
