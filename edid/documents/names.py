"""File names made of texts that others wrote."""

from __future__ import annotations

import re
import unicodedata
from pathlib import PurePosixPath

_FORBIDDEN = re.compile(r'[<>:"|?*]')
"""Signs that Windows shares refuse in a name."""
_RESERVED = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])", re.IGNORECASE)
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_LONGEST_EXTENSION = 12


def safe_name(text: str, *, limit: int = 100) -> str:
    """Return a file name for `text`, of at most `limit` bytes of UTF-8 (at least 16), its extension kept.

    It has no folder part, no control or invisible sign, no leading or trailing dot or blank, no name that Windows
    reserves, is in Unicode NFC, and is never empty: `unnamed` then.
    """
    last = re.split(r"[/\\]", text)[-1]
    seen = "".join(sign for sign in last if unicodedata.category(sign) not in _UNSEEN)
    name = _FORBIDDEN.sub("_", re.sub(r"\s", " ", unicodedata.normalize("NFC", seen))).strip(". ")
    name = _cut(name, limit)  # first: what is cut may only then be a reserved name
    if _RESERVED.fullmatch(name.partition(".")[0].strip()):
        name = _cut(f"_{name}", limit)
    return name or "unnamed"


def unique_name(name: str, taken: set[str], *, limit: int = 100) -> str:
    """Return `name`, or `name-2.ext`, ... when `taken` has it already (case does not count); add it to `taken`.

    The work does not grow with the names that are taken, of which a stranger may give twenty thousand alike.
    """
    stem, extension = _parts(name)
    last, free = 0, 1
    while _numbered(stem, extension, free, limit).casefold() in taken:
        last, free = free, 2 * free
    while free - last > 1:  # `last` is taken, `free` is not
        middle = (last + free) // 2
        if _numbered(stem, extension, middle, limit).casefold() in taken:
            last = middle
        else:
            free = middle
    candidate = _numbered(stem, extension, free, limit)
    taken.add(candidate.casefold())
    return candidate


def shown(text: str, *, limit: int = 200) -> str:
    """Return `text` fit to be shown and stored: signs that cannot be printed are replaced, the rest is cut."""
    visible = "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in text[: limit + 1])
    return visible if len(visible) <= limit else f"{visible[: limit - 1]}…"


def _numbered(stem: str, extension: str, count: int, limit: int) -> str:
    if count == 1:
        return stem + extension
    mark = f"-{count}"
    return _clip(stem, limit - len((mark + extension).encode())) + mark + extension


def _parts(name: str) -> tuple[str, str]:
    extension = PurePosixPath(name).suffix
    if len(extension.encode()) > _LONGEST_EXTENSION:
        return name, ""
    return name.removesuffix(extension), extension


def _cut(name: str, limit: int) -> str:
    if len(name.encode()) <= limit:
        return name
    stem, extension = _parts(name)
    return _clip(stem, limit - len(extension.encode())).rstrip(". ") + extension


def _clip(text: str, limit: int) -> str:
    """Return the longest start of `text` within `limit` bytes, never half a character."""
    return text.encode()[:limit].decode(errors="ignore")
