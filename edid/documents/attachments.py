"""The attachments (PJ) of a received pivot invoice.

Their content is base64 of a zip that holds one file (AIFE, Dossier de specifications externes Chorus Pro,
attachments of EDI flows); its entry may have another name than NomPJ, and some senders leave the zip out. So: the
only entry, whatever its name, under the name NomPJ; what is no such zip is kept as it came, and a sentence says so.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import ZipInfo

from lxml import etree

from edid.documents import sniff, workfile, zips
from edid.documents.contents import Contents
from edid.documents.kinds import Attachment
from edid.documents.names import safe_name, shown, unique_name
from edid.documents.values import content

if TYPE_CHECKING:  # pydantic has no place in the judge processes
    from edid.config.settings import Limits

_COMPLEMENTARY = "02"
_MADE_OF_ZIP = frozenset(
    {".zip", ".docx", ".xlsx", ".pptx", ".odt", ".ods", ".odp", ".odg", ".jar", ".docm", ".xlsm", ".epub"}
)
_ENTRIES_LISTED = 100


class Attachments:
    """Makes files of the PJ of one flow; keeps count of what zips may still unpack to."""

    def __init__(self, work: Path, limits: Limits) -> None:
        self._work = work
        self._limit = limits.attachment_size
        self._left = limits.unpacked_size
        self._count = 0
        self.contents = Contents(work, limit=limits.attachment_size)
        """Where the texts of `Contenu` go while the file is read."""

    def of(self, invoice: etree._Element) -> tuple[tuple[Attachment, ...], tuple[str, ...]]:
        """Return the attachments of one CPPFacturePivotUnitaire, and a sentence for each fault."""
        made: list[Attachment] = []
        faults: list[str] = []
        taken: set[str] = set()
        for place, node in enumerate(invoice.iterfind("PJ"), start=1):
            declared = content(node.find("NomPJ")) or content(node.find("NomPJOrigine")) or f"PJ{place:02d}"
            found = self.contents.get(content(node.find("Contenu")))
            fault = found.fault
            if found.path is not None:
                path, fault = self._unwrapped(found.path)
                made.append(_attachment(node, declared, path, taken, still_zip=fault is not None))
            if fault is not None:
                faults.append(f"The attachment {place} '{shown(declared)}' {fault}.")
        return tuple(made), tuple(faults)

    def _unwrapped(self, path: Path) -> tuple[Path, str | None]:
        """Return the file inside the zip at `path`, or `path` itself and why it stays packed."""
        if sniff.form(path) is not sniff.Form.ZIP:
            return path, None
        self._count += 1
        target = self._work / f"attachment-{self._count:06d}"
        try:
            fault = self._unzip(path, target)
        except zips.DEFECTS:
            target.unlink(missing_ok=True)
            fault = "is a damaged zip, kept as it came"
        if fault is not None:
            return path, fault
        path.unlink()
        return target, None

    def _unzip(self, path: Path, target: Path) -> str | None:
        with zips.opened(path, entries=_ENTRIES_LISTED) as archive:
            entries = [it for it in archive.infolist() if not it.is_dir()]
            if why := _unfit(entries):
                return f"is a zip {why}, kept as it came"
            allowed = min(self._limit, self._left)
            try:
                with archive.open(entries[0]) as source:
                    self._left -= workfile.copy(source, target, limit=allowed)
            except workfile.TooLongError:
                self._left -= allowed  # they were unpacked: a thousand bombs must not cost a thousand times that
                return f"is a zip that unpacks to more than {allowed} bytes, kept as it came"
        return None


def _unfit(entries: list[ZipInfo]) -> str | None:
    if len(entries) != 1:
        return f"of {len(entries)} files instead of one"
    why = zips.defect(entries[0])
    return f"whose file is {why}" if why else None


def _attachment(node: etree._Element, declared: str, path: Path, taken: set[str], *, still_zip: bool) -> Attachment:
    name = safe_name(declared)
    if still_zip and Path(name).suffix.lower() not in _MADE_OF_ZIP:
        name = safe_name(f"{name}.zip")
    with path.open("rb") as source:
        digest = hashlib.file_digest(source, "sha256").hexdigest()
    return Attachment(
        name=unique_name(name, taken),
        path=path,
        size=path.stat().st_size,
        sha256=digest,
        role=content(node.find("TypePJ")) or _COMPLEMENTARY,
        mime=content(node.find("MimeTypePJ")),
        declared_name=content(node.find("NomPJOrigine")) or content(node.find("NomPJ")),
        category=content(node.find("CategoriePJ")),
    )
