"""What Chorus Pro makes of a status when it passes it on between its own circuit and the AFNOR one.

Sources: AIFE, Dossier de specifications externes FE - Chorus Pro v1.0, table 1, and v1.1, 2.4.2 and tables 9 to 11.
Data: `equivalences` of `schemas/statuses.yaml`.
"""

from __future__ import annotations

from edid.lifecycle.vocabulary import vocabulary


def afnor_code(canonical: str, frame: str | None = None) -> str | None:
    """Return the AFNOR code (MDT-105) that a platform gets for the Chorus Pro status `canonical`, or None.

    `frame` is the frame of invoicing (cadre de facturation) of the invoice, such as A9: some statuses have an
    equivalent in some frames only.
    """
    known = vocabulary().equivalences
    return known.to_cdar_by_frame.get(frame or "", {}).get(canonical) or known.to_cdar.get(canonical)


def chorus_status(code: str) -> str | None:
    """Return the status that Chorus Pro shows its public recipient for the AFNOR code `code`; None: not passed on."""
    return vocabulary().equivalences.from_cdar.get(code.strip())
