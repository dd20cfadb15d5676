"""One poll of one sheet, from listing to filing."""

from __future__ import annotations

from collections.abc import Callable

from edid.config.sheet import SenderSheet
from edid.errors import EdidError
from edid.exchange.breaker import Breaker
from edid.exchange.fetching import fetch
from edid.exchange.house import AnySheet, House
from edid.exchange.pulse import Pulse
from edid.exchange.returns import file_returns
from edid.journal.states import Direction
from edid.transport.opening import open_transport


def poll_once(house: House, sheet: AnySheet, tell: Callable[[str], None]) -> bool:
    """Fetch and file what is new for `sheet`, telling how it went; False when the partner could not be read."""
    pulse = Pulse()
    breaker = Breaker(house.journal, sheet, Direction.IN)  # a person asks, so it is not awaited, but told
    try:
        house.folders(sheet).prepare(sender=isinstance(sheet, SenderSheet))
        with open_transport(sheet.transport) as transport:
            fetched = fetch(house, sheet, transport, pulse)
    except EdidError as error:
        breaker.end(spoke=False, error=error)
        tell(f"{sheet.name}: {error}")
        return False
    breaker.end(spoke=fetched.lost is None, error=fetched.lost)
    for shortage in house.room.shortages(sheet.name):
        tell(f"{sheet.name}: files wait for room on the disk of {shortage.folder}; see docs/limits.md")
    filed = file_returns(house, sheet, pulse)
    tell(f"{sheet.name}: {fetched.listed} listed, {fetched.new} new, {fetched.failed} failed, {filed} filed")
    return fetched.failed == 0
