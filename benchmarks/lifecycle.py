"""How quickly the journal answers what people and the daemon ask: 100,000 documents against 1,000. Prints a table.

The two journals are alike but for their size: five statuses for each document, one document in fifty that waits for
somebody. Every question is asked in the same run, in alternating rounds; read ratios and the limit, not the last digit.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from sqlalchemy import Connection, insert

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

from edid.config.sheet import SenderSheet  # noqa: E402
from edid.documents.kinds import Facts, InvoiceStatus  # noqa: E402
from edid.exchange import todo  # noqa: E402
from edid.exchange.bound import document_of, flow_of  # noqa: E402
from edid.exchange.standing import refresh_documents  # noqa: E402
from edid.exchange.storable import facts_as_columns  # noqa: E402
from edid.journal import queries, tables  # noqa: E402
from edid.journal.chunks import chunks  # noqa: E402
from edid.journal.database import Journal, default_url, open_journal  # noqa: E402

START = datetime(2026, 1, 5, 8, tzinfo=UTC)
SIRET = "12345678200010"
STATUSES = ("01", "02", "03", "07", "11")
_CANONICAL = {"01": "DEPOSEE", "02": "EN_COURS_ACHEMINEMENT", "03": "MISE_A_DISPOSITION", "07": "SERVICE_FAIT"}
_CANONICAL |= {"11": "MISE_EN_PAIEMENT", "06": "SUSPENDUE"}
_WAITS = 50
"""One document in so many is suspended."""
_IN_A_FLOW = 100
LIMIT_MS = 100.0


def filled(folder: Path, documents: int) -> Journal:
    """Return a journal with so many documents, each with five statuses, whose standing is derived as always."""
    folder.mkdir()
    journal = open_journal(default_url(folder))
    for start in range(0, documents, 5_000):
        with journal.writing() as tx:
            _fill(tx, start, min(start + 5_000, documents))
    return journal


def _fill(tx: Connection, start: int, end: int) -> None:
    flows = range(start // _IN_A_FLOW, (end + _IN_A_FLOW - 1) // _IN_A_FLOW)
    tx.execute(insert(tables.flows), [_flow(number) for number in flows])
    numbers = list(range(start, end))
    for part in chunks(numbers):
        tx.execute(insert(tables.files), [_file(number) for number in part])
        tx.execute(insert(tables.documents), [_document(number) for number in part])
        tx.execute(insert(tables.statuses), [row for number in part for row in _statuses(number)])
    refresh_documents(tx, [number + 1 for number in numbers])


def _flow(number: int) -> dict[str, Any]:
    identifier = f"ABC1231100{number:015d}"
    return {
        "id": number + 1,
        "sheet": f"sheet-{number % 5}",
        "direction": "out",
        "interface_code": "FSO1100A",
        "name": f"FSO1100A_ABC123_{identifier}",
        "identifier": identifier,
        "sha256": f"{number:064x}",
        "size": 1,
        "document_count": _IN_A_FLOW,
        "state": "sent",
        "report": "integrated",
        "created_at": START,
    }


def _file(number: int) -> dict[str, Any]:
    return {
        "id": number + 1,
        "sheet": f"sheet-{number // _IN_A_FLOW % 5}",
        "name": f"invoice-{number}.xml",
        "sha256": f"{number:064x}",
        "size": 20_000,
        "state": "read",
        "token": f"token-{number}",
        "claimed_at": START + timedelta(minutes=number),
    }


def _document(number: int) -> dict[str, Any]:
    day = date(2026, 1, 5) + timedelta(days=number % 300)
    facts = Facts(number=f"F-{number}", issue_date=day, seller_id=SIRET, buyer_id="00020317400016")
    return {
        "id": number + 1,
        "sheet": f"sheet-{number // _IN_A_FLOW % 5}",
        "direction": "out",
        "file_id": number + 1,
        "flow_id": number // _IN_A_FLOW + 1,
        "position": number % _IN_A_FLOW,
        "kind": "ubl-invoice",
        "interface_code": "FSO1100A",
        "sha256": f"{number:064x}",
        "size": 20_000,
        "state": "sent",
        **facts_as_columns(facts),
        "verdict": {"outcome": "valid", "findings": []},
        "bytes_key": f"b/{number}",
        "invoice_key": f"i/{number}",
        "created_at": START + timedelta(minutes=number),
    }


def _statuses(number: int) -> list[dict[str, Any]]:
    codes = STATUSES if number % _WAITS else (*STATUSES[:4], "06")
    return [
        {
            "source_flow_id": number // _IN_A_FLOW + 1,
            "position": number * len(codes) + place,
            "subject": "document",
            "document_id": number + 1,
            "dialect": "cpp-statut",
            "code": code,
            "canonical": _CANONICAL[code],
            "label": _CANONICAL[code],
            "status_at": START + timedelta(minutes=number, hours=place),
            "about": {"number": f"F-{number}"},
            "reasons": None,
            "received_at": START + timedelta(minutes=number, hours=place),
        }
        for place, code in enumerate(codes)
    ]


def questions(documents: int) -> dict[str, Callable[[Connection], object]]:
    """Return what is asked of a journal of so many documents, by name."""
    number = documents // 2
    sheet = _sheet(f"sheet-{number // _IN_A_FLOW % 5}")
    status = InvoiceStatus("07", f"F-{number}", START, _document(number)["issue_date"], "1", SIRET)
    flow = _flow(number // _IN_A_FLOW)["identifier"]
    return {
        "edid todo": lambda view: todo.waiting(view, todo.Wanted(), "fr"),
        "edid todo --sheet": lambda view: todo.waiting(view, todo.Wanted(sheet=sheet.name), "fr"),
        "edid todo --number": lambda view: todo.waiting(view, todo.Wanted(number=f"F-{number // 50 * 50}"), "fr"),
        "documents list": lambda view: queries.list_documents(view, queries.Filter()),
        "documents list --number": lambda view: queries.list_documents(view, queries.Filter(number=f"F-{number}")),
        "documents list --sheet --state": lambda view: queries.list_documents(
            view, queries.Filter(sheet=sheet.name, state="held")
        ),
        "documents list --status": lambda view: queries.list_documents(view, queries.Filter(status="ABANDONNEE")),
        "documents list --since": lambda view: queries.list_documents(view, queries.Filter(since=START)),
        "documents show": lambda view: queries.statuses_of(view, document_id=number + 1),
        "edid status": queries.counts,
        "correlate an invoice": lambda view: document_of(view, sheet, status),
        "correlate a flow": lambda view: flow_of(view, sheet, [flow]),
    }


def _sheet(name: str) -> SenderSheet:
    return SenderSheet.model_validate(
        {
            "name": name,
            "kind": "sender",
            "platform": "chorus-pro",
            "environment": "qualification",
            "structure": {"siret": SIRET, "name": "Société Exemple"},
            "application_code": "ABC123",
            "interfaces": {"emission": ["FSO1100A"]},
            "transport": {"protocol": "folder", "root": "partner"},
            "contact": {"name": "Service informatique", "email": "edi@example.invalid"},
        },
        context={"folder": Path()},
    )


@contextmanager
def _timed(into: list[float]) -> Iterator[None]:
    start = time.perf_counter()
    yield
    into.append((time.perf_counter() - start) * 1000)


def main() -> int:
    """Print the table; return 1 when an answer takes longer than the limit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=15)
    chosen = parser.parse_args()
    console = Console()
    with tempfile.TemporaryDirectory(prefix="edid-bench-") as folder:
        sizes = (1_000, chosen.documents)
        journals = {size: filled(Path(folder) / str(size), size) for size in sizes}
        times: dict[tuple[str, int], list[float]] = {}
        for _ in range(chosen.rounds):
            for size in sizes:
                for name, ask in questions(size).items():
                    with journals[size].reading() as view, _timed(times.setdefault((name, size), [])):
                        ask(view)
        for journal in journals.values():
            journal.close()
    table = Table("question", *(f"{size:,} documents: ms" for size in sizes), "ratio", title="Median of the rounds")
    slow = []
    for name in questions(sizes[0]):
        small, large = (statistics.median(times[name, size]) for size in sizes)
        table.add_row(name, f"{small:.2f}", f"{large:.2f}", f"{large / small:.1f}")
        slow += [name] if large > LIMIT_MS else []
    console.print(table)
    for name in slow:
        console.print(f"[red]slower than {LIMIT_MS:.0f} ms: {name}")
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
