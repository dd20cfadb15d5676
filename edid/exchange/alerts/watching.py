"""One look at a sheet: what is wrong now against what was told before. Raises what is new, clears what is gone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from edid.clock import now
from edid.exchange.alerts import rows
from edid.exchange.alerts.cause import AlertKind, Cause, Causes, signed
from edid.exchange.alerts.expiry import ending
from edid.exchange.alerts.gaps import ReceivedNumbers
from edid.exchange.alerts.look import Look
from edid.exchange.alerts.partner import unfetched, unreadable
from edid.exchange.alerts.polls import load_polls
from edid.exchange.alerts.presence import present_since
from edid.exchange.alerts.silence import unreported, unspoken
from edid.exchange.alerts.space import short_of_room
from edid.exchange.alerts.waiting import undelivered, waiting_for_us
from edid.exchange.house import AnySheet, House
from edid.exchange.setbacks import is_outage
from edid.journal.rows import AnyRow

log = structlog.get_logger()


@dataclass(slots=True)
class Watch:
    """What one process remembers of one sheet between two looks; made anew from the journal when lost."""

    numbers: ReceivedNumbers = field(default_factory=ReceivedNumbers)

    def judges(self) -> Mapping[AlertKind, Callable[[Look], Causes]]:
        """Return who judges each kind."""
        return {
            AlertKind.REPORT: unreported,
            AlertKind.STATUS: unspoken,
            AlertKind.UNFETCHED: unfetched,
            AlertKind.GAP: self.numbers.missing,
            AlertKind.EXPIRY: ending,
            AlertKind.UNREADABLE: unreadable,
            AlertKind.UNDELIVERED: undelivered,
            AlertKind.TODO: waiting_for_us,
            AlertKind.SPACE: short_of_room,
        }


@dataclass(frozen=True, slots=True)
class Changes:
    """What one look changed."""

    raised: Sequence[Cause] = ()
    cleared: Sequence[AnyRow] = ()
    """Not those that others took the place of."""


def look_at(house: House, sheet: AnySheet, watch: Watch, at: datetime | None = None) -> Changes:
    """Look at `sheet` as of `at` (now), journal and log what is new or gone, and return it.

    A judge that fails by a fault of its own leaves its kind as it stands and stops no other. Raises what says that the
    journal itself failed.
    """
    at = at or now()
    since = present_since(house.settings.state, sheet.name, at)
    polls = load_polls(house.settings.state, sheet.name)
    room = house.room.shortages(sheet.name)
    with house.journal.reading() as view:
        told = rows.standing(view, sheet.name)
        look = Look(view, sheet, at, since, polls, rows.by_kind(told), rows.dismissed(view, sheet.name), room)
        judged = {kind: _judged(kind, judge, look) for kind, judge in watch.judges().items()}
    wrong = {
        (str(kind), cause.subject): signed(cause, sheet.name)
        for kind, causes in judged.items()
        for cause in causes or ()
    }
    settled = {str(kind) for kind, causes in judged.items() if causes is not None}
    return _tell(house, sheet, told, wrong, settled, at)


def _judged(kind: AlertKind, judge: Callable[[Look], Causes], look: Look) -> Causes:
    try:
        return judge(look)
    except Exception as error:
        if is_outage(error):
            raise
        log.exception("alerts.fault", sheet=look.sheet.name, kind=str(kind))
        return None


def _tell(
    house: House,
    sheet: AnySheet,
    told: Sequence[AnyRow],
    wrong: Mapping[tuple[str, str], Cause],
    settled: set[str],
    at: datetime,
) -> Changes:
    """Journal the difference in one transaction; nothing is written when there is none."""
    known = {(row.kind, row.subject) for row in told}
    raised = [cause for key, cause in wrong.items() if key not in known]
    gone = [row for row in told if row.kind in settled and (row.kind, row.subject) not in wrong]
    changed = [(row, wrong[row.kind, row.subject]) for row in told if (row.kind, row.subject) in wrong]
    changed = [(row, cause) for row, cause in changed if (row.text_fr, row.text_en) != (cause.fr, cause.en)]
    if not raised and not gone and not changed:
        return Changes()
    replaced = {row.id for row in gone if any(cause.replaces(row.kind, row.subject) for cause in raised)}
    with house.journal.writing() as tx:
        ids = rows.raise_(tx, sheet.name, raised, at)
        rows.clear(tx, gone, at, replaced)
        for row, cause in changed:
            rows.retell(tx, row, cause)
    spoken = house.settings.language
    for alert_id, cause in zip(ids, raised, strict=True):
        say = log.error if cause.urgent else log.warning
        text = cause.fr if spoken == "fr" else cause.en
        say(rows.RAISED, sheet=sheet.name, alert=alert_id, kind=str(cause.kind), subject=cause.subject, text=text)
    cleared = [row for row in gone if row.id not in replaced]
    for row in cleared:
        log.info(rows.CLEARED, sheet=sheet.name, alert=row.id, kind=row.kind, subject=row.subject)
    return Changes(tuple(raised), tuple(cleared))
