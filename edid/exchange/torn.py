"""What a crash left of fetches: the ones that were complete are adopted, the others are dropped or kept as they are."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import structlog

from edid.exchange.fetched import keep, shown
from edid.exchange.house import AnySheet, House
from edid.exchange.setbacks import is_outage
from edid.transport.contract import RemoteFile

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class CutOff:
    """What a crash left of one fetch."""

    remote: RemoteFile
    part: Path
    note: Path
    size: int
    """Bytes that came; -1 when not even the file was made."""

    def forget(self) -> None:
        """Remove it."""
        self.part.unlink(missing_ok=True)
        self.note.unlink()


def cut_off(house: House, sheet: AnySheet) -> Iterator[CutOff]:
    """Yield the fetches of `sheet` that were cut off; a note that cannot be understood is reported and left."""
    for note in sorted(house.incoming(sheet).glob("*.json")):
        part = note.with_suffix(".part")
        try:
            expected = json.loads(note.read_bytes())
            name, size = expected["name"], expected["size"]
        except (ValueError, LookupError, TypeError, RecursionError):
            name = size = None
        if not isinstance(name, str) or not isinstance(size, int):
            log.warning("incoming.unreadable_note", sheet=sheet.name, note=str(note))
            continue
        yield CutOff(RemoteFile(name, size, None), part, note, part.stat().st_size if part.is_file() else -1)


def adopt(house: House, sheet: AnySheet) -> int:
    """Journal fetches that were complete when they were cut off; return how many."""
    return sum(_adopted(house, sheet, left) for left in cut_off(house, sheet) if left.size == left.remote.size)


def settle_torn(house: House, sheet: AnySheet, offered: set[str]) -> None:
    """Drop the beginnings of files that are still offered; of one that is not, keep the bytes that came."""
    for unborn in house.incoming(sheet).glob(".*.tmp"):
        unborn.unlink()  # a note that a kill cut off before it had its name
    for left in cut_off(house, sheet):
        if left.remote.name in offered or left.size <= 0:
            left.forget()
        else:
            log.warning("flow.torn", sheet=sheet.name, flow=shown(left.remote.name), size=left.size)
            _adopted(house, sheet, left)


def _adopted(house: House, sheet: AnySheet, left: CutOff) -> bool:
    """Keep the bytes of one fetch; what cannot be kept now stays for the next poll."""
    try:
        keep(house, sheet, left.remote, left.part)
    except Exception as error:
        if is_outage(error):
            raise
        log.exception("flow.adopt_failed", sheet=sheet.name, flow=shown(left.remote.name))
        return False
    left.forget()
    return True
