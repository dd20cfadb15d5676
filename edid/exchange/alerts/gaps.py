"""Received flows whose numbers are missing, for each party that numbers flows to us under an interface.

A flow identifier ends with a sequence of 15 digits, given by the party that made the flow (AIFE, Dossier de
specifications externes FE - Chorus Pro v1.0, 5.4.3.1). Whether a platform counts for each recipient apart, no text
says: where it does not, one alert says that the numbers do not follow one another.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import Connection, select

from edid.exchange.alerts.cause import MOST_NAMED, AlertKind, Cause, Causes
from edid.exchange.alerts.look import Look
from edid.exchange.alerts.numbering import Gap, Numbering
from edid.exchange.alerts.words import moment_en, moment_fr
from edid.journal.rows import AnyRow
from edid.journal.states import Direction
from edid.journal.tables import flows

_PAGE = 5_000
_MOST_STREAMS = 1_000
_SHOWN = 10
_IDENTIFIER = re.compile(r"([A-Z0-9]{6})([0-9]{4})([0-9]{15})")
_SPANS = re.compile(r"[0-9]+-[0-9]+(?:,[0-9]+-[0-9]+)*")
_Span = tuple[int, int]


class ReceivedNumbers:
    """The numbers of the flows received by one sheet; reads each flow once."""

    def __init__(self) -> None:
        self._newest = 0
        self._streams: dict[str, Numbering] = {}

    def missing(self, look: Look) -> Causes:
        """Return what has been missing for too long: each time several numbers at most, told together."""
        delay = look.sheet.alerts.gap
        if delay is None:
            return []
        until = look.heard_until()
        if until is None:
            return None
        self._read(look.view, look.sheet.name)
        causes: list[Cause] = []
        standing, dismissed = look.told(AlertKind.GAP), look.dismissed_of(AlertKind.GAP)
        for stream, numbering in sorted(self._streams.items()):
            overdue = [gap for gap in numbering.gaps() if until - gap.since > delay]
            if len(overdue) > MOST_NAMED or not numbering.is_sequence:
                causes.append(_no_sequence(stream))
            elif overdue:
                causes += _told(stream, overdue, standing, dismissed)
        return [cause for cause in causes if cause.subject not in dismissed]

    def _read(self, view: Connection, sheet: str) -> None:
        """Take in the flows received since the last time, as they come out of one query: there may be very many."""
        query = (
            select(flows.c.id, flows.c.identifier, flows.c.interface_code, flows.c.created_at)
            .where(flows.c.sheet == sheet, flows.c.direction == Direction.IN, flows.c.id > self._newest)
            .order_by(flows.c.id)
        )
        for row in view.execute(query, execution_options={"yield_per": _PAGE}):
            self._add(row)
            self._newest = row.id

    def _add(self, row: AnyRow) -> None:
        """Take in one received flow; a name that is not made as the rule says has no number."""
        match = _IDENTIFIER.fullmatch(row.identifier or "")
        if match is None or match[2] != (row.interface_code or "")[3:7]:
            return
        stream = f"{match[1]} {match[2]}"
        if stream not in self._streams and len(self._streams) >= _MOST_STREAMS:
            return
        self._streams.setdefault(stream, Numbering()).add(int(match[3]), row.created_at)


def _told(stream: str, overdue: Sequence[Gap], standing: Iterable[str], dismissed: Iterable[str]) -> list[Cause]:
    """Return the alarms about one stream: those told before, while a number of theirs is missing; and one more."""
    causes = []
    covered: list[_Span] = [span for subject in dismissed for span in _spans(stream, subject)]
    for subject in sorted(standing):
        spans = _spans(stream, subject)
        still = [gap for gap in overdue if gap.within(spans)]
        if still:
            causes.append(_gap(stream, subject, still))
        covered += spans
    new = [gap for gap in overdue if not gap.within(covered)]
    if new:
        numbers = ",".join(f"{gap.first}-{gap.last}" for gap in new)
        causes.append(_gap(stream, f"{stream} {numbers}", new))
    return causes


def _spans(stream: str, subject: str) -> list[_Span]:
    """Return the numbers that the subject of an alert names; none when it is about another stream."""
    numbers = subject.removeprefix(f"{stream} ")
    if numbers == subject or not _SPANS.fullmatch(numbers):
        return []
    pairs = (span.split("-") for span in numbers.split(","))
    return [(int(first), int(last)) for first, last in pairs]


def _gap(stream: str, subject: str, gaps: Sequence[Gap]) -> Cause:
    count = sum(gap.last - gap.first + 1 for gap in gaps)
    since: datetime = min(gap.since for gap in gaps)
    shown = gaps[:_SHOWN]
    return Cause(
        AlertKind.GAP,
        subject,
        f"il manque {count} flux dans la suite {stream} des flux reçus : {_listed(shown, ' à ')}"
        f"{', ...' if len(gaps) > len(shown) else ''}. Des numéros plus récents sont arrivés le {moment_fr(since)}. "
        "Demandez à la plateforme si ces flux vous étaient destinés et faites-les remettre à disposition.",
        f"{count} flow(s) missing in the sequence {stream} of received flows: {_listed(shown, ' to ')}"
        f"{', ...' if len(gaps) > len(shown) else ''}. Newer numbers arrived on {moment_en(since)}. Ask the platform "
        "whether these flows were for you, and to offer them again.",
    )


def _listed(gaps: Sequence[Gap], to: str) -> str:
    return ", ".join(str(gap.first) if gap.first == gap.last else f"{gap.first}{to}{gap.last}" for gap in gaps)


def _no_sequence(stream: str) -> Cause:
    return Cause(
        AlertKind.GAP,
        stream,
        f"la suite {stream} des flux reçus a plus de {MOST_NAMED} trous. Demandez à la plateforme si des flux "
        "manquent ; si elle numérote ensemble les flux de plusieurs destinataires, mettez alerts.gap à null.",
        f"the sequence {stream} of received flows has more than {MOST_NAMED} gaps. Ask the platform whether flows are "
        "missing; where it numbers the flows of several recipients together, set alerts.gap to null.",
        family=f"{stream} ",
    )
