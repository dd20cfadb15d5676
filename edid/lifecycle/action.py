"""Who has to act in a state, and what they do: dated, and seen from the side of the seller or of the buyer.

Sources: AIFE, Dossier de specifications externes FE - Chorus Pro v1.1, 2.4.2 and 6.12; AIFE, Dossier general v3.2,
table 8 and annex 7. Data: `schemas/actions.yaml`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from edid.documents.names import shown
from edid.lifecycle.actions import AnswerName, AnswerText, Period, State, actions
from edid.lifecycle.flow_reports import FlowReport
from edid.lifecycle.statuses import Meaning

_LONGEST_CODE = 60


class Actor(StrEnum):
    """Who acts next."""

    NOBODY = "nobody"
    PLATFORM = "platform"
    US = "us"
    RECIPIENT = "recipient"
    """The recipient of an invoice that we sent, or whoever checks it before."""
    SUPPLIER = "supplier"
    """The seller of an invoice that we received."""


@dataclass(frozen=True, slots=True)
class Action:
    """What is to be done now."""

    actor: Actor
    answer: AnswerName
    """How it is answered; `none` when there is nothing to send, or nothing that edid can."""
    what_fr: str
    what_en: str
    days: int | None = None
    """How long there is for it, from the status on; None: no official text gives a delay."""


def action(
    canonical: str | None,
    on: date,
    direction: str = "out",
    *,
    said: Meaning | None = None,
    reasons: Iterable[str] = (),
) -> Action:
    """Return who has to do what about an invoice in the state `canonical` on the day `on`; never raises.

    `direction` is `out` for an invoice that we sent, `in` for one that we received. `said` is what the status was
    understood as: it lends its words to the text for an unknown or ambiguous code. `reasons` are the motives' codes;
    one that changes the answer does so when every motive does. A report of a flow is answered as such.
    """
    if canonical in set(FlowReport):
        return flow_action(canonical, reasons)
    state = actions().states.get(canonical or "")
    if state is None:
        return _look_it_up(canonical, said)
    changed = [state.because.get(code) for code in reasons]
    if changed and (because := changed[0]) is not None and all(changed):
        return _built(because.in_ if direction == "in" else because.out)
    return _built(_holding(_periods(state, direction), on))


def flow_action(report: FlowReport | str, reasons: Iterable[str] = ()) -> Action:
    """Return who has to do what about a flow with `report`; `reasons` are the codes of its errors. Never raises."""
    row = actions().reports.get(str(report)) or actions().reports[FlowReport.UNKNOWN]
    changed = [row.because.get(code) for code in reasons]
    if changed and changed[0] is not None and all(changed):
        return _built(changed[0])
    return _built(row.do)


def dated_actions(canonical: str, direction: str = "out") -> list[tuple[date | None, Action]]:
    """Return every action known for a state with its first day (None: always), the oldest first; [] if unknown."""
    state = actions().states.get(canonical)
    if state is None:
        return [(None, flow_action(canonical))] if canonical in set(FlowReport) else []
    periods = _periods(state, direction)
    return [(None if number == 0 else each.since, _built(each.do)) for number, each in enumerate(periods)]


def actions_by_reason(canonical: str, direction: str = "out") -> list[tuple[str, Action]]:
    """Return the motives that change what is to be done in a state, each with what it is then."""
    if canonical in set(FlowReport):
        return [(code, _built(do)) for code, do in actions().reports[canonical].because.items()]
    state = actions().states.get(canonical)
    if state is None:
        return []
    return [(code, _built(do.in_ if direction == "in" else do.out)) for code, do in state.because.items()]


def _periods(state: State, direction: str) -> Sequence[Period]:
    return state.in_ if direction == "in" else state.out


def _holding(periods: Sequence[Period], on: date) -> str:
    begun = [each.do for each in periods if each.since <= on]
    return begun[-1] if begun else periods[0].do


def _built(name: str) -> Action:
    text: AnswerText = actions().answers[name]
    return Action(Actor(text.actor), text.answer, text.fr, text.en, text.days)


def _look_it_up(canonical: str | None, said: Meaning | None) -> Action:
    code = shown((said.code if said is not None else canonical or "").strip(), limit=_LONGEST_CODE) or "?"
    if said is not None and said.alternatives:
        may_fr = " ou ".join(f"« {each.label_fr} »" for each in said.alternatives)
        may_en = " or ".join(f"'{each.label_en}'" for each in said.alternatives)
        fr = f"Regardez la facture sur le portail : le code {code} peut vouloir dire {may_fr}."
        en = f"Look at the invoice on the portal: the code {code} may mean {may_en}."
        return Action(Actor.US, "none", fr, en)
    if canonical is None and said is None:
        fr = "Regardez la facture sur le portail : le code de ce statut n'est pas connu, ou a plusieurs sens."
        en = "Look at the invoice on the portal: the code of this status is unknown, or has several meanings."
        return Action(Actor.US, "none", fr, en)
    fr = f"Regardez la facture sur le portail : edid ne connaît pas le code {code}."
    en = f"Look at the invoice on the portal: edid does not know the code {code}."
    return Action(Actor.US, "none", fr, en)
