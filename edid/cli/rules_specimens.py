"""Documents that are known to be good, for rules to be tried on: the example invoices of the sandbox."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from edid import clock
from edid.documents.kinds import Kind
from edid.validation.added.copies import RefusedPackError
from edid.validation.packs import Pack, Stage

_NUMBER, _CORRECTED = "ESSAI-1", "ESSAI-0"
_GUIDELINE = "urn:cen.eu:en16931:2017"
"""BT-24 of the example invoices."""


def specimens(pack: Pack, folder: Path) -> list[Path]:
    """Write an invoice and a credit note of each kind that `pack` is for into `folder`; return the files.

    They state the first BT-24 that the pack names. Raises RefusedPackError when edid can make none of a kind.
    """
    exact = [each for each in pack.guidelines if "*" not in each]
    guideline = _GUIDELINE if _GUIDELINE in exact or not exact else exact[0]
    kinds = [
        each for each in pack.kinds if each is not Kind.FACTUR_X or guideline == _GUIDELINE or len(pack.kinds) == 1
    ]
    made: list[Path] = []
    for kind in kinds:
        if kind not in _MAKERS or (kind is Kind.FACTUR_X and guideline != _GUIDELINE):
            what = f"{kind} with BT-24 {guideline}" if kind in _MAKERS else str(kind)
            raise RefusedPackError(
                f"{pack.name} {pack.version} was not added: edid cannot make a document of kind {what} to try it on.",
                remedy="Give one that is known to be good: --try FILE.",
            )
        frame = "A1" if pack.stage is Stage.CHORUS_PRO else "B1"
        for content in _MAKERS[kind](frame):
            path = folder / f"{kind}-{len(made) + 1}"
            path.write_bytes(content.replace(f">{_GUIDELINE}<".encode(), f">{guideline}<".encode()))
            made.append(path)
    return made


def _ubl_invoices(frame: str) -> list[bytes]:
    from edid.sandbox.invoices import ubl_invoice

    return [ubl_invoice(_NUMBER, clock.now().date(), frame=frame)]


def _ubl_credit_notes(frame: str) -> list[bytes]:
    from edid.sandbox.invoices import ubl_credit_note

    return [ubl_credit_note(_NUMBER, clock.now().date(), credit_of=_CORRECTED, frame=frame)]


def _cii(frame: str) -> list[bytes]:
    from edid.sandbox.invoices import cii_invoice

    today = clock.now().date()
    return [cii_invoice(_NUMBER, today, frame=frame, credit_of=original) for original in (None, _CORRECTED)]


def _factur_x(frame: str) -> list[bytes]:
    from edid.sandbox.invoices import factur_x

    return [factur_x(_NUMBER, clock.now().date(), frame=frame)]


_MAKERS: Mapping[Kind, Callable[[str], list[bytes]]] = {
    Kind.UBL_INVOICE: _ubl_invoices,
    Kind.UBL_CREDIT_NOTE: _ubl_credit_notes,
    Kind.CII: _cii,
    Kind.FACTUR_X: _factur_x,
}
