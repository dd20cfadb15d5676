"""Which answers an accepted or refused flow gets, and when each happens and is offered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count, takewhile

from edid.flows.names import FlowName
from edid.lifecycle.messages.cpp_statut import Fault
from edid.sandbox import afnor
from edid.sandbox.checks import Document
from edid.sandbox.fates import Fate
from edid.sandbox.historical import Historical
from edid.sandbox.scenarios import Script
from edid.sandbox.words import Voice, Word

_AFNOR_STEP = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Answer:
    """One flow of the platform about a deposited flow."""

    word: Word
    about: FlowName
    happened: datetime
    """The time that it states."""
    due: datetime
    """When it is offered."""

    def write(self, flow: FlowName) -> bytes:
        """Return its bytes under the name `flow`."""
        return self.word.write(flow, self.happened)


def refusal_answers(about: FlowName, faults: Sequence[Fault], at: datetime, delay: timedelta) -> list[Answer]:
    """Return the report on a refused flow; nothing where no report code exists for its interface."""
    return [Answer(word, about, at, at + delay) for word in _voice(about).refused(tuple(faults))]


def answers(
    about: FlowName,
    documents: Sequence[Document],
    fates: Sequence[Fate],
    script: Script,
    at: datetime,
    delay: timedelta,
) -> list[Answer]:
    """Return what comes back about the flow `about`, accepted `at`, in the order of offering.

    `delay` lies between two moments; in the AFNOR circuits a second at least, for their messages state no fractions.
    `fates` has one fate for each document.
    """
    if not script.answers:
        return []
    voice = _voice(about, documents, fates, refuses_statuses=script.refuses_statuses)
    lives = takewhile(bool, (voice.statuses(moment) for moment in count()))
    moments = [words for words in (voice.report(), *lives, voice.afterwards()) if words]
    step = max(delay, _AFNOR_STEP) if afnor.speaks(about) else delay
    step *= script.pace
    end = at + step * len(moments)
    told: list[Answer] = []
    for place, words in enumerate(moments):
        happened = at + step * (place + 1)
        due = end + step * (len(moments) - place) if script.backwards else happened
        told += [Answer(word, about, happened, due) for word in words]
    if script.twice:
        again = step * (len(moments) + 1)
        told += [Answer(each.word, about, each.happened, each.due + again) for each in told]
    return sorted(told, key=lambda answer: answer.due)


def _voice(
    about: FlowName, documents: Sequence[Document] = (), fates: Sequence[Fate] = (), *, refuses_statuses: bool = False
) -> Voice:
    if afnor.speaks(about):
        return afnor.Afnor(about, documents, fates, refuses_statuses)
    return Historical(about, documents, fates, refuses_statuses)
