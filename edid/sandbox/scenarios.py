"""What becomes of the deposits: scripts that people choose to see how their settings and their people react."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Fate(StrEnum):
    """What becomes of one document."""

    INTEGRATED = "integrated"
    PAID = "paid"
    RECYCLED = "a-recycler"
    SUSPENDED = "suspendue"
    REJECTED = "rejetee"
    REFUSED = "refused"


LIVES: dict[Fate, tuple[str, ...]] = {
    Fate.INTEGRATED: ("01", "02", "03"),
    Fate.PAID: ("01", "02", "03", "07", "08", "09", "10", "11"),
    Fate.RECYCLED: ("01", "02", "04"),
    Fate.SUSPENDED: ("01", "02", "03", "06"),
    Fate.REJECTED: ("01", "02", "03", "05"),
    Fate.REFUSED: (),
}
"""The statuses of each fate, in the order in which they happen; a refused document never gets any."""

COMMENTS: dict[str, str] = {
    "04": "Code service inconnu de la structure : corrigez-le et renvoyez la facture, même numéro.",
    "05": "MONTANT_ERR : le montant ne correspond pas à la commande. Émettez une nouvelle facture.",
    "06": "Pièce justificative manquante : joignez le bon de livraison pour compléter la facture.",
}
"""What the public body says with a status."""


class Scenario(StrEnum):
    """The scripts that `edid sandbox` offers."""

    ALL_INTEGRATED = "all-integrated"
    PARTIAL = "partial"
    RECYCLED = "a-recycler"
    SUSPENDED = "suspendue"
    REJECTED = "rejetee"
    SILENCE = "silence"
    OUT_OF_ORDER = "out-of-order"
    DUPLICATE_FLOW = "duplicate-flow"
    REFUSED = "refused"
    SLOW = "slow"
    TOUR = "tour"


@dataclass(frozen=True, slots=True)
class Script:
    """How the platform behaves."""

    about: str
    """One sentence for people."""
    fates: tuple[Fate, ...] = (Fate.INTEGRATED,)
    """Given to the documents in turn."""
    turn_restarts: bool = True
    """True: the turn begins anew with every flow. False: it goes on from flow to flow."""
    answers: bool = True
    backwards: bool = False
    """The last status is offered first and the flow report last; each keeps the time at which it happened."""
    pace: int = 1
    """Multiplies the delay between two answers."""
    refuses_with: str | None = None
    """IRR_* code with which every flow is refused, whatever it holds."""

    def fates_of(self, count: int, before: int) -> list[Fate]:
        """Return the fates of the `count` documents of a flow, when `before` documents were accepted earlier."""
        first = 0 if self.turn_restarts else before
        return [self.fates[place % len(self.fates)] for place in range(first, first + count)]


SCRIPTS: dict[Scenario, Script] = {
    Scenario.ALL_INTEGRATED: Script("Report 92, then every invoice goes as far as its recipient."),
    Scenario.PARTIAL: Script(
        "Report 96: every second document of a flow is refused, the others go on.",
        fates=(Fate.INTEGRATED, Fate.REFUSED),
    ),
    Scenario.RECYCLED: Script("Every invoice comes back to be recycled (04).", fates=(Fate.RECYCLED,)),
    Scenario.SUSPENDED: Script("Every invoice is suspended (06).", fates=(Fate.SUSPENDED,)),
    Scenario.REJECTED: Script("Every invoice is rejected (05).", fates=(Fate.REJECTED,)),
    Scenario.SILENCE: Script("Everything is taken and nothing ever comes back.", answers=False),
    Scenario.OUT_OF_ORDER: Script("Later statuses come before earlier ones, the flow report last.", backwards=True),
    Scenario.DUPLICATE_FLOW: Script(
        "Every flow is refused as received before (93, IRR_UNCITE).", refuses_with="IRR_UNCITE"
    ),
    Scenario.REFUSED: Script("Every flow is refused (93, IRR_SYNTAX).", refuses_with="IRR_SYNTAX"),
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
}
