"""A rule on what a Factur-X PDF claims."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple

from edid.documents.facturx_pdf.claims import PdfClaims
from edid.validation.verdict import Severity


class Breach(NamedTuple):
    """One place where a rule is broken."""

    message: str
    """English sentence, with the values."""
    place: str | None = None
    """Where in the PDF: the keys that lead there from its catalog."""
    found: str | None = None
    expected: str | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. Its meaning and what to do, in French and English, stand in schemas/explanations/factur-x-pdf.yaml."""

    id: str
    severity: Severity
    check: Callable[[PdfClaims, str | None], Iterable[Breach]]
    """Is given the claims and the BT-24 of the embedded XML; raises nothing whatever they hold."""
    source: str
    """Whose demand this is, document and section, and why it weighs what it weighs."""
    terms: tuple[str, ...] = ()
    """Business terms: BT-24."""
