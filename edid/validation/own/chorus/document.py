"""What names the invoice: number, date, type."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from edid.documents.particulars.model import Particulars
from edid.documents.values import compact_day, day
from edid.validation.own.chorus.sources import AGREED, ANNEX, BR_FR, DOSSIER_2026, EDITOR, HIGH, LOW, MEDIUM, PIVOT
from edid.validation.own.lengths import longer_than
from edid.validation.own.rule import Breach, Circumstances, Rule
from edid.validation.own.showing import short
from edid.validation.verdict import Severity

LONGEST_NUMBER = 20
_NUMBER = re.compile(r"[A-Za-z0-9 +_/-]+")
_STRANGE = re.compile(r"[^A-Za-z0-9 +_/-]")
_TYPES = frozenset({"380", "381"})
_TYPES_IN_PRACTICE = frozenset({"384", "386", "389"})


def _number(particulars: Particulars, _: Circumstances) -> Iterator[Breach]:
    if particulars.number is None:
        yield Breach("the invoice has no number.")


def _characters(particulars: Particulars, _: Circumstances) -> Iterator[Breach]:
    number = particulars.number
    if number is not None and not _NUMBER.fullmatch(number.value):
        strange = short(" ".join(dict.fromkeys(_STRANGE.findall(number.value))))
        message = f"the number '{short(number.value)}' holds what is not allowed: {strange} ."
        yield Breach(message, number, short(number.value), "letters without accents, digits, blank, - + _ /")


def _date(particulars: Particulars) -> date | None:
    issued = particulars.issue_date
    if issued is None:
        return None
    return day(issued.value) if particulars.syntax == "ubl" else compact_day(issued.value)


def _real_date(particulars: Particulars, _: Circumstances) -> Iterator[Breach]:
    issued = particulars.issue_date
    if issued is None:
        yield Breach("the invoice has no issue date.")
    elif _date(particulars) is None:
        form = "YYYY-MM-DD" if particulars.syntax == "ubl" else "YYYYMMDD"
        yield Breach(f"the issue date '{short(issued.value)}' is no date.", issued, short(issued.value), form)


def _not_in_future(particulars: Particulars, circumstances: Circumstances) -> Iterator[Breach]:
    issued = _date(particulars)
    if issued is not None and issued > circumstances.day:
        message = f"the issue date {issued} is after the day of the deposit, {circumstances.day}."
        yield Breach(message, particulars.issue_date, str(issued), f"<= {circumstances.day}")


def _type(particulars: Particulars, _: Circumstances) -> Iterator[Breach]:
    if particulars.type_code is None and not particulars.is_credit_note:
        yield Breach("the invoice has no type code.", None, None, "380 or 381")


def _type_code(particulars: Particulars, _: Circumstances) -> Iterator[Breach]:
    code = particulars.type_code
    if code is not None and code.value not in _TYPES:
        in_practice = code.value in _TYPES_IN_PRACTICE
        told = (
            "is taken in practice, but no official text says so" if in_practice else "is not among those of Chorus Pro"
        )
        weight = Severity.INFORMATION if in_practice else None
        yield Breach(f"the type code '{short(code.value)}' {told}.", code, short(code.value), "380 or 381", weight)


RULES = (
    Rule("CPP-NUMBER", Severity.FATAL, _number, f"{PIVOT}, DonneesFacture/Id. {HIGH}", ("BT-1",)),
    Rule(
        "CPP-NUMBER-LENGTH",
        Severity.FATAL,
        longer_than(LONGEST_NUMBER, "the invoice number", lambda it: (it.number,)),
        f"{PIVOT}, DonneesFacture/Id; {DOSSIER_2026}. {HIGH}",
        ("BT-1",),
    ),
    Rule(
        "CPP-NUMBER-CHARACTERS",
        Severity.FATAL,
        _characters,
        f"{ANNEX}, rule G1.05; {BR_FR}, BR-FR-02, has the same characters but for the blank. {AGREED}",
        ("BT-1",),
    ),
    Rule("CPP-DATE", Severity.FATAL, _real_date, f"{PIVOT}, DateEmissionFacture. {HIGH}", ("BT-2",)),
    Rule("CPP-DATE-FUTURE", Severity.WARNING, _not_in_future, f"{EDITOR}. {MEDIUM}", ("BT-2",)),
    Rule("CPP-TYPE", Severity.FATAL, _type, f"{PIVOT}, DonneesFacture/Type. {HIGH}", ("BT-3",)),
    Rule(
        "CPP-TYPE-CODE",
        Severity.WARNING,
        _type_code,
        f"{PIVOT}, DonneesFacture/Type: 380 and 381; 384, 386 and 389 are seen to be taken, 261 and 751 refused. {LOW}",
        ("BT-3",),
    ),
)
