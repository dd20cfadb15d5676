"""Texts in the encoding of an old system: what it lacks is written with its nearest letters."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Final

_CODECS: Final = {"utf-8": "utf-8", "utf-8-sig": "utf-8", "latin-1": "iso-8859-1", "cp1252": "windows-1252"}
_MARK: Final = b"\xef\xbb\xbf"
_NEAREST: Final = {
    "œ": "oe",
    "Œ": "OE",
    "€": "EUR",
    "‘": "'",
    "’": "'",
    "“": '"',
    "”": '"',
    "„": '"',
    "–": "-",
    "—": "-",
    "−": "-",
    "…": "...",
    "•": "-",
    "™": "TM",
    "ß": "ss",
    "Ł": "L",
    "ł": "l",
    "Đ": "D",
    "đ": "d",
    "ı": "i",
}


def codec(encoding: str) -> str:
    """Return the name of the codec without a byte order mark."""
    return _CODECS[encoding]


def mark(encoding: str) -> bytes:
    """Return what a file in this encoding begins with."""
    return _MARK if encoding == "utf-8-sig" else b""


def fitted(text: str, encoding: str) -> str:
    """Return `text` with nothing that the encoding cannot hold."""
    name = codec(encoding)
    try:
        text.encode(name)
    except UnicodeEncodeError:
        return "".join(_sign(sign, name) for sign in text)
    return text


@lru_cache(maxsize=4096)
def _sign(sign: str, name: str) -> str:
    bare = "".join(part for part in unicodedata.normalize("NFKD", sign) if not unicodedata.combining(part))
    for candidate in (sign, _NEAREST.get(sign, ""), bare):
        try:
            candidate.encode(name)
        except UnicodeEncodeError:
            continue
        if candidate:
            return candidate
    return "?"
