"""Inputs that once broke a promise, each with what was wrong. Written so that people can read them; none is a file."""

from __future__ import annotations

import gzip
import io
import pickle
import zipfile
from dataclasses import dataclass
from typing import Any

from edid.validation import wire
from edid.validation.judging import Judgement
from edid.validation.verdict import Finding, Outcome, Severity, Verdict


@dataclass(frozen=True)
class Case:
    """One input for one target."""

    target: str
    wrong: str
    """What happened, before it was mended."""
    data: bytes


def tar_header(name: bytes, size: bytes, kind: bytes = b"0") -> bytes:
    """Return one header block of a tar, with `size` as it is written there."""
    head = bytearray(512)
    head[: len(name)], head[100:107], head[124 : 124 + len(size)] = name, b"0000644", size
    head[156:157], head[257:265], head[148:156] = kind, b"ustar\x0000", b" " * 8
    head[148:156] = b"%06o\0 " % sum(head)
    return bytes(head)


def zipped(name: str, content: bytes) -> bytes:
    """Return a zip of one file."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return target.getvalue()


def _endless() -> Finding:
    """Return a finding whose message doubles with each level, at the cost of a few bytes."""
    message: Any = ("text",)
    for _ in range(20):
        message = (message, message)
    return Finding("R", Severity.FATAL, message)


def _nameless() -> bytes:
    """Return a zip whose directory says that the name has no bytes, and that what it was is an extra field."""
    data = bytearray(zipped("a", b"<a/>"))
    at = data.index(b"PK\x01\x02") + 28
    data[at : at + 4] = b"\0\0\1\0"
    return bytes(data)


_ANNOUNCING = tar_header(b"", b"00000000001", b"L") + b"a".ljust(512, b"\0")
_CDAR = b"""<rsm:CrossDomainAcknowledgementAndResponse
 xmlns:rsm="urn:un:unece:uncefact:data:standard:CrossDomainAcknowledgementAndResponse:100"><%s></b>"""
_BUILD, _BYTEARRAY, _LONG_PUT = pickle.BUILD, pickle.BYTEARRAY8, pickle.LONG_BINPUT

CASES = (
    Case(
        "file names",
        "cut to its length, the name became CON.txt, which Windows keeps for a device",
        b"CON" + b" " * 120 + b"x.txt",
    ),
    Case("tar", "RecursionError: headers that each announce a further one", _ANNOUNCING * 500 + bytes(1024)),
    Case("tar.gz", "the same, packed", gzip.compress(_ANNOUNCING * 500 + bytes(1024), mtime=0)),
    Case("zip", "IndexError: an entry without a name", _nameless()),
    Case("cdar", "a refusal of 5,000 characters: it quoted the name of an element", _CDAR % (b"a" * 5_000)),
    Case(
        "invoices",
        "ValueError: lxml forgets a name that is none where a relative namespace comes after it",
        b'<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2">'
        b"<:Amount currencyID='CHF'/><a xmlns='relative'/></Invoice>",
    ),
    Case(
        "pivots",
        "a SIREN of Arabic digits counted as one, and could not be told from the same in other digits",
        "<CPPFacturePivot><CPPFacturePivotUnitaire><Fournisseur><Identifiant>٧٣٢٨٢٩٣٢٠</Identifiant></Fournisseur>"
        "</CPPFacturePivotUnitaire></CPPFacturePivot>".encode(),
    ),
    Case(
        "decisions",
        "UnicodeEncodeError in the note about the file: half a character in the name of a key",
        rb'[{"status": "08", "number": "1", "\ud83d": 1}]',
    ),
    Case(
        "decisions",
        "UnicodeEncodeError in the journal: half a character in a comment",
        rb'[{"status": "08", "number": "1", "comment": "\ud800"}]',
    ),
    Case("decisions", "a NUL, which no database takes", b"number,status,comment\n7,08,\0"),
    Case("decisions", "decimal.InvalidOperation: a number of ten to the power of 10^22", b"[9E9999999999999999999999]"),
    Case(
        "decisions",
        "OverflowError: a time that is in the year 0 in UTC",
        b'{"status": "08", "number": "1", "at": "0001-01-01T00:00:00+14:00"}',
    ),
    Case("yaml", "UnicodeDecodeError: a wrong byte just behind a byte order mark", b"\xef\xbb\xbf\xc3\xa9\xff: 1\n"),
    Case("yaml", "AssertionError: a version of YAML that the parser does not know", b"%YAML 1.3\n---\na: 1\n"),
    Case("notes", "RecursionError: a note of brackets", b"[" * 100_000),
    Case("notes", "a note of a fetch without a name, which failed much later", b'{"name": null, "size": "12"}'),
    Case("judge answers", "OverflowError: a frame of 2^63 bytes", b"\x80\x05\x95" + b"\xff" * 8),
    Case(
        "judge answers",
        "MemoryError: a text of bytes that says it is 2^60 long",
        _BYTEARRAY + (1 << 60).to_bytes(8, "little"),
    ),
    Case(
        "judge answers",
        "gigabytes of memory: a value kept under a number of nine digits",
        b"N" + _LONG_PUT + b"\xff" * 4 + b".",
    ),
    Case(
        "judge answers",
        "every path in the daemon had another attribute: the answer had set it on the class",
        b"cpathlib\nPosixPath\n(N(S'set_by_an_answer'\nS'x'\ndt" + _BUILD + b".",
    ),
    Case(
        "judge answers",
        "a message that is no text, but a thing that holds itself a million times over",
        wire.packed(Judgement(None, Verdict(Outcome.INVALID, (), (_endless(),)))),
    ),
    Case(
        "judge answers",
        "decimal.InvalidOperation, which nobody caught: a number that is none",
        b"\x80\x05\x8c\x07decimal\x8c\x07Decimal\x93\x8c\x01x\x85R.",
    ),
)
