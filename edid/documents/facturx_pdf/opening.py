"""Opening a PDF that nobody vouches for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pikepdf
from pikepdf.settings import set_qpdf_limits

from edid.errors import RefusedInputError

_UNPACKED = 32 * 1000**2
_DEFECTS = (
    pikepdf.PikepdfError,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    RuntimeError,
    ArithmeticError,
)
"""What a damaged PDF makes pikepdf raise."""

# The tables of a PDF are packed as well: a megabyte can unpack to a gigabyte before anything is asked of the file.
# These limits hold for the whole process. They leave alone what is copied without being unpacked, and pages. qpdf has
# none for LZW and for long lists of numbers: there, the limit of the process on memory is what holds, and qpdf says of
# a file that goes past it that it is damaged.
set_qpdf_limits(
    flate_max_memory=_UNPACKED,
    run_length_max_memory=_UNPACKED,
    png_max_memory=_UNPACKED,
    tiff_max_memory=_UNPACKED,
    max_stream_filters=4,
    parser_max_container_size=500_000,
    doc_max_warnings=1_000,
)


@contextmanager
def opened(path: Path) -> Iterator[pikepdf.Pdf]:
    """Open the PDF at `path` for what is done inside the `with`.

    Raises RefusedInputError (`EDID_PDF`) when it is damaged or encrypted, also when that only shows inside; OSError
    when it cannot be read at all.
    """
    try:
        with pikepdf.open(path) as pdf:
            if pdf.is_encrypted:
                raise damaged("it is encrypted")
            yield pdf
    except pikepdf.PasswordError as error:
        raise damaged("it is protected by a password") from error
    except _DEFECTS as error:
        raise damaged("it cannot be read") from error


def damaged(why: str) -> RefusedInputError:
    """Return the refusal of a PDF."""
    return RefusedInputError(
        f"this PDF is refused: {why}.",
        code="EDID_PDF",
        remedy="Produce the Factur-X again, without protection, and drop it again.",
    )
