"""The way out: each valid invoice at a partner once, with equal bytes; the rest set aside; nothing else anywhere."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

from tests.acceptance.company import digest
from tests.soak.books import NOTES, Books, grouped
from tests.soak.ledger import Fate, Line


@dataclass
class Expected:
    """What follows from the ledger once it is known which of several drops of one invoice left."""

    aside: dict[tuple[str, str], Counter[tuple[str, str]]] = field(default_factory=lambda: defaultdict(Counter))
    """By (sheet, folder): the names and sha256 of what must stand there."""
    documents: Counter[tuple[str, str, str, str, str]] = field(default_factory=Counter)
    """Sheet, file, member, sha256 and final state."""
    files: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    """Sheet, name and final state."""


def compare(books: Books) -> Expected:
    """Compare the ledger of drops with the servers, the spool and the journal; return what the ERPs must be told."""
    expected = _expected(books)
    _servers(books)
    _journal(books, expected)
    for sheet in books.sheets.values():
        if sheet.sends:
            _folders(books, sheet.name, expected)
    for path in books.company.temporary():
        books.disagree(f"left in the state folder: {path}")
    return expected


def _expected(books: Books) -> Expected:
    expected = Expected()
    for line in books.dropped:
        if not line.member:
            expected.files[line.sheet, line.name, "rejected" if line.fate is Fate.UNREAD else "read"] += 1
        if line.fate in {Fate.REJECTED, Fate.UNREAD}:
            expected.aside[line.sheet, "rejected"][line.kept_as, line.sha256] += 1
        if line.fate is Fate.REJECTED:
            expected.documents[_document(line, "rejected")] += 1
    senders = [sheet.name for sheet in books.sheets.values() if sheet.sends]
    duplicates = {sheet: books.set_aside(sheet, "duplicates") for sheet in senders}
    ours: set[str] = set()
    for number, lines in grouped([line for line in books.dropped if line.fate is Fate.VALID]).items():
        aside = [line for line in lines if duplicates[line.sheet].get(line.kept_as) == line.sha256]
        left = [line for line in lines if line not in aside]
        hashes = {line.sha256 for line in lines}
        times = sum(books.delivered[sha256] for sha256 in hashes)
        if len(left) != 1 or times != 1 or books.delivered[left[0].sha256] != 1:
            told = "; ".join(f"{line} is {'set aside' if line in aside else 'not set aside'}" for line in lines)
            books.disagree(f"invoice {number} stands {times} times at the partners: {told}{_known(books, lines)}")
        for line in aside:
            expected.aside[line.sheet, "duplicates"][line.kept_as, line.sha256] += 1
            expected.documents[_document(line, "duplicate")] += 1
        for line in left:
            expected.documents[_document(line, "sent")] += 1
        ours |= hashes
    for sha256 in books.delivered.keys() - ours:
        books.disagree(f"a partner holds {sha256[:12]}, which no line of the ledger calls valid")
    return expected


def _document(line: Line, state: str) -> tuple[str, str, str, str, str]:
    return line.sheet, line.name, line.member, line.sha256, state


def _known(books: Books, lines: list[Line]) -> str:
    names = {line.name for line in lines}
    return "".join(
        f"\n    document {row.id} of {row.sheet}/{row.file_name}: {row.state}, flow {row.flow_name}"
        for row in books.documents
        if row.file_name in names
    )


def _servers(books: Books) -> None:
    """Each sent flow stands once at its partner with the bytes of the journal, and nothing else does."""
    flows = [flow for flow in books.flows if flow.direction == "out"]
    wanted: dict[str, dict[str, str]] = {name: {} for name in books.remote}
    for flow in flows:
        if flow.state != "sent":
            books.disagree(f"flow {flow.id} ({flow.name}) of {flow.sheet} is {flow.state}: {flow.reason}")
        wanted[books.sheets[flow.sheet].partner.name][flow.name] = flow.sha256
    numbered = Counter(name.partition(".")[0][-25:] for name in _numbered(books))
    for name, count in numbered.items():
        if count > 1:
            books.disagree(f"the number {name} was given {count} times")
    for partner, files in books.remote.items():
        for name, content in files.items():
            if wanted[partner].get(name) != digest(content):
                books.disagree(f"{partner} holds {name} ({len(content)} bytes), which the journal did not send so")
        for name in wanted[partner].keys() - files.keys():
            books.disagree(f"{partner} does not hold {name}")


def _numbered(books: Books) -> list[str]:
    """Return every name that bears a number of ours: flows, and members of archives."""
    flows = [flow.name for flow in books.flows if flow.direction == "out"]
    return flows + [row.wire_member for row in books.documents if row.wire_member]


def _folders(books: Books, sheet: str, expected: Expected) -> None:
    """Nothing is left to take; what was set aside stands there once, each with its two notes."""
    for folder in ("out", "claimed"):
        for name in books.company.left_in(sheet, folder):
            books.disagree(f"{sheet}/{folder} still holds {name}")
    for folder in ("rejected", "duplicates"):
        wanted = expected.aside[sheet, folder]
        found = Counter(books.set_aside(sheet, folder).items())
        for name, sha256 in (found - wanted).elements():
            if folder == "duplicates" or (sheet, name, sha256) not in books.once_held:
                books.disagree(f"{sheet}/{folder} holds {name} ({sha256[:12]}), which the ledger does not expect")
        for name, sha256 in (wanted - found).elements():
            books.disagree(f"{sheet}/{folder} lacks {name} ({sha256[:12]})")
        notes = {f"{name}{note}" for name, _ in found for note in NOTES}
        for name in notes ^ books.notes(sheet, folder):
            books.disagree(f"{sheet}/{folder}: {name} {'is missing' if name in notes else 'stands there without file'}")


def _journal(books: Books, expected: Expected) -> None:
    """Each drop is one file of the journal, each document one row in its final state."""
    rows = [row for row in books.documents if row.direction == "out"]
    documents = Counter((row.sheet, row.file_name, row.member or "", row.sha256, row.state) for row in rows)
    files = Counter((row.sheet, row.name, row.state) for row in books.files)
    _differ(books, "document", documents, expected.documents)
    _differ(books, "file", files, expected.files)


def _differ(books: Books, what: str, found: Counter[Any], wanted: Counter[Any]) -> None:
    for item, count in (found - wanted).items():
        books.disagree(f"the journal has {count} {what}(s) too many: {item}")
    for item, count in (wanted - found).items():
        books.disagree(f"the journal lacks {count} {what}(s): {item}")
