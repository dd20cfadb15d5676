"""Values of a PDF as Python values; what is missing or of another type is None, never an error."""

from __future__ import annotations

from collections.abc import Iterator

import pikepdf

from edid.documents.facturx_pdf.opening import damaged

Place = tuple[int, int]
"""Number and generation of an indirect object."""


def text(value: object) -> str | None:
    """Return a string, or a name without its slash; bytes that are no text are replaced."""
    if isinstance(value, pikepdf.Name):
        return _decoded(value).removeprefix("/")
    if isinstance(value, pikepdf.String):
        return _decoded(value)
    return None


def dictionary(value: object) -> pikepdf.Object | None:
    """Return `value` when it is a dictionary or a stream, whose dictionary it then stands for."""
    return value if isinstance(value, pikepdf.Dictionary | pikepdf.Stream) else None


def items(value: object, most: int) -> Iterator[pikepdf.Object]:
    """Yield what an array holds. Raises RefusedInputError, before anything is yielded, for more than `most`."""
    if not isinstance(value, pikepdf.Array):
        return
    if len(value) > most:
        raise damaged(f"it has a list of more than {most} entries where a few are usual")
    yield from value


def place(value: pikepdf.Object) -> Place | None:
    """Return where an indirect object stands; None for one that stands inside another, and so cannot be its own."""
    return value.objgen if value.is_indirect else None


def _decoded(value: pikepdf.Object) -> str:
    try:
        return str(value)
    except UnicodeDecodeError as error:
        return bytes(error.object).decode("utf-8", errors="replace")
