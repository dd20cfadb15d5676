"""What the ERPs were told: one answer for each thing that happened, none twice, none that did not."""

from __future__ import annotations

from collections import Counter
from typing import Any

from tests.soak.books import Books, kept_as
from tests.soak.ledger import Fate
from tests.soak.outbound import Expected

Told = tuple[str, str]
"""The word, and the file (with member), number or flow that it is about."""


def compare(books: Books, expected: Expected) -> None:
    """Compare what each ERP was told with what the ledger says that happened."""
    failures, holds = _failures(books), _holds(books)
    for name, sheet in books.sheets.items():
        answers = books.answers(name)
        for event_id, count in Counter(answer["event_id"] for answer in answers).items():
            if count > 1:
                books.disagree(f"{name}: {event_id} was told {count} times")
        found = Counter(_said(answer) for answer in answers)
        wanted = _outgoing(books, name, expected) if sheet.sends else _incoming(books, name)
        wanted += Counter(
            ("kept", line.name) for line in books.offered if line.sheet == name and line.fate is Fate.KEPT
        )
        wanted += failures.get(name, Counter()) + holds.get(name, Counter())
        for said in (wanted - found).elements():
            books.disagree(f"the ERP of {name} was not told: {said}")
        for said in (found - wanted).elements():
            books.disagree(f"the ERP of {name} was told once too often: {said}")


def _said(answer: dict[str, Any]) -> Told:
    word = answer["event"]
    if word in {"filed", "excluded"} or (word == "duplicate" and answer["direction"] == "in"):
        return word, answer["number"]
    if word == "kept":
        return word, answer["flow"]
    if word in {"report", "status"}:
        return f"{word} {answer['code']}", answer["number"]
    member = answer["member"]
    return word, f"{answer['file']}__{member}" if member else answer["file"]


def _outgoing(books: Books, sheet: str, expected: Expected) -> Counter[Told]:
    wanted: Counter[Told] = Counter()
    for (of, name, state), count in expected.files.items():
        if of == sheet:
            wanted["taken" if state == "read" else "rejected", name] += count
    for (of, name, member, _, state), count in expected.documents.items():
        if of == sheet:
            wanted[state, f"{name}__{member}" if member else name] += count
    carried: dict[str, list[str]] = {}
    for row in books.documents:
        if row.direction == "out" and row.flow_name:
            carried.setdefault(row.flow_name.rpartition("_")[2], []).append(row.number)
    for line in books.offered:
        if line.sheet == sheet and line.fate is Fate.WORD:
            word = "report" if line.name.startswith("CSO") else "status"
            for about, code in line.said:
                numbers = carried.get(about, []) if word == "report" else [about]
                wanted.update((f"{word} {code}", number) for number in numbers)
    return wanted


def _incoming(books: Books, sheet: str) -> Counter[Told]:
    wanted: Counter[Told] = Counter()
    seen: set[str] = set()
    for line in books.offered:
        if line.sheet == sheet and line.fate in {Fate.FILED, Fate.EXCLUDED}:
            word = "duplicate" if line.number in seen else line.fate.value
            wanted[word, line.number] += 1
            seen.add(line.number)
    return wanted


def _failures(books: Books) -> dict[str, Counter[Told]]:
    """Flows that waited for a person are told, once for each of their documents each time."""
    carried: dict[int, list[str]] = {}
    for row in books.documents:
        if row.direction == "out" and row.flow_id is not None:
            carried.setdefault(row.flow_id, []).append(kept_as(row))
    found: dict[str, Counter[Told]] = {}
    for event in books.events:
        if event.entity == "flow" and event.to_state == "failed":
            found.setdefault(event.sheet, Counter()).update(("failed", name) for name in carried[event.entity_id])
    return found


def _holds(books: Books) -> dict[str, Counter[Told]]:
    """Documents that were held for a while are told."""
    names = {row.id: kept_as(row) for row in books.documents}
    found: dict[str, Counter[Told]] = {}
    for event in books.events:
        if event.name == "document.held":
            found.setdefault(event.sheet, Counter())["held", names[event.entity_id]] += 1
    return found
