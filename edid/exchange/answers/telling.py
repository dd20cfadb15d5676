"""One step of the answers of a sheet: tell the next events of the journal, then remember that they are told.

Order of effects: files, then the cursor. A crash in between tells the same events again, under the same names with the
same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import Final

import structlog

from edid.errors import EdidError
from edid.exchange.answers import folder as folders
from edid.exchange.answers import growing, queue
from edid.exchange.answers.answer import Answer
from edid.exchange.answers.forms import beginning, line, whole
from edid.exchange.answers.gathered import affordable
from edid.exchange.answers.making import answers
from edid.exchange.answers.markers import Marking, marking
from edid.exchange.answers.names import daily_name, file_name
from edid.exchange.house import AnySheet, House
from edid.exchange.setbacks import is_outage, told
from edid.intake.failures import folder_failure
from edid.journal.rows import AnyRow

log = structlog.get_logger()
BATCH: Final = 250
"""Events that are told between two movements of the cursor."""
_MOST_DOCUMENTS: Final = 2_000
"""A flow may hold thousands; a batch ends with the event that goes beyond this."""
_ITEM: Final = 0


def tell(house: House, sheet: AnySheet) -> int:
    """Tell the next events of `sheet`; return how many were dealt with, those that concern nobody included.

    A folder that cannot be used leaves everything as it is: the step rests, longer each time. An event that cannot be
    told as often as it may be tried is passed over, and said in the log. Raises what says that the journal failed.
    """
    kind = _kind(sheet)
    if _ITEM in house.setbacks.resting(kind):
        return 0
    with house.journal.reading() as view:
        after = queue.position(view, sheet.name)
    if after is None:
        queue.begin(house.journal, sheet)
        return 0
    events = queue.next_events(house.journal, sheet.name, after, BATCH)
    if not events:
        return 0
    try:
        return _told(house, sheet, events, after)
    except Exception as error:
        if is_outage(error):
            raise
        if not isinstance(error, (EdidError, OSError)) and len(events) > 1:
            return _one_by_one(house, sheet, events, after)
        setback = house.setbacks.record(kind, _ITEM, error)
        if setback.hopeless:
            _pass_over(house, sheet, events[0], error)
        return 0


def _kind(sheet: AnySheet) -> str:
    return f"answers.{sheet.name}"


def _one_by_one(house: House, sheet: AnySheet, events: Sequence[AnyRow], after: int) -> int:
    """Tell events each by itself, as far as it goes: the one to blame is then first, and alone, at the next step."""
    done = 0
    for event in events:
        try:
            _told(house, sheet, [event], after)
        except Exception as error:
            if is_outage(error):
                raise
            if house.setbacks.record(_kind(sheet), _ITEM, error).hopeless:
                _pass_over(house, sheet, event, error)
            return done
        after = event.id
        done += 1
    return done


def _pass_over(house: House, sheet: AnySheet, event: AnyRow, error: Exception) -> None:
    log.error("answers.lost", sheet=sheet.name, event_id=event.id, name=event.name, error=told(error))
    with house.journal.writing() as tx:
        queue.keep(tx, sheet.name, {queue.CURSOR: event.id})
    house.setbacks.forget(_kind(sheet), _ITEM)


def _told(house: House, sheet: AnySheet, events: Sequence[AnyRow], after: int) -> int:
    settings, folder = sheet.answers, folders.status_folder(house, sheet)
    with house.journal.reading() as view:
        events = affordable(view, events, _MOST_DOCUMENTS)
        made = answers(view, events, settings.language) if settings.form != "none" else []
        wanted = settings.markers.accepted_when != "never"
        marks = marking(view, events, after, settings) if wanted else Marking((), ())
    dropped = [answer for answer in made if answer.word in settings.events]
    positions: Mapping[str, int] = {}
    try:
        if settings.files == "daily":
            positions = _grow(house, sheet, folder, dropped)
        else:
            folders.drop(folder, [(file_name(answer, settings), whole(answer, settings)) for answer in dropped])
        folders.drop(folder, marks.put)
        folders.remove(folder, marks.remove)
    except OSError as error:
        raise folder_failure(error, "drop answers in", folder) from error
    with house.journal.writing() as tx:
        queue.keep(tx, sheet.name, {queue.CURSOR: events[-1].id, **positions})
    house.setbacks.forget(_kind(sheet), _ITEM)
    if dropped or marks.put:
        log.info("answers.dropped", sheet=sheet.name, answers=len(dropped), markers=len(marks.put))
    return len(events)


def _grow(house: House, sheet: AnySheet, folder: Path, dropped: Sequence[Answer]) -> Mapping[str, int]:
    """Add the answers to the files of their days; return what the journal has to remember. Raises OSError."""
    with house.journal.reading() as view:
        place = growing.remembered(view, sheet.name)
    for day, of_day in groupby(dropped, lambda answer: answer.at.date().toordinal()):
        place = _place(house, sheet, folder, place, day)
        lines = b"".join(line(answer, sheet.answers) for answer in of_day)
        path = folder / daily_name(growing.day_of(place.day), sheet.answers)
        place = replace(place, length=growing.grow(path, place.length, beginning(sheet.answers), lines))
    return place.positions()


def _place(house: House, sheet: AnySheet, folder: Path, place: growing.Place, day: int) -> growing.Place:
    """Return where the lines of `day` go. A file that is new to the journal is remembered before it is written to."""
    day = max(day, place.day)
    name = daily_name(growing.day_of(day), sheet.answers)
    there = growing.opened(folder, name, day)
    if there.file == place.file and there.length >= place.length:
        return replace(place, day=day)
    with house.journal.writing() as tx:
        queue.keep(tx, sheet.name, there.positions())
    return there
