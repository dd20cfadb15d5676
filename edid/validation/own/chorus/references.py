"""What the recipient finds the invoice's order by: service code, engagement, contract, prior invoice."""

from __future__ import annotations

import re
from collections.abc import Iterator

from edid.documents.particulars.model import Particulars
from edid.validation.own.chorus.document import LONGEST_NUMBER
from edid.validation.own.chorus.sources import HIGH, LOW, PIVOT, SAMPLES
from edid.validation.own.lengths import longer_than
from edid.validation.own.rule import Breach, Circumstances, Rule
from edid.validation.own.showing import short
from edid.validation.verdict import Severity

_SERVICE = re.compile(r"[\w -]+")
_CONTRACT_TYPES = ("CT", "BC")


def _service(particulars: Particulars, _: Circumstances) -> Iterator[Breach]:
    code = particulars.service_code
    if code is not None and not _SERVICE.fullmatch(code.value):
        message = f"the service code '{short(code.value)}' holds unusual characters."
        yield Breach(message, code, short(code.value), "letters, digits, _, - and blanks")


def _contract_type(particulars: Particulars, _: Circumstances) -> Iterator[Breach]:
    written = particulars.contract_type
    if particulars.syntax == "cii" and written is not None and written.value not in _CONTRACT_TYPES:
        message = f"the type '{short(written.value)}' of the contract reference is neither CT nor BC."
        yield Breach(message, written, short(written.value), "CT (contract) or BC (marché)")


RULES = (
    Rule(
        "CPP-SERVICE-LENGTH",
        Severity.FATAL,
        longer_than(100, "the service code", lambda it: (it.service_code,)),
        f"{PIVOT}, Debiteur/CodeService. {HIGH}",
        ("BT-10",),
    ),
    Rule(
        "CPP-SERVICE-CHARACTERS",
        Severity.INFORMATION,
        _service,
        f"characters seen in real service codes, told by an open project. {LOW}",
        ("BT-10",),
    ),
    Rule(
        "CPP-ENGAGEMENT-LENGTH",
        Severity.FATAL,
        longer_than(50, "the engagement number", lambda it: (it.engagement,)),
        f"{PIVOT}, Engagement/NumeroEngagement. {HIGH}",
        ("BT-13",),
    ),
    Rule(
        "CPP-CONTRACT-LENGTH",
        Severity.FATAL,
        longer_than(50, "the contract number", lambda it: (it.contract,)),
        f"{PIVOT}, Engagement/NumeroMarche. {HIGH}",
        ("BT-12",),
    ),
    Rule(
        "CPP-CONTRACT-TYPE",
        Severity.WARNING,
        _contract_type,
        f"{SAMPLES}, comments: CT and BC; no text says that another value is refused. {LOW}",
        ("BT-12", "EXT-FR-FE-01"),
    ),
    Rule(
        "CPP-PRECEDING-LENGTH",
        Severity.FATAL,
        longer_than(LONGEST_NUMBER, "the number of the prior invoice", lambda it: it.preceding),
        f"{PIVOT}, IdFactureOrigine. {HIGH}",
        ("BT-25",),
    ),
)
