"""The loops of one sheet: taking, judging and sending on the way out; fetching and filing on the way in."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from edid.config.sheet import SenderSheet
from edid.exchange import outbox
from edid.exchange.breaker import Breaker
from edid.exchange.house import AnySheet, House
from edid.intake.watch import FolderWatch
from edid.journal.states import Direction
from edid.service.alerting import alerting_loop
from edid.service.answering import answering_loop
from edid.service.inbound import Fetching
from edid.service.loop import Loop
from edid.service.messages import Messages, gives_statuses
from edid.service.outbound import Outbound, Sending


@dataclass(slots=True)
class Corridors:
    """Everything that runs for one sheet."""

    sheet: AnySheet
    loops: list[Loop] = field(default_factory=list)
    watches: list[FolderWatch] = field(default_factory=list)
    breakers: list[Breaker] = field(default_factory=list)
    fetching: Fetching | None = None

    def start(self) -> None:
        """Start all loops, and the watches of the drop folders."""
        for loop in self.loops:
            loop.start()
        for watch in self.watches:
            watch.start()

    def stop(self, within: float) -> None:
        """Ask all loops to end; `join` waits for them."""
        for watch in self.watches:
            watch.stop()
        for loop in self.loops:
            loop.stop(within=within)

    def join(self, deadline: float) -> bool:
        """Wait until the monotonic time `deadline`; True when every loop has ended."""
        for loop in self.loops:
            loop.join(max(0.0, deadline - time.monotonic()))
        return not any(loop.is_alive() for loop in self.loops)

    def cut(self) -> None:
        """End the sessions with the partner under the loops that still wait for it."""
        for loop in self.loops:
            if loop.is_alive():
                loop.cut()

    def refresh(self) -> None:
        """Watch the drop folders anew if they were replaced or mounted since."""
        for watch in self.watches:
            watch.refresh()

    def poll(self) -> None:
        """Have the partner's out folder read now."""
        if self.fetching is not None:
            self.fetching.poll()

    def mended(self) -> None:
        """Say that somebody may have mended what the partner refused us for."""
        for breaker in self.breakers:
            breaker.mended()


def build(house: House, sheet: AnySheet) -> Corridors:
    """Prepare the folders of `sheet`, put interrupted work back in the queue, and return its loops, not started."""
    folders = house.folders(sheet)
    folders.prepare(sender=isinstance(sheet, SenderSheet))
    corridors = Corridors(sheet)
    fetching = Fetching(house, sheet, Breaker(house.journal, sheet, Direction.IN))
    if isinstance(sheet, SenderSheet) or gives_statuses(sheet):
        outbox.recover(house, sheet)
        outbox.release(house, sheet)
        sending = Sending(house, sheet, Breaker(house.journal, sheet, Direction.OUT))
        _couple(sending, fetching)
        corridors.breakers.append(sending.breaker)
        _outwards(house, sheet, corridors, sending)
    answering = answering_loop(house, sheet)
    corridors.loops += [answering] if answering is not None else []
    corridors.fetching = fetching
    corridors.breakers.append(fetching.breaker)
    corridors.loops.append(fetching.loop)
    corridors.loops.append(alerting_loop(house, sheet))
    return corridors


def _couple(sending: Sending, fetching: Fetching) -> None:
    """Let each direction try at once when the other one finds the partner well again."""

    def sent() -> None:
        sending.healed()
        fetching.hurry()

    sending.breaker.on_healed = sent
    fetching.breaker.on_healed = sending.hurry


def _outwards(house: House, sheet: AnySheet, corridors: Corridors, sending: Sending) -> None:
    """Add the loops by which documents and lifecycle messages of `sheet` leave."""
    if isinstance(sheet, SenderSheet):
        outbound = Outbound(house, sheet, sending)
        corridors.watches.append(outbound.watch)
        corridors.loops += outbound.loops
    if gives_statuses(sheet):
        messages = Messages(house, sheet, sending)
        corridors.watches += [messages.watch] if messages.watch is not None else []
        corridors.loops.append(messages.loop)
    corridors.loops += sending.loops
