"""What becomes of the deposits: scripts that people choose to see how their settings and their people react."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from edid.sandbox.fates import Fate, named_in


class Scenario(StrEnum):
    """The scripts that `edid sandbox` offers."""

    ALL_INTEGRATED = "all-integrated"
    PAID = "paid"
    PARTIAL = "partial"
    RECYCLED = "a-recycler"
    SUSPENDED = "suspendue"
    SUSPENDED_THEN_COMPLETED = "suspend-then-complete"
    DISPUTED = "en-litige"
    REJECTED = "rejetee"
    SILENCE = "silence"
    OUT_OF_ORDER = "out-of-order"
    DOUBLED = "doubled"
    DOUBLE_DELIVERY = "double-delivery"
    PLACEHOLDERS = "placeholders"
    DUPLICATE_FLOW = "duplicate-flow"
    REFUSED = "refused"
    REFUSED_STATUSES = "refused-statuses"
    SLOW = "slow"
    TOUR = "tour"
    AS_NUMBERED = "as-numbered"


@dataclass(frozen=True, slots=True)
class Script:
    """How the platform behaves."""

    about: str
    """One sentence for people."""
    fates: tuple[Fate, ...] = (Fate.INTEGRATED,)
    """Given to the documents in turn."""
    turn_restarts: bool = True
    """True: the turn begins anew with every flow. False: it goes on from flow to flow."""
    by_number: bool = False
    """True: a number that names a fate, such as PAID-1, has it."""
    answers: bool = True
    backwards: bool = False
    """The last status is offered first and the flow report last; each keeps the time at which it happened."""
    twice: bool = False
    """Every answer is offered again, in a flow of another name."""
    pace: int = 1
    """Multiplies the delay between two answers."""
    refuses_with: str | None = None
    """IRR_* code with which every flow is refused, whatever it holds."""
    refuses_statuses: bool = False
    """True: the statuses that a partner gives are refused."""

    def fates_of(self, numbers: Sequence[str | None], before: int) -> list[Fate]:
        """Return the fates of the documents of a flow, when `before` documents were accepted earlier."""
        first = 0 if self.turn_restarts else before
        in_turn = [self.fates[place % len(self.fates)] for place in range(first, first + len(numbers))]
        if not self.by_number:
            return in_turn
        return [named_in(number) or fate for number, fate in zip(numbers, in_turn, strict=True)]


SCRIPTS: dict[Scenario, Script] = {
    Scenario.ALL_INTEGRATED: Script("The flow is received, then every invoice goes as far as its recipient."),
    Scenario.PAID: Script("Every invoice goes its whole way, up to the payment.", fates=(Fate.PAID,)),
    Scenario.PARTIAL: Script(
        "Every second document of a flow is refused (96 names it, or 213), the others go on.",
        fates=(Fate.INTEGRATED, Fate.REFUSED),
    ),
    Scenario.RECYCLED: Script("Every invoice comes back to be recycled (04; AFNOR: 210).", fates=(Fate.RECYCLED,)),
    Scenario.SUSPENDED: Script("Every invoice is suspended (06; AFNOR: 208).", fates=(Fate.SUSPENDED,)),
    Scenario.SUSPENDED_THEN_COMPLETED: Script(
        "As suspendue; one that is sent again under its number is completed, then paid.", fates=(Fate.SUSPENDED,)
    ),
    Scenario.DISPUTED: Script("Every invoice is disputed (AFNOR: 207; else suspended).", fates=(Fate.DISPUTED,)),
    Scenario.REJECTED: Script("Every invoice is rejected by its recipient (05; AFNOR: 210).", fates=(Fate.REJECTED,)),
    Scenario.SILENCE: Script("Everything is taken and nothing ever comes back.", answers=False),
    Scenario.OUT_OF_ORDER: Script(
        "Later statuses come before earlier ones, the flow report last.", by_number=True, backwards=True
    ),
    Scenario.DOUBLED: Script("Everything is told twice.", by_number=True, twice=True),
    Scenario.DOUBLE_DELIVERY: Script(
        "Every invoice is well received, then refused once more as double (IRR_UNCITE; AFNOR: 213 DOUBLON).",
        fates=(Fate.DOUBLE,),
    ),
    Scenario.PLACEHOLDERS: Script(
        "The platform cannot read what it refuses: number, date and supplier are placeholders.",
        fates=(Fate.UNREADABLE,),
    ),
    Scenario.DUPLICATE_FLOW: Script(
        "Every flow is refused as if received before (IRR_UNCITE).", refuses_with="IRR_UNCITE"
    ),
    Scenario.REFUSED: Script("Every flow is refused (IRR_SYNTAX).", refuses_with="IRR_SYNTAX"),
    Scenario.REFUSED_STATUSES: Script(
        "Invoices are taken; the statuses that a partner gives are refused (93; AFNOR: 601).", refuses_statuses=True
    ),
    Scenario.SLOW: Script("As all-integrated, with twenty-five times the delay between answers.", pace=25),
    Scenario.TOUR: Script(
        "A different fate for each document in turn: integrated, paid, suspended, recycled, rejected, refused.",
        fates=(
            Fate.INTEGRATED,
            Fate.PAID,
            Fate.SUSPENDED,
            Fate.INTEGRATED,
            Fate.RECYCLED,
            Fate.INTEGRATED,
            Fate.REJECTED,
            Fate.PAID,
            Fate.REFUSED,
        ),
        turn_restarts=False,
    ),
    Scenario.AS_NUMBERED: Script(
        "The number of an invoice says what becomes of it: PAID-1, SUSPENDUE-1, REJETEE-1 ...; else integrated.",
        by_number=True,
    ),
}
