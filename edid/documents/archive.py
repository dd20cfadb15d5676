"""Archives taken apart without trusting them: bounded, flat, regular files only, under names of our own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from edid.documents import gzips, sniff, tars, zips
from edid.documents.kinds import Member
from edid.documents.members import Members
from edid.errors import RefusedInputError

if TYPE_CHECKING:  # pydantic has no place in the judge processes
    from edid.config.settings import Limits


def unpack(path: Path, work: Path, limits: Limits) -> tuple[Member, ...]:
    """Unpack the tar, tar.gz, gz or zip at `path` to `work`/0001, 0002, ... in the archive's order.

    `work` is an empty folder of the caller, who removes it, also after a refusal. Folders inside the archive are
    passed over.
    Raises RefusedInputError: `IRR_VIDE` no member, `IRR_TAILLE` too many members or bytes, `IRR_TAILLE_F` a member
    too large, `IRR_EXTRAC` damaged, encrypted, a bomb, an archive in the archive, a link or device, or a name that
    leaves the folder (codes: AIFE, Specifications externes du PPF, 3.4.2 to 3.4.4).
    """
    members = Members(work, limits, packed=path.stat().st_size)
    match sniff.form(path):
        case sniff.Form.ZIP:
            zips.unpack(path, members)
        case sniff.Form.GZIP:
            gzips.unpack(path, members)
        case _:
            with path.open("rb") as source:
                tars.unpack(source, members)
    if not members.unpacked:
        raise RefusedInputError("the archive is empty.", code="IRR_VIDE", remedy="Put at least one document into it.")
    return tuple(members.unpacked)
