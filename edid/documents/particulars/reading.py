"""Reading the particulars of an invoice from its tree."""

from __future__ import annotations

from dataclasses import replace

from edid.documents.kinds import Kind
from edid.documents.particulars import cii, ubl
from edid.documents.particulars.condition import Condition
from edid.documents.particulars.model import Particulars
from edid.documents.xml import Tree


def read(tree: Tree, kind: Kind, *, blobs_shortened: bool = False, skeleton: bool = False) -> Particulars | None:
    """Return the particulars of an invoice; None when documents of `kind` have none.

    The tree of a FACTUR_X is that of its embedded XML. `blobs_shortened`: the tree was parsed from what
    `edid.documents.blobs` left, so that the size of long attachments is unknown. `skeleton`: it comes from
    `edid.documents.xml.stream`, without lines and attachment contents. What was not read is named in `unseen`.
    Never raises for what the document holds.
    """
    condition = Condition(blobs_shortened=blobs_shortened, skeleton=skeleton)
    match kind:
        case Kind.UBL_INVOICE | Kind.UBL_CREDIT_NOTE:
            particulars = ubl.read(tree.getroot(), condition)
        case Kind.CII | Kind.FACTUR_X:
            particulars = cii.read(tree.getroot(), condition)
        case _:
            return None
    return replace(particulars, unseen=tuple(condition.unseen))
