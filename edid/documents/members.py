"""The members of one archive, each checked and written as it comes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from edid.documents import sniff, workfile
from edid.documents.kinds import Member
from edid.documents.names import shown
from edid.errors import RefusedInputError

if TYPE_CHECKING:  # pydantic has no place in the judge processes
    from edid.config.settings import Limits

_RATIO = 500
"""XML of repeated lines packs up to some 300 to 1; what packs better was made to burst."""
_RATIO_FREE = 10 * 1000**2
"""Bytes that an archive may unpack to whatever its ratio."""
_LEAVING = re.compile(r"[/\\]|[A-Za-z]:|(?:.*[/\\])?\.\.(?:[/\\]|$)", re.DOTALL)


class Members:
    """What has been unpacked to a work folder so far, and the bounds that still apply."""

    def __init__(self, work: Path, limits: Limits, *, packed: int) -> None:
        self._work = work
        self._limits = limits
        self._left = limits.unpacked_size
        self._ratio_left = max(_RATIO_FREE, packed * _RATIO)
        self.unpacked: list[Member] = []

    @property
    def most(self) -> int:
        """The largest number of members allowed."""
        return self._limits.flow_documents

    def add(self, name: str, source: workfile.Readable) -> None:
        """Write the next member from `source`. Raises RefusedInputError, see `edid.documents.archive.unpack`."""
        check_name(name)
        if len(self.unpacked) >= self.most:
            raise RefusedInputError(
                f"the archive holds more than {self.most} documents.",
                code="IRR_TAILLE",
                remedy="Send it in several archives.",
            )
        path = self._work / f"{len(self.unpacked) + 1:04d}"
        try:
            size = workfile.copy(source, path, limit=self._bound())
        except workfile.TooLongError as error:
            raise self._too_long(name) from error
        self._left -= size
        self._ratio_left -= size
        if sniff.form(path) in sniff.PACKED:
            raise broken(f"'{shown(name)}' is itself an archive", remedy="Put the documents side by side.")
        self.unpacked.append(Member(shown(name), path, size))

    def _bound(self) -> int:
        return min(self._limits.document_size, self._left, self._ratio_left)

    def _too_long(self, name: str) -> RefusedInputError:
        bound = self._bound()
        if bound == self._limits.document_size:
            return RefusedInputError(
                f"'{shown(name)}' is larger than the {bound} bytes allowed for one document.",
                code="IRR_TAILLE_F",
                remedy="Send it in smaller documents, or with fewer attachments.",
            )
        if bound == self._left:
            return RefusedInputError(
                f"the archive unpacks to more than {self._limits.unpacked_size} bytes.",
                code="IRR_TAILLE",
                remedy="Send it in several archives.",
            )
        return broken(f"the archive unpacks to more than {_RATIO} times its size")


def check_name(name: str) -> None:
    """Raise RefusedInputError when `name` is absolute, climbs out of its folder or holds a NUL."""
    if _LEAVING.match(name) or "\x00" in name:
        raise broken(f"the member name '{shown(name)}' leaves the archive's folder")


def broken(why: str, *, remedy: str = "Pack the documents again, as plain files.") -> RefusedInputError:
    """Return the refusal of an archive that cannot or must not be unpacked."""
    return RefusedInputError(f"this archive is refused: {why}.", code="IRR_EXTRAC", remedy=remedy)
