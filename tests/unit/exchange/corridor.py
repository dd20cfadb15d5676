"""One house without a daemon: every step is taken when the test says so, and may crash where the test says so."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Table, select

from edid.config.settings import Settings
from edid.config.sheet import ReceiverSheet, SenderSheet
from edid.exchange import fetching, judging, outbox, packing, returns, sending
from edid.exchange.fetching import Fetched
from edid.exchange.house import AnySheet, House
from edid.exchange.pulse import Pulse
from edid.exchange.rounds import Outcome
from edid.exchange.setbacks import Setbacks
from edid.exchange.taking import Taker
from edid.journal import tables
from edid.journal.database import Journal
from edid.store.blobs import BlobStore
from edid.transport.contract import Transport
from edid.transport.opening import open_transport
from edid.validation.worker import JudgePool
from tests.blank import new_journal

Row = Any


class Crash(BaseException):
    """The power goes: nothing in the program may catch it."""


class Corridor:
    """A house, a sender sheet whose partner is a folder, and the steps of the two corridors."""

    def __init__(
        self, folder: Path, judges: JudgePool, *, journal: Journal | None = None, limits: Any = None, **sheet: Any
    ) -> None:
        self.folder = folder
        self._judges = judges
        self.partner = folder / "partner"
        for name in ("in", "out", "archive"):
            (self.partner / name).mkdir(parents=True, exist_ok=True)
        self.settings = Settings.model_validate(
            {"spool": "spool", "state": "state", "language": "fr", "limits": limits or {}}, context={"folder": folder}
        )
        self.house = self._open(journal or new_journal(self.settings.state))
        self.sheet = self.sender(**sheet)
        self._takers: dict[str, Taker] = {}

    def _open(self, journal: Journal) -> House:
        store = BlobStore(self.settings.state / "store")
        return House(self.settings, journal, store, self._judges, Setbacks(first=0))

    def restart(self) -> None:
        """Forget what only the memory of the process knew."""
        self.house = self._open(self.house.journal)
        self._takers.clear()

    def close(self) -> None:
        self.house.journal.close()

    # --- sheets and files

    def sender(self, **changes: Any) -> SenderSheet:
        """A sheet of the same partner, with its folders in the spool."""
        sheet = SenderSheet.model_validate(
            {
                "kind": "sender",
                "interfaces": {"emission": ["FSO1100A", "FSO1106A", "FSO1117A"]},
                "intake": {"settle": "0s"},
                **self._common("emetteur"),
                **changes,
            },
            context={"folder": self.folder},
        )
        self.house.folders(sheet).prepare(sender=True)
        return sheet

    def receiver(self, **changes: Any) -> ReceiverSheet:
        sheet = ReceiverSheet.model_validate(
            {
                "kind": "receiver",
                "interfaces": {"reception": ["FEN0036A"]},
                **self._common("recepteur"),
                **changes,
            },
            context={"folder": self.folder},
        )
        self.house.folders(sheet).prepare(sender=False)
        return sheet

    def _common(self, name: str) -> dict[str, Any]:
        return {
            "name": name,
            "platform": "chorus-pro",
            "environment": "qualification",
            "structure": {"siret": "12345678200010", "name": "Société Exemple"},
            "application_code": "ABC123",
            "transport": {"protocol": "folder", "root": str(self.partner)},
            "contact": {"name": "Service informatique", "email": "edi@example.invalid"},
        }

    def drop(self, name: str, content: bytes, sheet: SenderSheet | None = None) -> Path:
        path = self.house.folders(sheet or self.sheet).out / name
        path.write_bytes(content)
        return path

    def offer(self, name: str, content: bytes) -> Path:
        path = self.partner / "out" / name
        path.write_bytes(content)
        return path

    # --- steps

    def take(self, sheet: SenderSheet | None = None) -> None:
        sheet = sheet or self.sheet
        self._takers.setdefault(sheet.name, Taker(self.house, sheet)).step(Pulse())

    def judge(self, sheet: SenderSheet | None = None) -> int:
        return judging.judge(self.house, sheet or self.sheet, Pulse())

    def pack(self, sheet: SenderSheet | None = None, *, only_full: bool = False) -> int:
        return packing.pack_waiting(self.house, sheet or self.sheet, Pulse(), only_full=only_full)[0]

    def send(
        self,
        sheet: SenderSheet | None = None,
        transport: Transport | None = None,
        pulse: Pulse | None = None,
        *,
        probing: bool = False,
    ) -> Outcome:
        sheet = sheet or self.sheet
        transport = transport or open_transport(sheet.transport)
        return sending.send(self.house, sheet, transport, pulse or Pulse(), probing=probing)

    def recover(self) -> int:
        return outbox.recover(self.house, self.sheet)

    def fetch(self, sheet: AnySheet | None = None, transport: Transport | None = None) -> Fetched:
        sheet = sheet or self.sheet
        return fetching.fetch(self.house, sheet, transport or open_transport(sheet.transport), Pulse())

    def file(self, sheet: AnySheet | None = None) -> int:
        return returns.file_returns(self.house, sheet or self.sheet, Pulse())

    def outbound(self, *files: tuple[str, bytes], sheet: SenderSheet | None = None) -> None:
        """Drop files and bring them to the partner."""
        for name, content in files:
            self.drop(name, content, sheet)
        self.take(sheet)
        while self.judge(sheet):
            pass
        self.pack(sheet)
        while self.send(sheet).go_on:
            pass

    def inbound(self, name: str, content: bytes, sheet: AnySheet | None = None) -> Row:
        """Offer a file at the partner, once, fetch and file it; return its flow."""
        offered = self.offer(name, content)
        self.fetch(sheet)
        offered.unlink()
        self.file(sheet)
        return [flow for flow in self.flows() if flow.name == name][-1]

    # --- what is there

    def rows(self, table: Table) -> list[Row]:
        with self.house.journal.reading() as view:
            return list(view.execute(select(table).order_by(table.c.id)))

    def files(self) -> list[Row]:
        return self.rows(tables.files)

    def documents(self, direction: str = "out") -> list[Row]:
        return [row for row in self.rows(tables.documents) if row.direction == direction]

    def states(self) -> list[str]:
        return [row.state for row in self.documents()]

    def flows(self) -> list[Row]:
        return self.rows(tables.flows)

    def statuses(self) -> list[Row]:
        return self.rows(tables.statuses)

    def events(self, name: str) -> list[Row]:
        return [row for row in self.rows(tables.events) if row.name == name]

    def delivered(self) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in sorted((self.partner / "in").iterdir())}

    def kept(self, folder: str, sheet: AnySheet | None = None) -> list[str]:
        """Names below a folder of the spool, without folders."""
        root = self.house.folders(sheet or self.sheet).root / folder
        return sorted(str(path.relative_to(root)) for path in root.rglob("*") if not path.is_dir())


def crash_at(
    monkeypatch: pytest.MonkeyPatch, place: str, *, error: BaseException | None = None, times: int = 1
) -> None:
    """Let the function `place` (module.name) fail its next `times` calls before it does anything; then it works."""
    module_name, _, name = place.rpartition(".")
    module = importlib.import_module(module_name)
    original: Callable[..., Any] = getattr(module, name)
    left = [times]

    def failing(*args: Any, **options: Any) -> Any:
        if left[0]:
            left[0] -= 1
            raise error or Crash
        return original(*args, **options)

    monkeypatch.setattr(module, name, failing)
