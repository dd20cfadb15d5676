"""Which media agency an invoice belongs to: looked at before every rule, and closed where there is doubt.

An invoice bought through a media agency is handled and paid by the agency; it must not enter the advertiser's own
software (AIFE, experiment with advertising sales houses, 2018). So a code that is nearly an agency's, or a recipient
that cannot be told, keeps the invoice back all the same; it never reaches the ERP by mistake.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from edid.config.routing import Agency
from edid.routing.conditions import Subject, begins_code, has_gln_shape, names_code
from edid.routing.identifiers import Fit, recipient_fit
from edid.routing.trail import Check, Trace, asked, told

Ground = Literal["code", "near code", "unclear recipient of code", "whole recipient", "unclear recipient"]


@dataclass(frozen=True, slots=True)
class Withheld:
    """Why an invoice is kept from the ERP, and for which agency."""

    agency: Agency
    ground: Ground
    trace: Trace

    @property
    def folder(self) -> str | None:
        """Its folder below `excluded`, or None. An agency's folder is for what is surely the agency's."""
        sure = self.ground == "code" or (self.ground == "whole recipient" and not self.agency.has_codes)
        return self.agency.folder if sure else None


def withheld(agencies: Sequence[Agency], subject: Subject) -> Withheld | None:
    """Return the agency that keeps the invoice from the ERP, or None when it is nobody's.

    An exact code counts before a beginning, and a beginning before the mere shape of a GLN, whatever the order of the
    agencies; then near codes; then recipients that hold nothing but sales-house invoices.
    """
    fits = [_Recipient.of(agency, subject) for agency in agencies]
    for ground in (_by_code, _by_near_code, _by_recipient):
        found = next(ground(fits, subject), None)
        if found is not None:
            return found
    return None


def none_of_theirs(agencies: Sequence[Agency], subject: Subject) -> Trace:
    """Return the trace that says that no agency keeps the invoice back."""
    names = asked(tuple(agency.name for agency in agencies))
    check = Check("codes of all agencies", names, told(subject.service_code or None), fits=False)
    return Trace("agencies", str(len(agencies)), fits=False, checks=(check,))


@dataclass(frozen=True, slots=True)
class _Recipient:
    """An agency, and whether the invoice went to one of its recipients."""

    agency: Agency
    fit: Fit

    @classmethod
    def of(cls, agency: Agency, subject: Subject) -> _Recipient:
        return cls(agency, recipient_fit(agency.recipients, subject.facts) if agency.recipients else "yes")


def _by_code(fits: Sequence[_Recipient], subject: Subject) -> Iterator[Withheld]:
    # An unclear recipient is asked after the sure ones: another agency may have the same code in another SIRET.
    for wanted in ("yes", "unclear"):
        for condition in ("service_codes", "service_prefixes", "gln"):
            for one in fits:
                check = _check(one.agency, condition, subject)
                if one.fit == wanted and check is not None and check.fits:
                    yield _kept(one, "code" if wanted == "yes" else "unclear recipient of code", subject, check)


def _by_near_code(fits: Sequence[_Recipient], subject: Subject) -> Iterator[Withheld]:
    for one in fits:
        for condition in ("service_codes", "service_prefixes", "gln"):
            check = _check(one.agency, condition, subject)
            if one.fit != "no" and check is not None and check.near:
                yield _kept(one, "near code", subject, check)


def _by_recipient(fits: Sequence[_Recipient], subject: Subject) -> Iterator[Withheld]:
    whole = [one for one in fits if one.agency.whole_recipient]
    # The agency without codes comes first: it is the one that takes what no code tells apart.
    for one in sorted(whole, key=_has_codes):
        if one.fit == "yes":
            yield _kept(one, "whole recipient", subject)
    for one in whole:
        if one.fit == "unclear":
            yield _kept(one, "unclear recipient", subject)


def _has_codes(one: _Recipient) -> bool:
    return one.agency.has_codes


def _check(agency: Agency, condition: str, subject: Subject) -> Check | None:
    if condition == "service_codes" and agency.service_codes:
        answer, wanted = names_code(agency.service_codes, subject), asked(agency.service_codes)
    elif condition == "service_prefixes" and agency.service_prefixes:
        answer, wanted = begins_code(agency.service_prefixes, subject), asked(agency.service_prefixes)
    elif condition == "gln" and agency.gln:
        answer, wanted = has_gln_shape(wanted=True, subject=subject), "true"
    else:
        return None
    found = told(answer.found or None)
    return Check(condition, wanted, found, answer.fits, answer.near and not answer.fits)


def _kept(one: _Recipient, ground: Ground, subject: Subject, *checks: Check) -> Withheld:
    recipients = one.agency.recipients
    place = (
        Check("recipients", asked(recipients), told(subject.facts.buyer_id), one.fit == "yes", one.fit == "unclear")
        if recipients
        else None
    )
    kept = (*((place,) if place else ()), *checks)
    return Withheld(one.agency, ground, Trace("agency", one.agency.name, all(check.fits for check in kept), kept))
