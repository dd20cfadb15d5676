"""Verdicts of every outcome, made by hand, and one whose author controls every text of it."""

from __future__ import annotations

from edid.report.judged import Judged
from edid.validation.verdict import VALIDATOR_FAULT, Finding, Outcome, PackUsed, Severity, Verdict, concluded

SCHEMA_PACK = PackUsed("UBL-Invoice", "2.1", "ab" * 32)
NORM_PACK = PackUsed("EN16931-UBL", "1.3.16", "cd" * 32, outcome=Outcome.INVALID, broken=1)
SILENT_PACK = PackUsed(
    "BR-FR-UBL", "1.3.0", "ef" * 32, outcome=Outcome.NOT_JUDGED, because="the worker ran out of memory."
)
TOTAL = Finding(
    "BR-CO-15",
    Severity.FATAL,
    "[BR-CO-15] the totals of the invoice do not add up.",
    line=5,
    path="/Invoice/cac:LegalMonetaryTotal/cbc:TaxInclusiveAmount",
    found="120.00",
    expected="119.00",
    pack="EN16931-UBL",
    terms=("BT-112", "BT-109"),
)
UNWANTED = Finding(
    "UBL-CR-001",
    Severity.WARNING,
    "[UBL-CR-001] extensions are not wanted.",
    line=3,
    path="/Invoice/ext:UBLExtensions",
    pack="EN16931-UBL",
)
FAULT = Finding(VALIDATOR_FAULT, Severity.WARNING, "XPTY0004 in rule BR-49", line=4, pack="BR-FR-UBL")

INVALID = concluded([SCHEMA_PACK, NORM_PACK], [UNWANTED, TOTAL], profile="chorus-pro")
VALID = concluded([SCHEMA_PACK], [], profile="chorus-pro")
SILENT = concluded([SCHEMA_PACK, SILENT_PACK], [FAULT], profile="chorus-pro")
HOSTILE = (
    "</script><script>alert(1)</script>\"'&]]>\x1b[2J\x1b]0;owned\x07\r\nVALID other.xml"
    "\x00\x9b\u202e\ufffe\udce9\u2028"
)
"""Markup, escape sequences of terminals, a fake line, signs that XML forbids, a byte of a name that is no UTF-8."""


def judged(verdict: Verdict, name: str = "a.xml", *, source: bytes | None = None, number: str | None = "F-1") -> Judged:
    return Judged(name, "ubl-invoice", number, verdict, None if source is None else lambda: source, seconds=0.25)


def hostile() -> Judged:
    """A document whose author controls every text that a report shows."""
    said = Finding(
        HOSTILE, Severity.FATAL, HOSTILE, 2, HOSTILE, HOSTILE, HOSTILE, HOSTILE, pack=HOSTILE, terms=(HOSTILE,)
    )
    pack = PackUsed(HOSTILE, HOSTILE, HOSTILE, outcome=Outcome.NOT_JUDGED, because=HOSTILE)
    verdict = Verdict(Outcome.INVALID, (pack,), (said, FAULT), profile=HOSTILE)
    source = b"<a>\n</pre><script>alert(1)</script>\x1b[2J\x9b\n"
    return Judged(HOSTILE, HOSTILE, HOSTILE, verdict, lambda: source)


def many(count: int, *, rules: int = 1) -> Verdict:
    """A verdict of `count` findings of `rules` rules."""
    findings = [
        Finding(f"BR-{place % rules}", Severity.FATAL, "m" * 200, place + 1, "/Invoice" + "/cac:Line" * 20, "f" * 300)
        for place in range(count)
    ]
    return concluded([NORM_PACK], findings)
