"""A company and the simulated platforms that it talks to, each through a folder of its own."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from lxml import etree

from edid.documents.kinds import FlowStatus, InvoiceStatus, Kind
from edid.documents.reading import read_tree
from edid.exchange import todo
from edid.journal import queries
from edid.sandbox.invoices import example_invoice
from edid.sandbox.invoices.content import Invoice
from edid.sandbox.invoices.ubl import write_ubl
from edid.sandbox.platform import SandboxPlatform
from edid.sandbox.scenarios import Scenario
from tests.acceptance.company import Company
from tests.acceptance.daemon import Daemon

DAY = date(2026, 10, 5)
"""Of every invoice here: after the day on which recycling under the same number ended."""
FAST = timedelta(milliseconds=20)
PA = {"platform": "pa", "interfaces": {"emission": ["FSO1150A", "FSO1304A"]}}
EVENTS = ["taken", "sent", "report", "status", "given", "answered", "filed", "excluded"]
"""What the ERP wants to be told."""
Row = Any


@dataclass
class World:
    """The company, its daemon, and the platforms by the name of the sheet that talks to them."""

    company: Company
    root: Path
    platforms: dict[str, SandboxPlatform] = field(default_factory=dict)
    _stack: ExitStack = field(default_factory=ExitStack)
    _daemon: Daemon | None = None

    def partner(self, sheet: str, scenario: Scenario, **options: Any) -> SandboxPlatform:
        """Start a platform of `scenario` for `sheet`; `suppliers` is the platform that it passes statuses on to."""
        platform = SandboxPlatform(self.root / sheet, scenario, delay=FAST, settle=FAST, **options)
        self.platforms[sheet] = self._stack.enter_context(platform)
        return platform

    def sheet(self, name: str, scenario: Scenario, *, partner: Mapping[str, Any] | None = None, **changes: Any) -> str:
        """Write the sheet `name` and start its platform."""
        self.partner(name, scenario, **(partner or {}))
        transport = {"protocol": "folder", "root": str(self.root / name), "sessions": 1}
        usual = {
            "application_code": f"APP{len(self.platforms):03d}",
            "poll": {"every": "700ms", "jitter": "0s"},
            "answers": {"form": "json", "events": EVENTS},
        }
        return self.company.sheet(name, transport, **{**usual, **changes})

    def start(self) -> None:
        """Start the daemon."""
        self._daemon = self.company.run()

    @property
    def daemon(self) -> Daemon:
        """The daemon that runs."""
        assert self._daemon is not None
        return self._daemon

    def close(self) -> None:
        """Stop everything; a daemon that ends badly fails here."""
        try:
            if self._daemon is not None:
                assert self._daemon.stop() == 0
                assert not self._daemon.unread
        finally:
            self.company.kill_all()
            self._stack.close()

    def drop(self, sheet: str, number: str, **changes: Any) -> None:
        """Drop the UBL invoice `number` as an ERP does."""
        self.company.drop(sheet, f"{number}-{len(changes)}.xml", ubl(number, **changes))

    def documents(self, sheet: str, number: str | None = None, direction: str = "out") -> list[Row]:
        """Return the documents of `sheet`, oldest first."""
        rows = self.company.documents(sheet=sheet, direction=direction)
        return [row for row in rows if number is None or row.number == number]

    def standing(self, sheet: str, direction: str = "out") -> dict[str, str | None]:
        """Return the newest word about each invoice of `sheet` by its number."""
        return {row.number: row.status for row in self.documents(sheet, direction=direction) if row.number}

    def wait_for(self, sheet: str, wanted: Mapping[str, str | None], seconds: float = 40) -> None:
        """Wait until invoices of `sheet` stand as `wanted`."""
        eventually(
            lambda: wanted.items() <= self.standing(sheet).items(),
            lambda: f"{sheet}: wanted {dict(wanted)}, got {self.standing(sheet)}",
            seconds,
        )

    def words(self, document_id: int) -> list[Row]:
        """Return what was said about a document, in the order of its coming."""
        return list(self.company.ask(queries.statuses_of, document_id=document_id))

    def wait_until_said(self, document_id: int, words: int) -> None:
        """Wait until so many words about a document came."""
        eventually(
            lambda: len(self.words(document_id)) >= words,
            lambda: f"{words} words about document {document_id}: {self.words(document_id)}",
        )

    def todo(self, sheet: str) -> dict[str, dict[str, Any]]:
        """Return what `edid todo` lists for `sheet`, by invoice number."""
        rows = self.company.ask(todo.waiting, todo.Wanted(sheet=sheet), "fr")
        return {row["number"]: row for row in rows}

    def answers(self, sheet: str) -> list[dict[str, Any]]:
        """Return the answers that the ERP found in status/, in the order of their numbers."""
        folder = self.company.spool / sheet / "status"
        return [
            {key: value for key, value in row.items() if value is not None}
            for path in sorted(folder.glob("[!.]*.json"))
            for row in _rows(path)
        ]

    def told(self, sheet: str, number: str) -> list[str]:
        """Return what the ERP was told of an invoice, a word each: the event, or the platform's status."""
        return [row.get("status") or row["event"] for row in self.answers(sheet) if row.get("number") == number]

    def delivered(self, sheet: str, interface: str) -> list[tuple[str, bytes]]:
        """Return the flows under `interface` that the platform accepted, by name, in the order of their coming."""
        kept = sorted((self.root / sheet / ".sandbox" / "accepted").glob(f"*Z_{interface}*"))
        return [(path.name.split("Z_", 1)[1], path.read_bytes()) for path in kept]

    def given(self, sheet: str, interface: str) -> list[InvoiceStatus | FlowStatus]:
        """Return what our messages under `interface` said, in the order of their coming."""
        readings = (
            read_tree(etree.ElementTree(etree.fromstring(content)), _kind(content))
            for _, content in self.delivered(sheet, interface)
        )
        return [word for each in readings for word in (*each.invoice_statuses, *each.flow_statuses)]

    def reports(self, sheet: str, interface: str) -> list[str | None]:
        """Return what the platform said of our flows under `interface`."""
        return [flow.report for flow in self.company.flows(sheet=sheet, direction="out") if interface in flow.name]

    def decide(self, sheet: str, *rows: Mapping[str, Any], name: str = "decisions.json") -> None:
        """Drop a decision file as an ERP does."""
        folder = self.company.spool / sheet / "decide"
        hidden = folder / f".{name}.tmp"
        hidden.write_text(json.dumps(rows), encoding="utf-8")
        hidden.rename(folder / name)


def _kind(content: bytes) -> Kind:
    return Kind.CPP_STATUT if b"<CPPStatut" in content else Kind.CDAR


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    data = json.loads(path.read_text(encoding="utf-8"))
    yield from data if isinstance(data, list) else [data]


def ubl(number: str, **changes: Any) -> bytes:
    """Return an invoice as `invoice` makes it."""
    return write_ubl(invoice(number, **changes))


def invoice(number: str, *, replaces: str | None = None, lines: int = 1, **changes: Any) -> Invoice:
    """Return an invoice of DAY; `replaces` is the number that it cites (BT-25)."""
    made = example_invoice(number, DAY, lines=lines, **changes)
    return made if replaces is None else replace(made, original_number=replaces, original_date=DAY)


def eventually(condition: Callable[[], object], what: Callable[[], str], seconds: float = 40) -> None:
    """Wait until `condition` holds, looking seldom enough to leave the machine to the daemon."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, what()
        time.sleep(0.1)
