"""Why a status was given: the details of a CDAR message (SpecifiedDocumentStatus, MDG-37).

Source: XP Z12-014, terms MDT-113 to MDT-127 (motives) and MDT-206 to MDT-224 (characteristics).
"""

from __future__ import annotations

from lxml import etree

from edid.documents.cdar.names import RAM
from edid.documents.cdar.values import day, text, texts
from edid.documents.kinds import Characteristic, Reason
from edid.documents.values import amount, content

_SUBJECT = 3
"""A subject code of UNTDID 4451 has three letters and says nothing more; a longer one names a file or a tag."""
_OTHER_VALUES = ("ValueCode", "ValueMeasure", "ValueQuantity", "ValueNumeric")


def reasons(reference: etree._Element) -> tuple[Reason, ...]:
    """Return the motives of one referenced document, in document order."""
    return tuple(map(_reason, reference.iterchildren(f"{RAM}SpecifiedDocumentStatus")))


def notes(parent: etree._Element | None) -> tuple[str, ...]:
    """Return the notes (IncludedNote) of `parent`, one text each: the broken rule in front, the place behind."""
    if parent is None:
        return ()
    return tuple(filter(None, map(_note, parent.iterchildren(f"{RAM}IncludedNote"))))


def _reason(status: etree._Element) -> Reason:
    return Reason(
        code=text(status, "ReasonCode"),
        text=_joined(status, "Reason"),
        action_code=text(status, "RequestedActionCode"),
        action=_joined(status, "RequestedAction"),
        notes=notes(status),
        characteristics=tuple(
            map(_characteristic, status.iterchildren(f"{RAM}SpecifiedDocumentCharacteristic")),
        ),
    )


def _joined(status: etree._Element, name: str) -> str | None:
    return " ".join(texts(status, name)) or None


def _note(note: etree._Element) -> str | None:
    words = "\n".join(texts(note, "Content"))
    subject = text(note, "SubjectCode")
    place = f"({subject})" if subject and len(subject) > _SUBJECT else None
    said = " ".join(filter(None, (words, place)))
    return " : ".join(filter(None, (text(note, "ContentCode"), said))) or None


def _characteristic(node: etree._Element) -> Characteristic:
    held = node.find(f"{RAM}ValueAmount")
    return Characteristic(
        id=text(node, "ID"),
        type_code=text(node, "TypeCode"),
        name=text(node, "Name"),
        location=text(node, "Location"),
        value=_value(node),
        amount=amount(content(held)),
        currency=None if held is None else (held.get("currencyID") or "").strip() or None,
        percent=amount(text(node, "ValuePercent")),
    )


def _value(node: etree._Element) -> str | None:
    """Return the value that is neither amount nor percentage; a day (MDT-219) as ISO 8601."""
    written = text(node, "Value")
    if written is not None:
        return written
    when = day(node, "ValueDateTime")
    if when is not None:
        return when.isoformat()
    return next(filter(None, (text(node, name) for name in _OTHER_VALUES)), None)
