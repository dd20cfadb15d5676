"""Until when bytes are kept: the years of their kind, from the end of the accounting year of their last event."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from datetime import date
from enum import StrEnum

from edid.config.audit import Audit
from edid.documents.kinds import INVOICES, Kind


class Group(StrEnum):
    """What retention distinguishes; the keys of `audit.retention`."""

    INVOICES = "invoices"
    MESSAGES = "messages"
    OTHERS = "others"


HOLD_INVOICES = frozenset({*INVOICES, Kind.CPP_PIVOT, Kind.CPP_MIXTE})
HOLD_MESSAGES = frozenset({Kind.CPP_STATUT, Kind.CDAR})


def group_of(kind: str) -> Group:
    """Return the group of a document of `kind`."""
    if kind in HOLD_INVOICES:
        return Group.INVOICES
    return Group.MESSAGES if kind in HOLD_MESSAGES else Group.OTHERS


def kept_until(groups: Iterable[Group], last: date, audit: Audit) -> date | None:
    """Return the last day on which bytes of `groups` are kept that something last happened to on `last`.

    The longest of the groups counts; None: for ever.
    """
    years: list[int | None] = [getattr(audit.retention, group) for group in groups]
    if None in years or not years:
        return None
    closing = last.year + (last.month > audit.year_ends)
    year = closing + max(each for each in years if each is not None)
    return date(year, audit.year_ends, monthrange(year, audit.year_ends)[1])
