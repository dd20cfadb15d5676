"""Who receives the invoice: a public body, known by the SIRET of the establishment; and what the State demands."""

from __future__ import annotations

from collections.abc import Iterator

from edid.documents.particulars.model import Datum, Particulars
from edid.validation.own.chorus.sources import AGREED, EDITOR, HIGH, MEDIUM, OCA, PIVOT, SAMPLES
from edid.validation.own.identifiers import Type, has_right_digits, is_siret, of_companies, type_of
from edid.validation.own.rule import Breach, Circumstances, Rule
from edid.validation.own.showing import short
from edid.validation.verdict import Severity

STATE = "11000201100044"
"""SIRET under which all services of the State receive their invoices."""
_TERMS = ("BT-46", "BT-47")


def _sirets(particulars: Particulars) -> list[Datum]:
    """Return the identifiers that are SIRET, those declared so first."""
    sirets = [each for each in of_companies(particulars.buyer.identifiers) if is_siret(each.value)]
    return sorted(sirets, key=lambda each: type_of(each) is not Type.SIRET)


def _siret(particulars: Particulars, _: Circumstances) -> Iterator[Breach]:
    if _sirets(particulars):
        return
    first = next(of_companies(particulars.buyer.identifiers), None)
    if first is None:
        yield Breach("the recipient has no identifier.", particulars.buyer.place, None, "a SIRET of 14 digits")
    else:
        what = " (a SIREN)" if first.value.isascii() and first.value.isdigit() and len(first.value) == 9 else ""
        message = f"the recipient's identifier '{short(first.value)}'{what} is no SIRET of 14 digits."
        yield Breach(message, first, short(first.value), "14 digits")


def _type(particulars: Particulars, _: Circumstances) -> Iterator[Breach]:
    sirets = _sirets(particulars)
    if sirets and type_of(sirets[0]) is not Type.SIRET:
        written = sirets[0].scheme
        told = f"has the type '{short(written)}'" if written else "does not tell its type"
        yield Breach(f"the recipient's SIRET {sirets[0].value} {told}.", sirets[0], written, "1")


def _check_digits(particulars: Particulars, _: Circumstances) -> Iterator[Breach]:
    for each in _sirets(particulars)[:1]:
        if not has_right_digits(each.value):
            yield Breach(f"the check digits of the recipient's SIRET {each.value} are wrong.", each, each.value)


def _place(particulars: Particulars, _: Circumstances) -> Iterator[Breach]:
    sirets, legal = _sirets(particulars), frozenset(particulars.buyer.legal)
    if sirets and not any((each in legal) == (particulars.syntax == "cii") for each in sirets):
        message = f"the recipient's SIRET {sirets[0].value} does not stand where Chorus Pro reads it."
        yield Breach(message, sirets[0], sirets[0].value)


def _to_the_state(particulars: Particulars) -> bool:
    return any(each.value == STATE for each in _sirets(particulars)[:1])


def _state_service(particulars: Particulars, _: Circumstances) -> Iterator[Breach]:
    if _to_the_state(particulars) and particulars.service_code is None:
        yield Breach("an invoice to the State has no service code.", particulars.buyer.place, None, "a service code")


def _state_engagement(particulars: Particulars, _: Circumstances) -> Iterator[Breach]:
    if _to_the_state(particulars) and particulars.engagement is None:
        message = "an invoice to the State has no engagement number."
        yield Breach(message, particulars.buyer.place, None, "an engagement number")


_STATE_SOURCE = f"{SAMPLES}, the one addressed to the State; {EDITOR}; two open connectors. {AGREED}"
RULES = (
    Rule(
        "CPP-RECIPIENT-SIRET",
        Severity.FATAL,
        _siret,
        f"{PIVOT}, Debiteur: TypeIdentifiant 1, Identifiant of 14 characters. {HIGH}",
        _TERMS,
    ),
    Rule(
        "CPP-RECIPIENT-TYPE",
        Severity.WARNING,
        _type,
        f"{PIVOT}, Debiteur/TypeIdentifiant 1; other ways to write it are in use. {MEDIUM}",
        _TERMS,
    ),
    Rule(
        "CPP-RECIPIENT-LUHN",
        Severity.FATAL,
        _check_digits,
        f"INSEE, check digits of SIREN and SIRET; test companies of the qualification platform break them. {HIGH}",
        _TERMS,
        in_qualification=Severity.WARNING,
    ),
    Rule(
        "CPP-RECIPIENT-PLACE",
        Severity.WARNING,
        _place,
        f"CII: {SAMPLES}; UBL: {OCA} and a public template of FSO1110A. {AGREED}",
        _TERMS,
    ),
    Rule("CPP-STATE-SERVICE", Severity.FATAL, _state_service, _STATE_SOURCE, ("BT-10", "BT-46")),
    Rule("CPP-STATE-ENGAGEMENT", Severity.FATAL, _state_engagement, _STATE_SOURCE, ("BT-13", "BT-46")),
)
