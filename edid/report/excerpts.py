"""The source lines around a finding, read in one pass that keeps no more than what is shown."""

from __future__ import annotations

import codecs
import io
import re
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import IO

from edid.errors import EdidError
from edid.report.judged import Source
from edid.report.printable import visible
from edid.validation.verdict import Finding

AROUND = 2
"""Lines shown before and after the line of the finding."""
WIDTH = 300
"""Most characters shown of a line."""

_BLOCK = 64 * 1024
_KEPT = 256 * 1024
"""Most characters of a line that are looked at: a document may be one line of 100 MB."""
_BASE64 = re.compile(r"([A-Za-z0-9+/]{12})[A-Za-z0-9+/]{48,}={0,2}")
_DECLARED = re.compile(rb"""<\?xml[^>]{0,200}?\sencoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_ENCODING = re.compile(r"utf-?8|us-ascii|iso-8859-\d{1,2}|windows-125\d", re.IGNORECASE)
"""Encodings that are read as declared; anything else is read as UTF-8, as some of Python's codecs can be abused."""
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"<\0?\0", "utf-16-le"),
    (b"\0<\0?", "utf-16-be"),
)
_NAME = re.compile(r"[\w.-]+(?::[\w.-]+)?")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the source, safe to show, at most WIDTH characters of it."""

    number: int
    text: str
    marked: bool
    """True for the line that the finding names."""
    cut_before: bool = False
    cut_after: bool = False


def excerpts(source: Source, findings: Sequence[Finding]) -> list[tuple[Line, ...]]:
    """Return the lines around each finding, in the same order; none for a finding without line.

    Lines are counted as libxml2 does. Runs of base64 are shortened, long lines cut around the element or the value
    that the finding is about. A source that cannot be read, or is a PDF, gives no lines. Up to 256 KB are held for
    each finding: the caller chooses how many are worth it.
    """
    wanted = {
        number
        for finding in findings
        if finding.line is not None
        for number in range(max(1, finding.line - AROUND), finding.line + AROUND + 1)
    }
    marked = {finding.line for finding in findings}
    read: dict[int, str] = {}
    try:
        for number, text in _lines(source, wanted):
            read[number] = text if number in marked else text[: 4 * WIDTH]
    except (OSError, EdidError):
        return [() for _ in findings]
    return [_around(finding, read) for finding in findings]


def _around(finding: Finding, read: dict[int, str]) -> tuple[Line, ...]:
    if finding.line is None or finding.line not in read:
        return ()
    numbers = range(max(1, finding.line - AROUND), finding.line + AROUND + 1)
    return tuple(_line(number, read[number], finding) for number in numbers if number in read)


def _line(number: int, text: str, finding: Finding) -> Line:
    marked = number == finding.line
    if len(text) <= WIDTH:
        return Line(number, visible(text), marked)
    start = _place(text, finding) if marked else 0
    start = max(0, min(start - WIDTH // 4, len(text) - WIDTH))
    end = start + WIDTH
    return Line(number, visible(text[start:end]), marked, cut_before=start > 0, cut_after=end < len(text))


def _place(text: str, finding: Finding) -> int:
    """Return where in a long line the element of the finding begins when that is certain, else 0."""
    steps = [step for step in (finding.path or "").split("/") if step and not step.startswith("@")]
    name = _NAME.match(steps[-1]) if steps else None
    if name is None:
        return 0
    tag = rf"<{re.escape(name[0])}(?=[\s/>])"
    tries = [tag]
    if finding.found is not None and len(finding.found) <= WIDTH:
        tries.insert(0, rf"{tag}[^<>]*>\s*{re.escape(finding.found)}\s*<")
    for each in tries:
        places = [match.start() for _, match in zip(range(2), re.finditer(each, text), strict=False)]
        if len(places) == 1:
            return places[0]
    return 0


def _lines(source: Source, wanted: Iterable[int]) -> Iterator[tuple[int, str]]:
    """Yield the lines with the numbers `wanted`, in order, each cut to what is looked at."""
    waiting = deque(sorted(wanted))
    if not waiting:
        return
    number, held = 1, ""
    for block in _decoded(source):
        if not held and number + block.count("\n") < waiting[0]:
            number += block.count("\n")
            continue
        start = 0
        while (end := block.find("\n", start)) >= 0:
            if number == waiting[0]:
                yield number, _tidy(held + block[start : min(end, start + _KEPT)])
                held = ""
                waiting.popleft()
                if not waiting:
                    return
            number += 1
            start = end + 1
        if number == waiting[0] and len(held) < _KEPT:
            held += block[start:]
    if held:
        yield number, _tidy(held)


def _tidy(line: str) -> str:
    text = _BASE64.sub(lambda run: f"{run[1]}…", line[:_KEPT].rstrip("\r"))
    return text.replace("\t", "    ") if len(text) <= WIDTH else text.strip().replace("\t", " ")


def _decoded(source: Source) -> Iterator[str]:
    """Yield the text of the source in blocks; nothing for a PDF, whose findings count the lines of the XML in it."""
    given = source()
    stream: IO[bytes] = io.BytesIO(given) if isinstance(given, bytes) else given
    with stream:
        block = stream.read(_BLOCK)
        if block.startswith(b"%PDF"):
            return
        decoder = codecs.getincrementaldecoder(_encoding(block))("replace")
        while block:
            yield decoder.decode(block)
            block = stream.read(_BLOCK)


def _encoding(start: bytes) -> str:
    for mark, name in _MARKS:
        if start.startswith(mark):
            return name
    declared = _DECLARED.match(start)
    name = declared[1].decode("ascii") if declared else "utf-8"
    if not _ENCODING.fullmatch(name):
        return "utf-8"
    try:
        return codecs.lookup(name).name
    except LookupError:
        return "utf-8"
