"""Which interface code a document travels under: the sheet's subscription decides, the document helps."""

from __future__ import annotations

from edid.config.sheet import Sheet
from edid.documents.kinds import Kind, Reading
from edid.errors import RefusedInputError
from edid.flows.interfaces import Content, Direction, Interface, catalogue
from edid.flows.subscriptions import subscriptions


def choose(reading: Reading, sheet: Sheet) -> Interface:
    """Return the interface under which the document of `reading` leaves by `sheet`.

    Only principal codes of `interfaces.emission` that take this kind of document (and its frame, where the
    code is reserved to some) are considered. Among several: the one that the file itself names (its style
    sheet, such as FSO1110A.xsl), else one reserved to the document's frame, else the first in the sheet's
    order. CPPStatut files of flow statuses are acknowledgements (FSO1300A), those of invoice statuses are
    lifecycle (FSO1301A).

    Raises RefusedInputError (IRR_TYPE) when nothing subscribed takes the document, ConfigError for a wrong
    sheet.
    """
    subscribed = [catalogue()[code] for code in subscriptions(sheet.interfaces).emission]
    fitting = [candidate for candidate in subscribed if _takes(candidate, reading)]
    if not fitting:
        raise _refusal(reading, sheet)
    for candidate in fitting:
        if candidate.code == reading.interface_hint:
            return candidate
    return next((candidate for candidate in fitting if candidate.only_frames), fitting[0])


def _takes(candidate: Interface, reading: Reading) -> bool:
    if reading.kind not in candidate.kinds:
        return False
    if reading.kind is Kind.CPP_STATUT:
        wanted = Content.ACKNOWLEDGEMENT if reading.flow_statuses else Content.LIFECYCLE
        return candidate.content is wanted
    return not candidate.only_frames or _frame(reading) in candidate.only_frames


def _frame(reading: Reading) -> str | None:
    """Return the frame's code: A4 of `A4` as of `A4_SITUATION_...`."""
    written = reading.facts.frame if reading.facts else None
    return written.strip().split("_", 1)[0].upper() if written else None


def _refusal(reading: Reading, sheet: Sheet) -> RefusedInputError:
    frame = _frame(reading)
    what = f"document of kind {reading.kind}" + (f" and frame {frame}" if frame else "")
    subscribed = ", ".join(_described(catalogue()[code]) for code in sheet.interfaces.emission) or "nothing"
    usable = [
        candidate.code
        for candidate in catalogue().values()
        if candidate.direction is Direction.EMISSION and not candidate.retired and _takes(candidate, reading)
    ]
    remedy = "Deposit a format that the sheet sends"
    if usable:
        remedy += (
            f", or have one of {', '.join(usable)} added to the platform's form"
            f" and then to interfaces.emission of sheet '{sheet.name}'"
        )
    return RefusedInputError(
        f"sheet '{sheet.name}' sends no {what}: in emission it subscribes {subscribed}.",
        code="IRR_TYPE",
        remedy=f"{remedy}.",
    )


def _described(subscribed: Interface) -> str:
    reserved = f", frames {' '.join(subscribed.only_frames)} only" if subscribed.only_frames else ""
    return f"{subscribed.code} ({subscribed.format}{reserved})"
