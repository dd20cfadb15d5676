"""One round of sending: what was tried over one session, and what its failures say about flows and partner."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from edid.errors import EdidError, OperatorError, TransientError
from edid.exchange.outbox import Attempt


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one round of sending ended."""

    sent: int
    refused: int = 0
    """Flows that failed by themselves: they keep no other back."""
    failure: EdidError | None = None
    """Why the partner could not be used: others would fail like that, so it is left alone for a while."""
    suspects: tuple[int, ...] | None = None
    """The flows that `failure` was seen with, though the partner could be reached: it may be their fault. None: no
    session could be had."""

    @property
    def go_on(self) -> bool:
        """True when another round makes sense now."""
        return self.failure is None and self.sent + self.refused > 0


class Reach(StrEnum):
    """How far an attempt came."""

    AWAY = "away"
    """No session could be had."""
    REACHED = "reached"
    """There was a session; nothing can stand at the partner under the final name."""
    WRITTEN = "written"
    """The partner may hold the file."""


@dataclass(slots=True)
class Tried:
    """One attempt that was made. `error` is None when the flow was delivered."""

    attempt: Attempt
    error: EdidError | None = None
    reach: Reach = Reach.AWAY

    def may_be_there(self) -> None:
        """Note that from now on the partner may hold the file."""
        self.reach = Reach.WRITTEN

    @property
    def counts_against_partner(self) -> bool:
        """Tell whether another flow might have failed like this."""
        return isinstance(self.error, (TransientError, OperatorError))


@dataclass(slots=True)
class Round:
    """The attempts of one session, in their order."""

    tried: list[Tried] = field(default_factory=list)
    cut: Attempt | None = None
    """The attempt that a stop cut off when the partner may have held the file already: nobody knows how far it came."""
    committed: int = 0
    """How many of the delivered ones the journal knows."""

    @property
    def delivered(self) -> list[Attempt]:
        """The attempts that succeeded."""
        return [one.attempt for one in self.tried if one.error is None]

    @property
    def over(self) -> bool:
        """True when there is no sense in trying others: no session, or two failures in a row."""
        against = [one.counts_against_partner for one in self.tried[-2:]]
        away = bool(self.tried) and self.tried[-1].reach is Reach.AWAY
        return bool(against) and against[-1] and (away or against == [True, True])

    def alone(self, place: int) -> bool:
        """Tell whether the failure at `place` is the flow's own: the one before or after it got through."""
        neighbours = self.tried[max(0, place - 1) : place] + self.tried[place + 1 : place + 2]
        return self.tried[place].reach is not Reach.AWAY and any(one.error is None for one in neighbours)

    def outcome(self) -> Outcome:
        """Return what the round says as a whole."""
        failed = [(place, one) for place, one in enumerate(self.tried) if one.error is not None]
        partners = [one for place, one in failed if one.counts_against_partner and not self.alone(place)]
        sent, refused = len(self.tried) - len(failed), len(failed) - len(partners)
        if not partners:
            return Outcome(sent, refused)
        reached = all(one.reach is not Reach.AWAY for one in partners)
        suspects = tuple(one.attempt.flow.id for one in partners) if reached else None
        return Outcome(sent, refused, partners[-1].error, suspects)

    def left(self, attempts: Sequence[Attempt]) -> list[Attempt]:
        """Return the attempts that were not made."""
        made = {one.attempt.attempt_id for one in self.tried} | ({self.cut.attempt_id} if self.cut else set())
        return [attempt for attempt in attempts if attempt.attempt_id not in made]
