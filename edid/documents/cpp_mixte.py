"""CPPFactureMixte: invoices deposited as a few data with their PDF (interface FSO1113A).

AIFE's schema is not public. Known from files in use: the same envelope and the same parts as CPPFacturePivot, units
called `CPPFactureMixteUnitaire`, rates in `TVAS`. What is not there is absent from the facts, never guessed.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from edid.documents import cpp_pivot
from edid.documents.kinds import Kind, Reading

if TYPE_CHECKING:  # pydantic has no place in the judge processes
    from edid.config.settings import Limits

ROOT = "CPPFactureMixte"
_INVOICE = "CPPFactureMixteUnitaire"


def read(path: Path, work: Path, limits: Limits) -> Reading:
    """Return the invoices of the CPPFactureMixte at `path`, their attachments decoded to the empty folder `work`.

    `facts` are those of its invoice when it holds exactly one; several have theirs in `invoices` only.
    Raises RefusedInputError as `edid.documents.cpp_pivot.read` does.
    """
    reading = cpp_pivot.read_invoices(path, work, limits, kind=Kind.CPP_MIXTE, tag=_INVOICE)
    if len(reading.invoices) != 1:
        return reading
    return replace(reading, facts=reading.invoices[0].facts)
