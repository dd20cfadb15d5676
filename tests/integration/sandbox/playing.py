"""A simulated platform whose clock the test moves, and what it said, read as edid reads it."""

from __future__ import annotations

import io
import tarfile
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from edid.clock import now
from edid.config.settings import Limits
from edid.documents.kinds import FlowStatus, InvoiceStatus
from edid.sandbox.ledger import ACCEPTED, ANSWERED, REFUSED
from edid.sandbox.platform import SandboxPlatform
from edid.sandbox.scenarios import Scenario
from edid.validation.judging import judge_file
from edid.validation.verdict import Outcome

SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class Told:
    """One flow that was offered."""

    interface: str
    words: tuple[InvoiceStatus | FlowStatus, ...]

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(word.code for word in self.words)


class Play:
    """One connection of the platform."""

    def __init__(self, root: Path, scenario: Scenario = Scenario.ALL_INTEGRATED, **options: Any) -> None:
        self.root = root
        self.time = now()
        self.platform = SandboxPlatform(
            root, scenario, settle=timedelta(0), delay=SECOND, clock=lambda: self.time, **options
        )
        self._flows = 0

    def name(self, interface: str, application: str = "AAA123") -> str:
        self._flows += 1
        return f"{interface}_{application}_{application}{interface[3:7]}{self._flows:015d}"

    def deposit(self, interface: str, *documents: bytes, name: str | None = None) -> str:
        name = name or self.name(interface)
        content = documents[0] if len(documents) == 1 else packed(documents)
        (self.root / "in" / name).write_bytes(content)
        self.platform.step()
        return name

    def told(self, work: Path) -> list[Told]:
        """Let the time pass and return what came, in the order of offering; every message is valid by its schema."""
        for _ in range(60):
            self.time += 3 * SECOND
            self.platform.step()
        return [self._read(event["name"], work) for event in self.platform.ledger.events(ANSWERED)]

    def _read(self, name: str, work: Path) -> Told:
        (folder := work / f"reading-{name}").mkdir(exist_ok=True)
        judged = judge_file(self.root / "out" / name, folder, Limits())
        assert judged.verdict.outcome is Outcome.VALID, judged.verdict.findings
        assert judged.reading is not None
        return Told(name[:8], (*judged.reading.flow_statuses, *judged.reading.invoice_statuses))

    def faults(self) -> list[str]:
        return [fault["code"] for event in self.platform.ledger.events(REFUSED) for fault in event["faults"]]

    def fates(self) -> list[str]:
        return [doc["fate"] for event in self.platform.ledger.events(ACCEPTED) for doc in event["documents"]]


def packed(documents: tuple[bytes, ...]) -> bytes:
    """Return a tar.gz of `documents`."""
    archive_bytes = io.BytesIO()
    with tarfile.open(fileobj=archive_bytes, mode="w:gz") as archive:
        for place, document in enumerate(documents, start=1):
            header = tarfile.TarInfo(f"document-{place}.xml")
            header.size = len(document)
            archive.addfile(header, io.BytesIO(document))
    return archive_bytes.getvalue()
