"""A partner that fails when told, and flows that wait to be sent to it."""

from __future__ import annotations

from datetime import date
from pathlib import Path, PurePosixPath

from edid.config.transport import FolderSettings
from edid.exchange import outbox
from edid.journal.tables import attempts
from edid.sandbox.invoices import ubl_invoice
from edid.transport.contract import Progress, Written
from edid.transport.folder import FolderTransport
from tests.unit.exchange.corridor import Corridor, Row


class ShakyPartner(FolderTransport):
    """A real folder partner; `fails` says what the n-th put or rename raises before or after it was done."""

    def __init__(self, corridor: Corridor) -> None:
        settings = corridor.sheet.transport
        assert isinstance(settings, FolderSettings)
        super().__init__(settings)
        self.puts: list[str] = []
        self.before_put: dict[int, BaseException] = {}
        self.after_rename: dict[int, BaseException] = {}
        self._renames = 0

    def put(
        self, source: Path, target: PurePosixPath, progress: Progress | None = None, *, look: bool = False
    ) -> Written:
        self.puts.append(target.name)
        error = self.before_put.get(len(self.puts))
        if error is not None:
            raise error
        return super().put(source, target, progress, look=look)

    def rename(self, source: PurePosixPath, target: PurePosixPath) -> None:
        super().rename(source, target)
        self._renames += 1
        error = self.after_rename.get(self._renames)
        if error is not None:
            raise error


def states(corridor: Corridor) -> list[str]:
    return [flow.state for flow in corridor.flows()]


def attempts_made(corridor: Corridor) -> list[Row]:
    return corridor.rows(attempts)


def make_due(corridor: Corridor) -> None:
    for flow in corridor.flows():
        outbox.retry(corridor.house.journal, flow_id=flow.id)


def uploading(corridor: Corridor, **upload: str) -> Corridor:
    transport = {"protocol": "folder", "root": str(corridor.partner), "upload": upload}
    corridor.sheet = corridor.sender(transport=transport)
    return corridor


def pack_another(corridor: Corridor, number: str) -> None:
    corridor.drop(f"{number}.xml", ubl_invoice(number, date(2026, 9, 1)))
    corridor.take()
    corridor.judge()
    corridor.pack()
