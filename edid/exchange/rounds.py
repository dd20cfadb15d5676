"""One round of sending: what was tried over one session, and what its failures say about flows and partner."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

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
    suspect: int | None = None
    """The only flow that `failure` was seen with, though the partner could be reached: it may be the flow's fault."""

    @property
    def go_on(self) -> bool:
        """True when another round makes sense now."""
        return self.failure is None and self.sent + self.refused > 0


@dataclass(slots=True)
class Tried:
    """One attempt that was made. `error` is None when the flow was delivered."""

    attempt: Attempt
    error: EdidError | None = None
    reached: bool = False
    """True once a session was had."""

    @property
    def counts_against_partner(self) -> bool:
        """Tell whether another flow might have failed like this."""
        return isinstance(self.error, (TransientError, OperatorError))


@dataclass(slots=True)
class Round:
    """The attempts of one session, in their order."""

    tried: list[Tried] = field(default_factory=list)
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
        return bool(against) and against[-1] and (not self.tried[-1].reached or against == [True, True])

    def alone(self, place: int) -> bool:
        """Tell whether the failure at `place` is the flow's own: the one before or after it got through."""
        neighbours = self.tried[max(0, place - 1) : place] + self.tried[place + 1 : place + 2]
        return self.tried[place].reached and any(one.error is None for one in neighbours)

    def outcome(self) -> Outcome:
        """Return what the round says as a whole."""
        failed = [(place, one) for place, one in enumerate(self.tried) if one.error is not None]
        partners = [one for place, one in failed if one.counts_against_partner and not self.alone(place)]
        sent, refused = len(self.tried) - len(failed), len(failed) - len(partners)
        if not partners:
            return Outcome(sent, refused)
        suspect = partners[0].attempt.flow.id if len(partners) == 1 and partners[0].reached else None
        return Outcome(sent, refused, partners[-1].error, suspect)

    def left(self, attempts: Sequence[Attempt]) -> list[Attempt]:
        """Return the attempts that were not made."""
        made = {one.attempt.attempt_id for one in self.tried}
        return [attempt for attempt in attempts if attempt.attempt_id not in made]
