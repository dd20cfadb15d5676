"""CHORUS-PRO: what the historical interfaces of Chorus Pro (FSO11...) demand beyond the schema.

An invoice that breaks a fatal rule is refused by the platform, hours later and in harder words.
"""

from __future__ import annotations

from edid.validation.own.chorus import (
    amounts,
    attachments,
    document,
    frame,
    payment,
    recipient,
    references,
    supplier,
)
from edid.validation.own.rule import OwnPack

CHORUS_PRO = OwnPack(
    "CHORUS-PRO",
    "2026.11.23",
    (
        *document.RULES,
        *frame.RULES,
        *supplier.RULES,
        *recipient.RULES,
        *references.RULES,
        *payment.RULES,
        *amounts.RULES,
        *attachments.RULES,
    ),
)
