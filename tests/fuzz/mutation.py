"""Changes to an input: plain bytes, and changes that know what XML, archives, lines and counted fields look like."""

from __future__ import annotations

import gzip
import io
import random
import re
import struct
import zlib
from collections.abc import Callable

_NUMBERS = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
_TEXTS = (
    b"", b" ", b"\0", b"\n", b"\r\n", b"..", b"../", b"/", b"\\", b"C:", b"CON", b"-", b"'", b'"', b"%00", b"{0}",
    b"\xff", b"\xed\xa0\x80", b"\xef\xbb\xbf", b"\xe2\x80\xae", b"\xcc\x81", b"\xc2\xad", b"\xf0\x9f\x92\xa9", b"{}",
    b"-1", b"0", b"00", b"1e9", b"1E999999999", b"NaN", b"sNaN", b"Infinity", b"9999999999999999999999", b"0.1", b"1,5",
    b"0001-01-01", b"9999-12-31", b"9999-12-31T23:59:59-14:00", b"0001-01-01T00:00:00+14:00", b"2026-02-30",
    b"20261123", b"\xd9\xa3",
    b"73282932000074", b"380", b"381", b"A9", b"EUR", b"true", b"null", b"A" * 300, b"a" * 2500, b"\xc3\xa9" * 90,
)  # fmt: skip
_MOST = 200_000
"""No mutation grows an input beyond this."""


def plain_bytes(data: bytes, chance: random.Random) -> bytes:
    """Replace, insert, remove, repeat or swap a few bytes."""
    for _ in range(chance.randint(1, 4)):
        at, end = _stretch(data, chance)
        match chance.randrange(8):
            case 0:
                data = data[:at] + chance.randbytes(chance.randint(1, 4)) + data[end:]
            case 1:
                data = data[:at] + chance.choice(_TEXTS) + data[end:]
            case 2:
                data = data[:at] + data[end:]
            case 3:
                data = data[:at] + data[at:end] * chance.randint(2, 5) + data[end:]
            case 4 if data:
                flipped = data[at % len(data)] ^ (1 << chance.randrange(8))
                data = data[: at % len(data)] + bytes([flipped]) + data[at % len(data) + 1 :]
            case 5:
                data = data[:at] + _number(chance) + data[at + 4 :]
            case 6:
                data = data[:at]
            case _:
                data = data[:at] + chance.choice(_TEXTS) + data[at:]
    return data[:_MOST]


def either(*ways: Callable[[bytes, random.Random], bytes]) -> Callable[[bytes, random.Random], bytes]:
    """Return a mutation that takes one of `ways` each time, or several of them in a row."""

    def mutate(data: bytes, chance: random.Random) -> bytes:
        for _ in range(1 if chance.random() < 0.7 else 3):
            data = chance.choice(ways)(data, chance)
        return data[:_MOST]

    return mutate


# XML

_TAG = re.compile(rb"<[^!?][^<>]*>")
_TEXT = re.compile(rb">([^<>]+)<")
_ATTRIBUTE = re.compile(rb"""([\w:.-]+)\s*=\s*("[^"]*"|'[^']*')""")
_VALUE = re.compile(rb"\b\d[\d.\-:T]*")
_ENCODING = re.compile(rb"encoding=.[\w-]+.")
_NAME = re.compile(rb"[\w.-]+(?=[ />])")
_PUT_IN = (
    b"<!-- -->", b"<?pi?>", b"<![CDATA[]]>", b"<![CDATA[x]]>", b"&amp;", b"&#0;", b"&#x10FFFF;", b"&#xD800;",
    b"&unknown;",
    b"<a/>", b"<:a/>", b"<a:/>", b"<a:b:c/>", b"<x:y/>", b'<z xmlns="urn:z"/>', b'<z xmlns:z=""/>', b"]]>",
    b"<Contenu>QUJD</Contenu>", b"<", b">",
    b"<!DOCTYPE a>", b'<!DOCTYPE a [<!ENTITY b "c">]>',
    b'<?xml version="1.1"?>', b'<?xml-stylesheet href="FSO1110A.xsl"?>',
    b"<a:b:c currencyID='USD'>1</a:b:c>", b"<:Amount currencyID='CHF'>1</:Amount>", b"\xff\xfe",
)  # fmt: skip
_NAMES = (b"xmlns", b"xmlns:x", b"xml:id", b":", b"a:b:c", b"schemeID", b"currencyID", b"NumOrdre")
_ENCODINGS = (b"UTF-16", b"UTF-7", b"EBCDIC-CP-FR", b"ISO-8859-1", b"windows-1252", b"unknown", b"UTF-8", b"US-ASCII")


def xml(data: bytes, chance: random.Random) -> bytes:
    """Change an XML document where it says something: names, namespaces, texts, attributes, whole elements."""
    return chance.choice(_WAYS)(data, chance)


def _change_text(data: bytes, chance: random.Random) -> bytes:
    return _at_a(_TEXT, data, chance, lambda _old: b">" + chance.choice(_TEXTS) + b"<")


def _change_attribute(data: bytes, chance: random.Random) -> bytes:
    return _at_a(_ATTRIBUTE, data, chance, lambda old: _attribute(old, chance))


def _attribute(old: bytes, chance: random.Random) -> bytes:
    name, _, value = old.partition(b"=")
    if chance.random() < 0.5:
        return name + b'="' + chance.choice(_TEXTS).replace(b'"', b"") + b'"'
    return chance.choice(_NAMES) + b"=" + value


def _put_in(data: bytes, chance: random.Random) -> bytes:
    return _at_a(_TAG, data, chance, lambda old: old + chance.choice(_PUT_IN))


def _change_tag(data: bytes, chance: random.Random) -> bytes:
    """Put the tag of another element in the place of one."""
    tags = _TAG.findall(data) or [b"<a>"]
    return _at_a(_TAG, data, chance, lambda _old: chance.choice(tags))


def _change_elements(data: bytes, chance: random.Random) -> bytes:
    """Take out what stands between two tags, or repeat it."""
    found = list(_TAG.finditer(data))
    if not found:
        return plain_bytes(data, chance)
    first, second = sorted((chance.choice(found), chance.choice(found)), key=lambda each: each.start())
    piece = data[first.start() : second.end()]
    times = chance.choice((0, 0, 2, 3, 40)) if len(piece) < 5_000 else 0
    return data[: first.start()] + piece * times + data[second.end() :]


def _change_value(data: bytes, chance: random.Random) -> bytes:
    return _at_a(_VALUE, data, chance, lambda _old: chance.choice(_TEXTS))


def _change_encoding(data: bytes, chance: random.Random) -> bytes:
    return _at_a(_ENCODING, data, chance, lambda _old: b"encoding='%s'" % chance.choice(_ENCODINGS))


def _change_name(data: bytes, chance: random.Random) -> bytes:
    return _at_a(_NAME, data, chance, lambda _old: chance.choice((b"a:b", b":", b"Id", b"\xc3\xa9")))


def _encode(data: bytes, chance: random.Random) -> bytes:
    """Write the document in another encoding, now and then."""
    name = chance.choice(("utf-16", "utf-16-le", "utf-32", "cp1252"))
    if chance.random() < 0.9:
        return plain_bytes(data, chance)
    return data.decode("utf-8", "replace").encode(name, "replace")


_WAYS = (
    _change_text,
    _change_attribute,
    _put_in,
    _change_tag,
    _change_elements,
    _change_value,
    _change_encoding,
    _change_name,
    _encode,
)


# Archives


def gzipped(inner: Callable[[bytes, random.Random], bytes]) -> Callable[[bytes, random.Random], bytes]:
    """Return a mutation of what a gzip holds."""

    def mutate(data: bytes, chance: random.Random) -> bytes:
        try:
            plain = gzip.GzipFile(fileobj=io.BytesIO(data)).read(_MOST)
        except (OSError, EOFError, zlib.error):
            return plain_bytes(data, chance)
        return gzip.compress(inner(plain, chance), compresslevel=1, mtime=0)

    return mutate


_FIELDS = {
    "name": (0, 100),
    "mode": (100, 8),
    "size": (124, 12),
    "type": (156, 1),
    "link": (157, 100),
    "magic": (257, 8),
}


def tar(data: bytes, chance: random.Random) -> bytes:
    """Change a field of a tar header and mend its checksum; or repeat, drop or move blocks."""
    blocks = [data[at : at + 512] for at in range(0, len(data), 512)]
    heads = [at for at, block in enumerate(blocks) if block[257:262] == b"ustar"]
    if not heads or chance.random() < 0.2:
        at = chance.randrange(len(blocks) or 1)
        end = at + chance.randint(1, 4)
        return b"".join([*blocks[:at], *blocks[at:end] * chance.choice((0, 2, 3, 400)), *blocks[end:]])[:_MOST]
    place = chance.choice(heads)
    start, room = _FIELDS[chance.choice(list(_FIELDS))]
    head = bytearray(blocks[place].ljust(512, b"\0"))
    head[start : start + room] = _tar_value(start, chance)[:room].ljust(room, b"\0")
    head[148:156] = b" " * 8
    head[148:156] = b"%06o\0 " % sum(head)
    blocks[place] = bytes(head)
    return b"".join(blocks)


def _tar_value(start: int, chance: random.Random) -> bytes:
    if start == 156:
        return bytes([chance.choice(b"0123456789LKxgSVXDMN\0A")])
    if start == 124:
        numbers = (b"00000000000", b"00000000001", b"77777777777", b"-0000000001", b"\x80" + b"\xff" * 11, b"\xff" * 12,
                   b"\x80" + bytes(10) + b"\x05", b"\xff" * 11 + b"\x00", b"00000100000", b" ")  # fmt: skip
        return chance.choice(numbers)
    return chance.choice((*_TEXTS, b"/etc/passwd", b"a/../../b", b"ustar  \0", b"ustar\x0000"))


_ZIP_MARKS = (b"PK\x01\x02", b"PK\x03\x04", b"PK\x05\x06", b"PK\x06\x07", b"PK\x06\x06", b"PK\x07\x08")


def zipped(data: bytes, chance: random.Random) -> bytes:
    """Change a number of a zip's records, a name in it, or bytes just behind a mark."""
    places = [each.start() for mark in _ZIP_MARKS for each in re.finditer(re.escape(mark), data)]
    if not places:
        return plain_bytes(data, chance)
    at = chance.choice(places) + chance.randrange(4, 48, 2)
    if chance.random() < 0.7:
        number = chance.choice((0, 1, 2, 8, 0x800, 0xFFFF, 0xFFFFFFFF, len(data), chance.randrange(1 << 16)))
        width = "<H" if number < 1 << 16 and chance.random() < 0.7 else "<L"
        return data[:at] + struct.pack(width, number) + data[at + struct.calcsize(width) :]
    return data[:at] + chance.choice(_TEXTS) + data[at + chance.randrange(5) :]


# Texts in fields, lines, counted fields


def fields(separator: bytes) -> Callable[[bytes, random.Random], bytes]:
    """Return a mutation of a text made of parts with `separator` between them."""

    def mutate(data: bytes, chance: random.Random) -> bytes:
        parts = data.split(separator)
        at = chance.randrange(len(parts))
        match chance.randrange(5):
            case 0:
                parts[at] = chance.choice(_TEXTS)
            case 1:
                parts.insert(at, chance.choice(parts))
            case 2:
                parts.pop(at)
            case 3:
                parts[at] = plain_bytes(parts[at], chance)
            case _:
                cut = chance.randrange(len(parts[at]) + 1)
                parts[at] = parts[at][:cut] + chance.choice(_TEXTS) + parts[at][cut:]
        return separator.join(parts)

    return mutate


_NUMBER = re.compile(rb"\d+")


def numbers(data: bytes, chance: random.Random) -> bytes:
    """Put another number in the place of one that is written in digits."""
    return _at_a(
        _NUMBER, data, chance, lambda old: chance.choice((b"0", b"-1", b"1", b"65536", b"4294967295", b"9" * 30, b"7"))
    )


_WORD = re.compile(rb"[A-Za-z_]{2,}")


def words(data: bytes, chance: random.Random) -> bytes:
    """Put one word of the text in the place of another."""
    known = _WORD.findall(data) or [b"a"]
    return _at_a(_WORD, data, chance, lambda old: chance.choice(known))


def _at_a(pattern: re.Pattern[bytes], data: bytes, chance: random.Random, new: Callable[[bytes], bytes]) -> bytes:
    """Change one place of `data` that fits `pattern`."""
    start = chance.randrange(len(data) + 1)
    found = pattern.search(data, start) or pattern.search(data)
    if found is None:
        return plain_bytes(data, chance)
    return data[: found.start()] + new(found[0]) + data[found.end() :]


def _stretch(data: bytes, chance: random.Random) -> tuple[int, int]:
    at = chance.randrange(len(data) + 1)
    return at, at + min(chance.choice((0, 1, 1, 2, 4, 8, 40)), len(data) - at)


def _number(chance: random.Random) -> bytes:
    number = chance.choice(_NUMBERS)
    return chance.choice((struct.pack(">I", number), struct.pack("<I", number), bytes([number & 0xFF])))
