# ruff: noqa: PT017, PT018 - what holds for every input, said in one line each
"""Names that strangers chose: of files, members, attachments and flows."""

from __future__ import annotations

import os
import unicodedata

from edid.documents.names import safe_name, shown, unique_name
from edid.errors import RefusedInputError
from edid.flows.names import build, flow_identifier, parse_lenient, parse_strict
from edid.intake.names import TemporaryNames, numbered, plain_file_name, printable, split_extension
from edid.routing.filing import routed_folder
from tests.fuzz.mutation import either, fields, plain_bytes
from tests.fuzz.target import Target

_LIMITS = (16, 100)
_WIDE = b"\xff\xfe"
"""A name that begins so is in UTF-16: any sign of Unicode is two bytes away."""
_RESERVED = {"con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in "0123456789¹²³")}
_TEMPORARY = TemporaryNames(("*.tmp", "*.part", ".*", "~$*"))


def must_be_safe(name: str, limit: int) -> None:
    """A name that no filesystem and no share stumbles over."""
    assert 0 < len(name.encode()) <= limit, "empty, or longer than allowed"
    assert not set(name) & set('/\\<>:"|?*'), "a separator or a sign that shares refuse"
    assert all(unicodedata.category(sign)[0] != "C" for sign in name), "a sign that cannot be seen"
    assert name[0] not in ". " and name[-1] not in ". ", "a dot or a blank at an end"
    assert name.partition(".")[0].strip().casefold() not in _RESERVED, "a name that Windows keeps for a device"
    assert unicodedata.is_normalized("NFC", name), "two ways to write one name"


def _file_names(data: bytes) -> None:
    wide = data.startswith(_WIDE)
    text = data[2:].decode("utf-16-le", "replace") if wide else os.fsdecode(data)
    for limit in _LIMITS:
        name = safe_name(text, limit=limit)
        must_be_safe(name, limit)
        assert safe_name(name, limit=limit) == name, "made safe once more, it is another name"
    _unique(name, limit)
    seen = shown(text)
    assert seen.isprintable() and len(seen) <= 200
    _of_the_drop_folder(text)
    folder = routed_folder(text, excluded=False)
    assert not folder.is_absolute() and ".." not in folder.parts and len(folder.parts) <= 8


def _unique(name: str, limit: int) -> None:
    taken: set[str] = set()
    made = [unique_name(name, taken, limit=limit) for _ in range(4)]
    assert made[0] == name and len({each.casefold() for each in made}) == 4
    assert all(len(each.encode()) <= limit for each in made)


def _of_the_drop_folder(text: str) -> None:
    seen = printable(text)
    assert seen.isprintable() and printable(seen) == seen
    for room in (16, 200):
        kept = plain_file_name(text, room)
        assert kept and kept.isprintable() and "/" not in kept and kept not in {".", ".."}
        assert len(kept.encode()) <= room
    assert "".join(split_extension(text)) == text
    assert numbered(text, 1) == text and numbered(text, 2) != text
    assert (text in _TEMPORARY) is (text in _TEMPORARY)


def _flow_names(data: bytes) -> None:
    text = os.fsdecode(data)
    lenient = parse_lenient(text)
    if lenient is not None:
        assert str(lenient) == text and "/" not in text and text.isascii()
        assert lenient.deviant or len(lenient.identifier) == 25
    try:
        strict = parse_strict(text)
    except RefusedInputError as refusal:
        assert refusal.code == "IRR_FORM" and refusal.remedy
        return
    assert lenient == strict and len(text) == 41
    assert build(strict.interface, strict.application, int(strict.sequence)) == text
    assert flow_identifier(text) == strict.identifier


def _names() -> tuple[bytes, ...]:
    wide = tuple(_WIDE + name.encode("utf-16-le") for name in ("COM¹ .x", "e\u0301\u00ad\u2028.pdf", "ｃｏｎ"))
    return wide + tuple(
        name.encode()
        for name in (
            "invoice.xml", "achats/2026/facture n° 7.tar.gz", ".hidden", "a.b.c.PDF", "CON.txt", "com1", "..",
            "é" * 120 + ".xml", "CON" + " " * 30 + "x.txt", "a\u0338.pdf", "..\\..\\x", "x.tmp",
            "~$x.docx", "\u202exml.exe", "a" * 300,
        )
    )  # fmt: skip


def _flows() -> tuple[bytes, ...]:
    names = ("FSO1110A_ABC123_ABC1231110000000000000042", "FEN0036A_ABC123_CPP0010036000000000000001.tar.gz",
             "CSO1110A_ABC123_CPP0011110123456", "FEN0036A_ABC123_CPP00100360000000000AB.XML")  # fmt: skip
    return tuple(name.encode() for name in names)


TARGETS = (
    Target("file names", _file_names, _names, either(plain_bytes, fields(b"."), fields(b" ")), weight=6),
    Target("flow names", _flow_names, _flows, either(plain_bytes, fields(b"_")), weight=30),
)
