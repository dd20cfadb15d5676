"""A cause for alarm: what is wrong about what, in both languages; and which of many are named one by one."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

MOST_NAMED = 20
"""Alerts of one kind and sheet that stand at the same time; more are told as one."""
MORE = "more"
"""Subject of the alert that stands for the ones not named."""
QUEUE = "queue"
"""Subject of the alert about all flows that wait to be sent."""


class AlertKind(StrEnum):
    """What is wrong: also the key of its delay in a sheet (`alerts`), but for `space`, which has none."""

    REPORT = "report"
    """A flow was sent, and nothing was heard of it."""
    STATUS = "status"
    """An invoice was sent and its flow reported, and nothing was heard of the invoice."""
    UNFETCHED = "unfetched"
    """A file stays at the partner."""
    GAP = "gap"
    """Numbers are missing among the flows received."""
    EXPIRY = "expiry"
    """A certificate or a connection ends."""
    UNREADABLE = "unreadable"
    """The partner's out folder cannot be read."""
    UNDELIVERED = "undelivered"
    """Flows are not sent."""
    TODO = "todo"
    """A document waits for us."""
    SPACE = "space"
    """A disk is nearly full, and nothing new is taken in."""


@dataclass(frozen=True, slots=True)
class Cause:
    """One thing that is wrong now."""

    kind: AlertKind
    subject: str
    """What it is about: with the kind, what makes two causes the same."""
    fr: str
    en: str
    urgent: bool = False
    """Told louder: data or exchanges will be lost."""
    family: str = ""
    """Where given, the beginning of the subjects that this one takes the place of."""

    def replaces(self, kind: str, subject: str) -> bool:
        """Tell whether this is the same matter as the one told before under `subject`, at another stage."""
        return bool(self.family) and kind == self.kind and subject.startswith(self.family)


Causes = Sequence[Cause] | None
"""Everything of one kind that is wrong; None: not to be judged at the moment, so nothing is raised nor cleared."""


def named(causes: Sequence[Cause], standing: Collection[str], more: Cause) -> list[Cause]:
    """Return the causes to be told one by one, at most MOST_NAMED of them new, and `more` for the others.

    Those whose subject is `standing` already stay, whatever came before them since.
    """
    stay = [cause for cause in causes if cause.subject in standing]
    others = [cause for cause in causes if cause.subject not in standing]
    new = others[: max(0, MOST_NAMED - len(stay))]
    return [*stay, *new, *([more] if len(new) < len(others) else [])]


def only_standing(causes: Sequence[Cause], standing: Collection[str]) -> list[Cause]:
    """Return the causes that were told already: it is too early to tell others."""
    return [cause for cause in causes if cause.subject in standing]


def without(causes: Iterable[Cause], dismissed: Collection[tuple[str, str]]) -> list[Cause]:
    """Return `causes` but those (kind, subject) that a person dismissed."""
    return [cause for cause in causes if (str(cause.kind), cause.subject) not in dismissed]


def signed(cause: Cause, sheet: str) -> Cause:
    """Return `cause` with the sheet named in its texts."""
    return replace(cause, fr=f"Fiche {sheet} : {cause.fr}", en=f"Sheet {sheet}: {cause.en}")
