"""Who issues the invoice: an identifier of a type that Chorus Pro knows."""

from __future__ import annotations

import re
from collections.abc import Iterator

from edid.documents.particulars.model import Datum, Particulars
from edid.validation.own.chorus.sources import AGREED, HIGH, LOW, MEDIUM, OCA, PIVOT, SAMPLES
from edid.validation.own.identifiers import Type, has_right_digits, is_siret, of_companies, type_of
from edid.validation.own.rule import Breach, Circumstances, Rule
from edid.validation.own.showing import short
from edid.validation.verdict import Severity

_TERMS = ("BT-29", "BT-30")
_EU_VAT = re.compile(r"(?!FR)[A-Z]{2}[0-9A-Z+*]{2,12}")


def _known(particulars: Particulars) -> list[Datum]:
    return [each for each in of_companies(particulars.seller.identifiers) if type_of(each)]


def _present(particulars: Particulars, _: Circumstances) -> Iterator[Breach]:
    if not any(of_companies(particulars.seller.identifiers)):
        yield Breach("the supplier has no identifier.", particulars.seller.place, None, "a SIRET of 14 digits")


def _type(particulars: Particulars, _: Circumstances) -> Iterator[Breach]:
    first = next(of_companies(particulars.seller.identifiers), None)
    if first is not None and not _known(particulars):
        told = f"has the type '{short(first.scheme)}', which is unknown" if first.scheme else "does not tell its type"
        message = f"the supplier's identifier '{short(first.value)}' {told}."
        yield Breach(message, first, first.scheme, "1 (SIRET), 2, 3, 4, 5, 6 or 7")


def _siret(particulars: Particulars, _: Circumstances) -> Iterator[Breach]:
    for each in _known(particulars):
        if type_of(each) is Type.SIRET and not is_siret(each.value):
            message = f"the supplier's SIRET '{short(each.value)}' has not 14 digits."
            yield Breach(message, each, short(each.value), "14 digits")


def _check_digits(particulars: Particulars, _: Circumstances) -> Iterator[Breach]:
    for each in _known(particulars):
        if type_of(each) is Type.SIRET and is_siret(each.value) and not has_right_digits(each.value):
            yield Breach(f"the check digits of the supplier's SIRET {each.value} are wrong.", each, each.value)


def _vat(particulars: Particulars, _: Circumstances) -> Iterator[Breach]:
    for each in _known(particulars):
        if type_of(each) is Type.EU_VAT and not _EU_VAT.fullmatch(each.value):
            message = f"'{short(each.value)}' is no VAT number of another country of the European Union."
            yield Breach(message, each, short(each.value), "a country code and the number, such as BE0429958042")


def _place(particulars: Particulars, _: Circumstances) -> Iterator[Breach]:
    known, legal = _known(particulars), frozenset(particulars.seller.legal)
    if known and not any((each in legal) == (particulars.syntax == "cii") for each in known):
        message = f"the supplier's identifier {short(known[0].value)} does not stand where Chorus Pro reads it."
        yield Breach(message, known[0], short(known[0].value))


RULES = (
    Rule("CPP-SUPPLIER-ID", Severity.FATAL, _present, f"{PIVOT}, Fournisseur/Identifiant; {SAMPLES}. {HIGH}", _TERMS),
    Rule(
        "CPP-SUPPLIER-TYPE",
        Severity.WARNING,
        _type,
        f"{PIVOT}, TypeIdentifiant 1 to 7; other ways to write a type are seen in {SAMPLES}. {MEDIUM}",
        _TERMS,
    ),
    Rule("CPP-SUPPLIER-SIRET", Severity.FATAL, _siret, f"{PIVOT}, TypeIdentifiant 1; INSEE, SIRET. {HIGH}", _TERMS),
    Rule(
        "CPP-SUPPLIER-LUHN",
        Severity.FATAL,
        _check_digits,
        f"INSEE, check digits of SIREN and SIRET; test companies of the qualification platform break them. {HIGH}",
        _TERMS,
        in_qualification=Severity.WARNING,
    ),
    Rule(
        "CPP-SUPPLIER-VAT",
        Severity.WARNING,
        _vat,
        f"{PIVOT}, TypeIdentifiant 2; {SAMPLES}: the VAT number; its form is not told there. {LOW}",
        _TERMS,
    ),
    Rule(
        "CPP-SUPPLIER-PLACE",
        Severity.WARNING,
        _place,
        f"CII: {SAMPLES}; UBL: {OCA} and a public template of FSO1110A. {AGREED}",
        _TERMS,
    ),
)
