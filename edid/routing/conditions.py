"""The conditions of a rule, each held against one invoice. A datum that is missing fits nothing.

Whether platforms tell service codes apart by capitals is not documented: they are compared exactly, blanks around them
aside, and a code that is only written in another way is told as near.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import Any

from edid.config.routing import AmountRange, Conditions
from edid.config.routing_values import frames, is_gln
from edid.documents.kinds import Facts, Kind, ValidationStep
from edid.routing.identifiers import (
    compact,
    fold_of_setting,
    folded,
    recipient_fit,
    squeeze_of_setting,
    squeezed,
    supplier_is,
)
from edid.routing.trail import Check, asked, told
from edid.routing.validation import ValidationStanding, took_part

CREDIT_NOTES = frozenset({"81", "83", "261", "262", "296", "308", "381", "396", "420", "458", "502", "503", "532"})
"""Types of credit notes (UNTDID 1001 as EN 16931-1 restricts it, rule BR-CL-01)."""


_spans = lru_cache(maxsize=1_024)(frames)


@dataclass(frozen=True)
class Subject:
    """The invoice that rules are held against."""

    facts: Facts
    kind: str | None
    standing: ValidationStanding
    steps: Sequence[ValidationStep] = ()

    @cached_property
    def service_code(self) -> str:
        """The service code without the blanks around it; empty when there is none."""
        return (self.facts.service_code or "").strip()

    @cached_property
    def folded_service(self) -> str:
        """Letters and digits of the service code."""
        return folded(self.service_code)

    @cached_property
    def squeezed_service(self) -> str:
        """The service code in small letters without blanks."""
        return squeezed(self.service_code)

    @cached_property
    def engagement(self) -> str:
        """The engagement number without the blanks around it; empty when there is none."""
        return (self.facts.engagement or "").strip()


@dataclass(frozen=True, slots=True)
class _Answer:
    found: object
    fits: bool
    near: bool = False


def checks(conditions: Conditions | None, subject: Subject) -> Iterator[Check]:
    """Yield each condition that is asked, held against `subject`, in the order of the documentation."""
    for name, test in _TESTS.items():
        wanted = getattr(conditions, name, None)
        if wanted is not None:
            answer = test(wanted, subject)
            found = answer.found if answer.found != "" else None
            yield Check(name, _asked(wanted), told(found), answer.fits, answer.near and not answer.fits)


def names_code(codes: Sequence[str], subject: Subject) -> _Answer:
    """Tell whether the service code is one of `codes`."""
    code = subject.service_code
    near = bool(subject.folded_service) and any(fold_of_setting(one) == subject.folded_service for one in codes)
    return _Answer(code, code in codes, near)


def begins_code(prefixes: tuple[str, ...], subject: Subject) -> _Answer:
    """Tell whether the service code begins with one of `prefixes`."""
    near = any(subject.squeezed_service.startswith(squeeze_of_setting(one)) for one in prefixes)
    return _Answer(subject.service_code, bool(subject.service_code) and subject.service_code.startswith(prefixes), near)


def has_gln_shape(wanted: bool, subject: Subject) -> _Answer:  # noqa: FBT001 - the value of a condition
    """Tell whether the service code is there and has, or has not, the shape of a GLN."""
    code = subject.service_code
    near = wanted and is_gln(subject.folded_service)
    return _Answer(code, bool(code) and is_gln(code) is wanted, near)


def _recipients(sirets: Sequence[str], subject: Subject) -> _Answer:
    return _Answer(subject.facts.buyer_id, recipient_fit(sirets, subject.facts) == "yes")


def _suppliers(wanted: Sequence[str], subject: Subject) -> _Answer:
    facts = subject.facts
    return _Answer(facts.seller_id or facts.seller_vat, any(supplier_is(one, facts) for one in wanted))


def _frames(wanted: tuple[str, ...], subject: Subject) -> _Answer:
    return _Answer(subject.facts.frame, compact(subject.facts.frame) in _spans(wanted))


def _document_types(wanted: Sequence[str], subject: Subject) -> _Answer:
    code = (subject.facts.type_code or "").strip().lstrip("0")
    group = _group(code, subject.kind)
    fits = (bool(code) and code in {one.lstrip("0") for one in wanted}) or group in wanted
    return _Answer(f"{code} ({group})" if code else group, fits)


def _group(code: str, kind: str | None) -> str | None:
    if code in CREDIT_NOTES or kind == Kind.UBL_CREDIT_NOTE:
        return "credit-note"
    return "invoice" if code or kind == Kind.UBL_INVOICE else None


def _kinds(wanted: Sequence[str], subject: Subject) -> _Answer:
    return _Answer(subject.kind, subject.kind in wanted)


def _amount(wanted: AmountRange, subject: Subject) -> _Answer:
    facts = subject.facts
    amount: Decimal | None = getattr(facts, wanted.of)
    if amount is None or not amount.is_finite():
        return _Answer(None, fits=False)
    low = wanted.min is None or wanted.min <= amount
    high = wanted.max is None or amount <= wanted.max
    found = f"{amount} {facts.currency or '?'}"
    return _Answer(found, low and high and compact(facts.currency) == wanted.currency)


def _engagement(wanted: bool, subject: Subject) -> _Answer:  # noqa: FBT001 - the value of a condition
    return _Answer(subject.engagement, bool(subject.engagement) is wanted)


def _engagement_prefixes(wanted: tuple[str, ...], subject: Subject) -> _Answer:
    number = subject.engagement
    written = squeezed(number)
    near = any(written.startswith(squeeze_of_setting(one)) for one in wanted)
    return _Answer(number, bool(number) and number.startswith(wanted), near)


def _awaiting(wanted: Sequence[str], subject: Subject) -> _Answer:
    return _Answer(subject.standing.awaiting, subject.standing.awaiting in wanted)


def _validator(wanted: str, subject: Subject) -> _Answer:
    actor = took_part(wanted, subject.steps)
    return _Answer(actor or subject.standing.last_actor, actor is not None)


def _asked(wanted: Hashable) -> str:
    if isinstance(wanted, AmountRange):
        low = f">= {wanted.min} " if wanted.min is not None else ""
        high = f"<= {wanted.max} " if wanted.max is not None else ""
        return f"{wanted.of} {low}{high}{wanted.currency}"
    return asked(str(wanted).lower() if isinstance(wanted, bool) else wanted)


_TESTS: Mapping[str, Callable[[Any, Subject], _Answer]] = {
    "recipients": _recipients,
    "service_codes": names_code,
    "service_prefixes": begins_code,
    "gln": has_gln_shape,
    "suppliers": _suppliers,
    "frames": _frames,
    "document_types": _document_types,
    "kinds": _kinds,
    "amount": _amount,
    "engagement": _engagement,
    "engagement_prefixes": _engagement_prefixes,
    "awaiting": _awaiting,
    "validator": _validator,
}
