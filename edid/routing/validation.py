"""Sub- and co-contracted invoices: who validates them next, as far as the steps of the invoice tell.

Sources: AIFE, Dossier de specifications externes Chorus Pro v1.1, tables 9 to 11 (codes 13, 14, 18, 17) and v1.0,
6.12 (15 days, then silence is consent, where the subcontractor is paid directly); CPPFacturePivot V2_02,
CycleDeValidation. No public text says which frames have a second validator: the caller tells.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal

from edid.documents.kinds import ValidationStep
from edid.routing.identifiers import compact, folded
from edid.routing.trail import told

Awaiting = Literal["first-validator", "second-validator", "none"]
Outcome = Literal["not needed", "pending", "validated", "refused"]

VALIDATED_FRAMES: Mapping[str, bool] = {"A9": True, "A10": True, "A12": False}
"""Frames that a contractor validates: subcontractor, its payment request, co-contractor. True: the subcontractor is
paid directly, so that silence is consent."""
SECOND_VALIDATION = frozenset({"A9"})
TACIT_AFTER = timedelta(days=15)
_FIRST_YES, _FIRST_NO, _SECOND_YES, _SECOND_NO = "13", "14", "18", "17"
_KNOWN = frozenset({_FIRST_YES, _FIRST_NO, _SECOND_YES, _SECOND_NO})
_DISPUTED = frozenset({_SECOND_YES, _SECOND_NO})
"""An older numbering uses these for other words (mandatée, rejetée): a label that says neither is not believed."""


@dataclass(frozen=True, slots=True)
class ValidationStanding:
    """Where the validation of one invoice stands."""

    awaiting: Awaiting
    outcome: Outcome
    last_actor: str | None
    """Name, else identifier, of who took the last step that is understood, else the last step."""
    tacit_deadline: date | None
    """Last day before silence is consent; None when no day is known to count from, or silence says nothing."""
    fr: str
    en: str


def standing(
    frame: str | None,
    steps: Sequence[ValidationStep],
    *,
    second: Collection[str] = SECOND_VALIDATION,
    since: date | None = None,
) -> ValidationStanding:
    """Return whose validation an invoice of `frame` waits for after `steps`.

    `second`: frames that a second person validates after the first. `since`: the day on which the first validator
    got it, where the caller knows. Steps with other codes tell nothing; never raises.
    """
    name = compact(frame)
    if name not in VALIDATED_FRAMES:
        fr, en = "cette facture ne passe par aucun valideur", "this invoice goes through no validator"
        return ValidationStanding("none", "not needed", _actor(steps), None, fr, en)
    last = _last([step for step in steps if _code(step)])
    code = _code(last) if last else None
    awaiting, outcome = _after(code, has_second=name in second)
    began = since if code is None else last.at.date() if last and last.at else None
    deadline = _deadline(began) if awaiting != "none" and VALIDATED_FRAMES[name] else None
    actor = _actor([last] if last else steps)
    fr, en = _words(code, awaiting, told(actor), deadline)
    return ValidationStanding(awaiting, outcome, told(actor), deadline, fr, en)


def took_part(wanted: str, steps: Sequence[ValidationStep]) -> str | None:
    """Return the name or identifier of an actor of `steps` who is `wanted` (identifier, or part of the name)."""
    number, part = compact(wanted), folded(wanted)
    for step in steps:
        if step.actor_id and compact(step.actor_id) == number:
            return step.actor_name or step.actor_id
        if part and step.actor_name and part in folded(step.actor_name):
            return step.actor_name
    return None


def _after(code: str | None, *, has_second: bool) -> tuple[Awaiting, Outcome]:
    if code is None:
        return "first-validator", "pending"
    if code == _FIRST_YES and has_second:
        return "second-validator", "pending"
    return "none", "validated" if code in {_FIRST_YES, _SECOND_YES} else "refused"


def _code(step: ValidationStep) -> str | None:
    code = (step.code or "").strip().lstrip("0")
    if code not in _KNOWN:
        return None
    label = folded(step.label or "")
    if code in _DISPUTED and label and not ("valid" in label or "refus" in label):
        return None
    return code


def _last(steps: Sequence[ValidationStep]) -> ValidationStep | None:
    """Return the newest step: by time when all have one, else the last of the document."""
    dated = [(_utc(step.at), place) for place, step in enumerate(steps) if step.at]
    if dated and len(dated) == len(steps):
        return steps[max(dated)[1]]
    return steps[-1] if steps else None


def _utc(at: datetime) -> datetime:
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _actor(steps: Sequence[ValidationStep]) -> str | None:
    return next((told(step.actor_name or step.actor_id) for step in reversed(steps) if _named(step)), None)


def _named(step: ValidationStep) -> bool:
    return bool(step.actor_name or step.actor_id)


def _deadline(began: date | None) -> date | None:
    try:
        return began + TACIT_AFTER if began else None
    except OverflowError:
        return None


def _words(code: str | None, awaiting: Awaiting, actor: str | None, deadline: date | None) -> tuple[str, str]:
    by_fr, by_en = (f" ({actor})", f" ({actor})") if actor and code else ("", "")
    told_fr, told_en = _SAID[code, awaiting]
    until_fr = f" ; sans réponse au-delà du {deadline:%d/%m/%Y}, elle est tacitement acceptée" if deadline else ""
    until_en = f"; without an answer after {deadline.isoformat()}, it is tacitly accepted" if deadline else ""
    return f"{told_fr.format(by=by_fr)}{until_fr}", f"{told_en.format(by=by_en)}{until_en}"


_SAID: Mapping[tuple[str | None, Awaiting], tuple[str, str]] = {
    (None, "first-validator"): (
        "la validation du premier valideur est attendue",
        "the validation of the first validator is awaited",
    ),
    (_FIRST_YES, "second-validator"): (
        "validée par le premier valideur{by} ; celle du second valideur, s'il y en a un, est attendue",
        "validated by the first validator{by}; that of the second validator, if there is one, is awaited",
    ),
    (_FIRST_YES, "none"): ("validée par le valideur{by}", "validated by the validator{by}"),
    (_FIRST_NO, "none"): ("refusée par le premier valideur{by}", "refused by the first validator{by}"),
    (_SECOND_YES, "none"): ("validée par le second valideur{by}", "validated by the second validator{by}"),
    (_SECOND_NO, "none"): ("refusée par le second valideur{by}", "refused by the second validator{by}"),
}
