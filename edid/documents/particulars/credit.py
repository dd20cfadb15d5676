"""Which type codes (BT-3) are those of a credit note."""

from __future__ import annotations

from edid.documents.particulars.model import Datum

CREDIT_NOTES = frozenset({"81", "83", "261", "262", "296", "308", "381", "396", "420", "458", "502", "503", "532"})
"""UNTDID 1001, as EN 16931 shares its codes between invoices and credit notes (BR-CL-01), and AFNOR's 502, 503."""


def is_credit(type_code: Datum | None) -> bool:
    """Tell whether `type_code` is that of a credit note."""
    return type_code is not None and type_code.value in CREDIT_NOTES
