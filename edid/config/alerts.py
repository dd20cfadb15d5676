"""The part of a sheet that says after how long silence is an alarm."""

from __future__ import annotations

from datetime import timedelta

from edid.config.base import Section
from edid.config.values import Period


class AlertDelays(Section):
    """After how long edid calls a person. null: never, for that cause."""

    report: Period | None = timedelta(days=2)
    """Since a flow was sent: neither an integration report nor a first status of one of its invoices."""
    status: Period | None = timedelta(days=4)
    """Since a flow was sent and reported: no status of one of its invoices."""
    unfetched: Period | None = timedelta(days=5)
    """Since a file was first seen at the partner and could not be fetched. Chorus Pro purges after 7 days."""
    gap: Period | None = timedelta(days=1)
    """Since a received flow showed that numbers before its own are missing. null also where the partner counts its
    flows for several recipients together."""
    expiry: Period | None = timedelta(days=30)
    """Before the certificate or the connection ends; again, louder, 7 days before and once it has ended."""
    unreadable: Period | None = timedelta(hours=4)
    """Since every attempt to read the partner's out folder fails."""
    undelivered: Period | None = timedelta(hours=4)
    """Since a flow waits to be sent, or failed and waits for a person."""
    todo: Period | None = None
    """Since a document waits for us; see: edid todo."""
