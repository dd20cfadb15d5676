"""Rules on what the PDF does, and what nobody looked at."""

from __future__ import annotations

from collections.abc import Iterator

from edid.documents.facturx_pdf.claims import PdfClaims
from edid.validation.pdf.rule import Breach, Rule
from edid.validation.verdict import Severity

_PROGRAMS = frozenset({"JavaScript", "Launch"})
_OF_PDFA = "GTS_PDFA1"


def _programs(claims: PdfClaims, _guideline: str | None) -> Iterator[Breach]:
    for action in claims.actions:
        if action.kind in _PROGRAMS:
            what = "a script" if action.kind == "JavaScript" else "a program to start"
            yield Breach(f"the PDF holds {what} ({action.kind}).", action.place, action.kind)


def _other_actions(claims: PdfClaims, _guideline: str | None) -> Iterator[Breach]:
    for action in claims.actions:
        if action.kind not in _PROGRAMS:
            what = "actions tied to events" if action.kind == "AA" else f"the action {action.kind}"
            yield Breach(f"the PDF holds {what}, which PDF/A-3 does not permit.", action.place, action.kind)


def _output_intent(claims: PdfClaims, _guideline: str | None) -> Iterator[Breach]:
    if _OF_PDFA not in claims.output_intents:
        found = ", ".join(claims.output_intents) or None
        yield Breach("the PDF has no output intent of PDF/A.", "/OutputIntents", found, _OF_PDFA)


def _not_checked(claims: PdfClaims, _guideline: str | None) -> Iterator[Breach]:
    part = "" if claims.looked_everywhere else " Only a part of its pages was looked at for scripts."
    yield Breach(f"what the PDF claims was checked, not whether its pages really conform to PDF/A-3.{part}")


RULES = (
    Rule(
        "FX-PDF-PROGRAM",
        Severity.FATAL,
        _programs,
        "ISO 19005-3, 6.5.1: neither JavaScript nor Launch. Fatal: certain, and a script can change what is seen of an "
        "invoice after it was checked.",
    ),
    Rule(
        "FX-PDF-ACTION",
        Severity.WARNING,
        _other_actions,
        "ISO 19005-3, 6.4.1, 6.5.1 and 6.5.2. Certain, but a matter of PDF/A alone: a warning, as conformity to it is "
        "not judged here.",
    ),
    Rule(
        "FX-PDF-OUTPUT-INTENT",
        Severity.WARNING,
        _output_intent,
        "ISO 19005-3, 6.2.3 and 6.2.4.3: device colours, plain black included, need an output intent. A warning: a PDF "
        "without any device colour does without.",
    ),
    Rule(
        "FX-PDF-NOT-CHECKED",
        Severity.INFORMATION,
        _not_checked,
        "Says what was not checked: conformity to PDF/A-3 (ISO 19005-3) takes a validator of that standard.",
    ),
)
"""In the order in which they are told."""
