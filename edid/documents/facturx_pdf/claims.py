"""The claims of a Factur-X PDF: which file it carries as its invoice, and what its metadata say of it.

Nothing here tells whether a claim is right: the rules are in `edid.validation.pdf`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

INVOICE_NAMES = ("factur-x.xml", "zugferd-invoice.xml", "xrechnung.xml")
"""Names that an embedded invoice goes by, best first and in any case: ZUGFeRD 1 and 2.0 wrote `ZUGFeRD-invoice.xml`."""


@dataclass(frozen=True, slots=True)
class EmbeddedFile:
    """One file inside the PDF, reached from the list of attached files or from /AF. Texts are fit to be shown."""

    key: str | None
    """Its name in the list of attached files (/Names /EmbeddedFiles); None when it is not there."""
    f: str | None
    """/F of its file specification."""
    uf: str | None
    """/UF of its file specification: the name that readers show."""
    relationship: str | None
    """AFRelationship, without the slash: Data, Source, Alternative, Supplement, Unspecified, ... ."""
    mime: str | None
    """/Subtype of the embedded bytes, such as text/xml."""
    associated: bool
    """Whether the /AF of the whole document lists it."""
    size: int | None
    """Bytes, as the PDF itself says (/Params /Size); not measured."""
    contents: tuple[str, ...] = ()
    """Of a file named like an invoice: what stands for its bytes as they are stored (sha256). More than one when /F and
    /UF lead to different bytes: two readers then see two invoices."""

    @property
    def names(self) -> tuple[str, ...]:
        """Every name it is given, once each."""
        return tuple(dict.fromkeys(name for name in (self.key, self.f, self.uf) if name is not None))

    @property
    def is_invoice(self) -> bool:
        """Whether one of its names is that of an invoice."""
        return any(name.casefold() in INVOICE_NAMES for name in self.names)


@dataclass(frozen=True, slots=True)
class Xmp:
    """What the metadata of the whole document say. Each value as written, once; empty when it is not stated."""

    pdfa_part: tuple[str, ...] = ()
    """pdfaid:part, 3 in a PDF/A-3."""
    pdfa_conformance: tuple[str, ...] = ()
    """pdfaid:conformance: A, B or U."""
    document_type: tuple[str, ...] = ()
    document_file_name: tuple[str, ...] = ()
    version: tuple[str, ...] = ()
    conformance_level: tuple[str, ...] = ()
    namespaces: tuple[str, ...] = ()
    """Namespaces of the four properties above: that of Factur-X, or an older one of ZUGFeRD."""
    described: tuple[str, ...] = ()
    """Namespaces that a PDF/A extension schema describes."""


@dataclass(frozen=True, slots=True)
class Action:
    """Something that the PDF makes a reader do, and PDF/A-3 does not permit."""

    kind: str
    """JavaScript, Launch, ...; `AA` for actions that are tied to events."""
    place: str
    """Where it hangs: `/OpenAction`, `/Names /JavaScript`, `/Pages`, ... ."""


@dataclass(frozen=True, slots=True)
class PdfClaims:
    """What one PDF says of itself."""

    files: tuple[EmbeddedFile, ...] = ()
    xmp: Xmp | None = None
    xmp_fault: str | None = None
    """Why there is no `xmp`: the metadata are missing or unreadable. Set exactly then."""
    output_intents: tuple[str, ...] = ()
    """/S of each output intent; GTS_PDFA1 is that of PDF/A."""
    actions: tuple[Action, ...] = ()
    looked_everywhere: bool = True
    """False when the PDF has more pages, annotations and fields than were looked at for actions."""

    @property
    def invoices(self) -> tuple[EmbeddedFile, ...]:
        """The files that go by the name of an invoice."""
        return tuple(file for file in self.files if file.is_invoice)


def claims(path: Path) -> PdfClaims:
    """Return what the PDF at `path` says of itself; memory is bounded as `opening` tells.

    Raises RefusedInputError (`EDID_PDF`): damaged, encrypted, or with more attached files than `embedded.MOST_FILES`;
    OSError when it cannot be read at all, MemoryError.
    """
    from edid.documents.facturx_pdf import actions, embedded, metadata, opening  # pikepdf is large: only for PDFs

    with opening.opened(path) as pdf:
        digests = embedded.Digests()
        files = tuple(file.described(digests) for file in embedded.files(pdf))
        intents = metadata.output_intents(pdf)
        done, everywhere = actions.not_permitted(pdf)
        packet = metadata.packet(pdf)
    xmp, fault = metadata.read(packet)
    return PdfClaims(files, xmp, fault, intents, done, everywhere)
