"""The frame of invoicing (cadre de facturation), and the valideur that some frames need."""

from __future__ import annotations

from collections.abc import Iterator

from edid.documents.particulars.model import Particulars
from edid.validation.own.chorus.sources import ANNEX, DOSSIER, HIGH, PIVOT, SAMPLES
from edid.validation.own.rule import Breach, Circumstances, Rule
from edid.validation.own.showing import short
from edid.validation.verdict import Severity

FRAMES = frozenset(f"A{number}" for number in range(1, 26) if number != 11)
VALIDATED = frozenset({"A9", "A12"})
"""A subcontractor's and a co-contractor's invoice: the holder or the agent of the contract validates them."""
VALIDATED_WORKS = frozenset({"A4", "A7", "A10", "A13", "A14"})
"""Works documents that another party of the contract looks at first. AIFE's examples of A7 and A14 name a valideur;
A4, A10 and A13 are of the same nature, which is our reading."""


def _present(particulars: Particulars, _: Circumstances) -> Iterator[Breach]:
    if particulars.frame is None:
        weight = Severity.WARNING if particulars.syntax == "ubl" else None
        yield Breach("the invoice has no frame (cadre de facturation).", None, None, "A1 to A25", weight)


def _value(particulars: Particulars, _: Circumstances) -> Iterator[Breach]:
    frame = particulars.frame
    if frame is not None and frame.value not in FRAMES:
        sure = particulars.syntax == "cii" or "UBLExtension" in frame.path
        message = f"the frame '{short(frame.value)}' is none of the historical interfaces."
        yield Breach(message, frame, short(frame.value), "A1 to A25, without A11", None if sure else Severity.WARNING)


def _validator(particulars: Particulars, _: Circumstances) -> Iterator[Breach]:
    frame, party = particulars.frame, particulars.validator
    if frame is None or frame.value not in VALIDATED | VALIDATED_WORKS or (party and party.identifiers):
        return
    sure = particulars.syntax == "cii" and frame.value in VALIDATED
    at = party.place if party else frame
    message = f"an invoice of the frame {frame.value} names nobody who validates it (valideur)."
    yield Breach(message, at, frame.value, "the SIRET of the valideur", None if sure else Severity.WARNING)


RULES = (
    Rule(
        "CPP-FRAME",
        Severity.FATAL,
        _present,
        f"{PIVOT}, DonneesFacture/Cadre; {SAMPLES}. {HIGH} In UBL the place is not confirmed: a warning.",
        ("BT-23",),
    ),
    Rule(
        "CPP-FRAME-VALUE",
        Severity.FATAL,
        _value,
        f"{PIVOT}, DonneesFacture/Cadre; {ANNEX}: another value was refused. {HIGH} For ProfileID of UBL, a place that "
        "is not confirmed: a warning.",
        ("BT-23",),
    ),
    Rule(
        "CPP-VALIDATOR",
        Severity.FATAL,
        _validator,
        f"{DOSSIER}, 6.12, for A9 and A12; place in CII: {SAMPLES}. {HIGH} For works frames the need is our reading, "
        "and in UBL no text tells the place: a warning.",
        ("BT-23", "EXT-FR-FE-92"),
    ),
)
