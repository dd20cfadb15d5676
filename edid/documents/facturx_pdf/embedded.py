"""The files inside a PDF (ISO 32000-1, 7.11.4; ISO 19005-3, 6.8)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

import pikepdf

from edid.documents.facturx_pdf.claims import INVOICE_NAMES, EmbeddedFile
from edid.documents.facturx_pdf.trees import entries
from edid.documents.facturx_pdf.values import Place, dictionary, items, place, text
from edid.documents.names import shown

MOST_FILES = 1_000
"""More attached files than this and the PDF is refused; an invoice has a handful."""
_MOST_HASHED = 8
_BYTES = ("/UF", "/F")
"""Keys of /EF, the one that readers prefer first; its other keys are obsolete."""


class Digests:
    """What tells the bytes of streams apart: the sha256 of the first few, then the number of the object."""

    def __init__(self) -> None:
        self._known: dict[Place | None, str] = {}

    def of(self, stream: pikepdf.Object) -> str:
        """Return what stands for the stored bytes of `stream`."""
        spot = place(stream)
        if spot not in self._known:
            hashed = len(self._known) < _MOST_HASHED
            raw = stream.get_raw_stream_buffer() if hashed else repr(spot).encode()
            self._known[spot] = hashlib.sha256(raw).hexdigest()
        return self._known[spot]


@dataclass(frozen=True, slots=True)
class File:
    """One file inside an open PDF."""

    key: str | None
    specification: pikepdf.Object
    streams: tuple[pikepdf.Object, ...]
    """The different streams that hold its bytes; one, in a sound PDF."""
    associated: bool

    @property
    def rank(self) -> int | None:
        """Place of its best name among the names of an invoice; None when it has no such name."""
        names = {name.casefold() for name in (self.key, self._text("/F"), self._text("/UF")) if name}
        return next((rank for rank, name in enumerate(INVOICE_NAMES) if name in names), None)

    def described(self, digests: Digests) -> EmbeddedFile:
        """Return what the PDF says of the file; of an invoice, the bytes are looked at as well."""
        stream = self.streams[0]
        parameters = dictionary(stream.get("/Params"))
        size: object = None if parameters is None else parameters.get("/Size")
        contents = () if self.rank is None else tuple(dict.fromkeys(digests.of(it) for it in self.streams))
        return EmbeddedFile(
            key=None if self.key is None else shown(self.key),
            f=_shown(self._text("/F")),
            uf=_shown(self._text("/UF")),
            relationship=_shown(self._text("/AFRelationship")),
            mime=_shown(text(stream.get("/Subtype"))),
            associated=self.associated,
            size=size if isinstance(size, int) and not isinstance(size, bool) and size >= 0 else None,
            contents=contents,
        )

    def _text(self, key: str) -> str | None:
        return text(self.specification.get(key))


def files(pdf: pikepdf.Pdf) -> tuple[File, ...]:
    """Return the files in the list of attached files, then those that only the document's /AF leads to.

    A specification without bytes stands for a file outside the PDF: it is left out.
    Raises RefusedInputError above MOST_FILES.
    """
    linked = dict(_specifications(pdf.Root.get("/AF")))
    listed = [file for key, value in _listed(pdf) if (file := _file(key, value, linked)) is not None]
    reached = {place(stream) for file in listed for stream in file.streams}
    rest = (_file(None, specification, linked) for specification in linked.values())
    others = [it for it in rest if it is not None and not any(place(stream) in reached for stream in it.streams)]
    return (*listed, *others)


def invoice(pdf: pikepdf.Pdf) -> pikepdf.Object | None:
    """Return the stream of the invoice in the list of attached files, by the best of its names; else None.

    Raises RefusedInputError above MOST_FILES.
    """
    ranked = [(file.rank, file) for key, value in _listed(pdf) if (file := _file(key, value, {})) is not None]
    found = [(rank, file) for rank, file in ranked if rank is not None]
    return min(found, key=lambda pair: pair[0])[1].streams[0] if found else None


def _listed(pdf: pikepdf.Pdf) -> Iterator[tuple[str, object]]:
    names = dictionary(pdf.Root.get("/Names"))
    return entries(None if names is None else names.get("/EmbeddedFiles"), MOST_FILES)


def _specifications(linked: object) -> Iterator[tuple[Place | int, pikepdf.Object]]:
    """Yield the file specifications of an /AF, each under its place, or its turn when it stands in the array itself."""
    several = [linked] if isinstance(linked, pikepdf.Dictionary) else items(linked, MOST_FILES)
    for turn, each in enumerate(several):
        specification = dictionary(each)
        if specification is not None:
            yield place(specification) or turn, specification


def _file(key: str | None, value: object, linked: dict[Place | int, pikepdf.Object]) -> File | None:
    specification = dictionary(value)
    contents = None if specification is None else dictionary(specification.get("/EF"))
    if specification is None or contents is None:
        return None
    streams = {place(it): it for name in _BYTES if isinstance(it := contents.get(name), pikepdf.Stream)}
    associated = key is None or place(specification) in linked
    return File(key, specification, tuple(streams.values()), associated) if streams else None


def _shown(value: str | None) -> str | None:
    return None if value is None else shown(value)
