"""The way in: each offered file fetched once, filed where its ERP expects it, bound to what it speaks of."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from tests.acceptance.company import contents, digest
from tests.soak.books import Books, grouped
from tests.soak.ledger import Fate, Line
from tests.soak.sheets import ARCHIVE, Sheet

_FINAL = {Fate.KEPT: "kept"}


def compare(books: Books) -> None:
    """Compare the ledger of offers with the journal, the spool and what the partners still offer."""
    flows = {(flow.sheet, flow.name, flow.sha256): flow for flow in books.flows if flow.direction == "in"}
    wanted = Counter((line.sheet, line.name, line.sha256) for line in books.offered)
    found = Counter((flow.sheet, flow.name, flow.sha256) for flow in books.flows if flow.direction == "in")
    for item in (wanted - found).elements():
        books.disagree(f"offered and not in the journal: {item}")
    for item in (found - wanted).elements():
        books.disagree(f"in the journal and not offered: {item}")
    filed = {line: flows[key] for line in books.offered if (key := (line.sheet, line.name, line.sha256)) in flows}
    for line, flow in filed.items():
        if flow.state != _FINAL.get(line.fate, "filed"):
            books.disagree(f"{line}: its flow {flow.id} is {flow.state}: {flow.reason}")
    _invoices(books, filed)
    _as_they_came(books, filed)
    _words(books, filed)
    for sheet in books.sheets.values():
        _at_the_partner(books, sheet)


def _invoices(books: Books, filed: dict[Line, Any]) -> None:
    """Each number is filed once with the bytes that were offered; what was handed over again is a duplicate."""
    rows: dict[int, list[Any]] = {}
    for row in books.documents:
        if row.direction == "in":
            rows.setdefault(row.flow_id, []).append(row)
    invoices = [line for line in filed if line.fate in {Fate.FILED, Fate.EXCLUDED}]
    for number, lines in grouped(invoices).items():
        known = [row for line in lines for row in rows.pop(filed[line].id, [])]
        states = Counter(row.state for row in known)
        if states != Counter({"filed": 1, "duplicate": len(lines) - 1}) + Counter():
            books.disagree(
                f"invoice {number}, offered {len(lines)} times, is {dict(states)}: {'; '.join(map(str, lines))}"
            )
        for row in known:
            _folder(books, row, excluded=lines[0].fate is Fate.EXCLUDED)
    for row in (row for left in rows.values() for row in left):
        books.disagree(f"the journal has a received document {row.id} ({row.number}) that nobody offered")


def _folder(books: Books, row: Any, *, excluded: bool) -> None:
    root = books.company.spool / row.sheet
    folder = (root / "in" / row.filed_as).resolve()
    place = "excluded" if excluded else "duplicates" if row.state == "duplicate" else "in"
    if folder.relative_to(root).parts[0] != place:
        books.disagree(f"{row.number} was filed in {folder}, not in {place}")
    held = {digest(path.read_bytes()) for path in folder.iterdir()} if folder.is_dir() else set()
    if row.kind != "cpp-pivot" and row.sha256 not in held:
        books.disagree(f"{folder} does not hold {row.number} as it was offered")
    if not (folder / "facts.json").is_file():
        books.disagree(f"{folder} has no facts.json")


def _as_they_came(books: Books, filed: dict[Line, Any]) -> None:
    """Words, pivots and what was not understood stand in the spool untouched, once each, with their note."""
    for sheet in books.sheets:
        found: Counter[str] = Counter()
        for path in (books.company.spool / sheet).glob("*/*/*/*"):
            if path.parts[-2] in {"returns", "flows", "unknown"} and path.suffix != ".json":
                found[digest(path.read_bytes())] += 1
                if not path.with_name(f"{path.name}.json").is_file():
                    books.disagree(f"{path} has no note")
        lines = [line for line in filed if line.sheet == sheet and _is_filed_as_is(line)]
        wanted = Counter(line.sha256 for line in lines)
        names = {line.sha256: str(line) for line in lines}
        for sha256 in (wanted - found).elements():
            books.disagree(f"{names[sha256]} does not stand in {sheet} as it came")
        for sha256 in (found - wanted).elements():
            books.disagree(f"{sheet} holds {names.get(sha256, sha256)} once too often")


def _is_filed_as_is(line: Line) -> bool:
    return line.fate in {Fate.WORD, Fate.KEPT} or line.name.startswith("FEN0036A")


def _words(books: Books, filed: dict[Line, Any]) -> None:
    """Each word is in the journal once, bound to its flow or invoice."""
    identifiers = {flow.id: flow.identifier for flow in books.flows}
    numbers = {row.id: row.number for row in books.documents}
    found: dict[int, Counter[tuple[str | None, str]]] = {}
    for row in books.statuses:
        about = identifiers.get(row.flow_id) if row.subject == "flow" else numbers.get(row.document_id)
        found.setdefault(row.source_flow_id, Counter())[about, row.code] += 1
    for line, flow in filed.items():
        said = found.pop(flow.id, Counter())
        if said != Counter(line.said):
            books.disagree(f"{line} says {dict(Counter(line.said))}; the journal has {dict(said)}")
    for flow_id, said in found.items():
        books.disagree(f"flow {flow_id} says {dict(said)}, which nobody offered")


def _at_the_partner(books: Books, sheet: Sheet) -> None:
    """What was fetched is left, deleted or moved, as the sheet says."""
    offered = {line.name: line.sha256 for line in books.offered if line.sheet == sheet.name}
    places: dict[str, Path] = {"none": sheet.partner.folder(sheet.out_folder)}
    if sheet.after_fetch == "move":
        places["move"] = sheet.partner.folder(f"{ARCHIVE}-{sheet.name}")
    for action, folder in places.items():
        wanted = offered if action == sheet.after_fetch else {}
        found = {name: digest(content) for name, content in contents(folder).items()}
        for name in wanted.items() ^ found.items():
            books.disagree(
                f"{sheet.partner.name}/{folder.name}: {name} {'is there' if name in found.items() else 'lacks'}"
            )
