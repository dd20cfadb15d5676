"""File names that strangers chose: shown, bounded, numbered, recognised as temporary."""

from __future__ import annotations

import fnmatch
import os
import re
from collections.abc import Iterable

NAME_MAX = 255
"""Bytes of one name on every filesystem that edid runs on."""


def printable(name: str) -> str:
    """Return `name` as text that a journal, a log and a terminal can hold.

    Control characters, line breaks and bytes that are no UTF-8 (surrogates, as `os` returns them) become %XX.
    """
    if name.isprintable():
        return name
    return "".join(char if char.isprintable() else _escaped(char) for char in name)


def plain_file_name(name: str, room: int) -> str:
    """Return a printable file name of at most `room` bytes: the last part of `name`, its extension kept."""
    base = printable(name.rsplit("/", 1)[-1])
    if base in {"", ".", ".."}:
        base = "unnamed"
    stem, extension = split_extension(base)
    if len(extension.encode()) > room // 2:
        stem, extension = base, ""
    kept = stem.encode()[: room - len(extension.encode())].decode(errors="ignore")
    return kept + extension


def numbered(name: str, number: int) -> str:
    """Return `name` itself for number 1, `invoice-2.xml` for number 2 of `invoice.xml`; of 255 bytes at most."""
    if number == 1:
        return name
    stem, extension = split_extension(name)
    end = f"-{number}{extension}"
    room = NAME_MAX - len(os.fsencode(end))
    if room < 1:
        stem, end = name, f"-{number}"
        room = NAME_MAX - len(end)
    whole = os.fsencode(stem)
    return (stem if len(whole) <= room else os.fsdecode(whole[:room])) + end


def split_extension(name: str) -> tuple[str, str]:
    """Split `name` before its extension; `.tar.gz` counts as one."""
    if name.lower().endswith(".tar.gz") and len(name) > len(".tar.gz"):
        return name[:-7], name[-7:]
    return os.path.splitext(name)  # noqa: PTH122 - names, not paths: pathlib would interpret them


class TemporaryNames:
    """Tells unfinished names by shell patterns; case does not count, since Windows writes `.TMP`."""

    def __init__(self, patterns: Iterable[str]) -> None:
        united = "|".join(fnmatch.translate(pattern) for pattern in patterns)
        self._matches = re.compile(united, re.IGNORECASE).match if united else None

    def __contains__(self, name: str) -> bool:
        return self._matches is not None and self._matches(name) is not None


def _escaped(char: str) -> str:
    point = ord(char)
    raw = bytes([point - 0xDC00]) if 0xDC80 <= point <= 0xDCFF else char.encode(errors="surrogatepass")
    return "".join(f"%{byte:02X}" for byte in raw)
