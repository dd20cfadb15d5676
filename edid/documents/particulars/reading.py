"""Reading the particulars of an invoice from its tree."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from edid.documents.kinds import Kind
from edid.documents.particulars import cii, ubl
from edid.documents.particulars.condition import Condition
from edid.documents.particulars.model import Particulars
from edid.documents.xml import Element, Tree


def read(
    tree: Tree, kind: Kind, *, taken: Mapping[Element, int] | None = None, skeleton: bool = False
) -> Particulars | None:
    """Return the particulars of an invoice; None when documents of `kind` have none.

    The tree of a FACTUR_X is that of its embedded XML. `taken`: what its attachment contents have lost, as
    `edid.documents.xml.parse_shortened` tells it. `skeleton`: it comes from `edid.documents.xml.stream`, without lines
    and attachment contents. What was not read is named in `unseen`.
    Never raises for what the document holds.
    """
    condition = Condition(taken=taken, skeleton=skeleton)
    match kind:
        case Kind.UBL_INVOICE | Kind.UBL_CREDIT_NOTE:
            particulars = ubl.read(tree.getroot(), condition)
        case Kind.CII | Kind.FACTUR_X:
            particulars = cii.read(tree.getroot(), condition)
        case _:
            return None
    return replace(particulars, unseen=tuple(condition.unseen))
