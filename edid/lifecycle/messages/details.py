"""The details of a CDAR status: motives with their notes and data, and enclosed files.

Source: UN/CEFACT, CDAR D22B; terms MDT-96, MDT-113 to MDT-127 and MDT-206 to MDT-224 of XP Z12-014.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass, replace

from edid.documents.kinds import Characteristic, Reason
from edid.documents.values import day
from edid.lifecycle.messages.tree import Branch, words

_CHANGED = {"DIV": "true", "DVA": "true", "MAJ": "true", "MEN": "false", "MPA": "false", "RAP": "false"}
"""MDT-209 as the samples have it: data of the invoice that are wrong, expected or put right; sums are none."""


@dataclass(frozen=True, slots=True)
class Enclosure:
    """One file that goes with a status."""

    name: str
    content: bytes
    mime: str = "application/pdf"


def write_enclosures(reference: Branch, enclosures: Sequence[Enclosure]) -> None:
    """Add `enclosures` to the referenced document."""
    for each in enclosures:
        held = base64.b64encode(each.content).decode("ascii")
        reference.leaf("ram:AttachmentBinaryObject", held, mimeCode=each.mime, filename=each.name)


def write_details(
    reference: Branch, reasons: Sequence[Reason], characteristics: Sequence[Characteristic], comment: str | None
) -> None:
    """Add one numbered detail for each of `reasons`, and one for `characteristics`; `comment` goes to the first."""
    details = list(reasons)
    if characteristics or (comment is not None and not details):
        details.append(Reason(characteristics=tuple(characteristics)))
    if comment is not None:
        details[0] = replace(details[0], notes=(comment, *details[0].notes))
    for place, detail in enumerate(details, start=1):
        _detail(reference.branch("ram:SpecifiedDocumentStatus"), detail, place)


def _detail(status: Branch, reason: Reason, place: int) -> None:
    status.leaf("ram:ReasonCode", reason.code)
    status.leaf("ram:Reason", words(reason.text))
    status.leaf("ram:RequestedActionCode", reason.action_code)
    status.leaf("ram:RequestedAction", words(reason.action))
    status.leaf("ram:SequenceNumeric", place)
    for note in filter(None, map(words, reason.notes)):
        status.branch("ram:IncludedNote").leaf("ram:Content", note)
    for each in reason.characteristics:
        _characteristic(status.branch("ram:SpecifiedDocumentCharacteristic"), each)


def _characteristic(branch: Branch, datum: Characteristic) -> None:
    branch.leaf("ram:ID", datum.id)
    branch.leaf("ram:TypeCode", datum.type_code)
    if datum.type_code in _CHANGED:
        indicator = branch.branch("ram:ValueChangedIndicator")
        indicator.leaf("udt:IndicatorString", _CHANGED[datum.type_code])
    branch.leaf("ram:Name", words(datum.name))
    branch.leaf("ram:Location", words(datum.location))
    on = day(datum.value) if datum.amount is not None else None
    if on is None:
        branch.leaf("ram:Value", words(datum.value))
    if datum.amount is not None:
        branch.leaf("ram:ValueAmount", f"{datum.amount:f}", currencyID=datum.currency or "EUR")
    if on is not None:
        branch.branch("ram:ValueDateTime").leaf("udt:DateTimeString", on.isoformat().replace("-", ""), format="102")
    if datum.percent is not None:
        branch.leaf("ram:ValuePercent", f"{datum.percent:f}")
