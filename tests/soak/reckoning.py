"""The reckoning: the ledger as it stands in its file against both servers, the spool and the journal."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tests.acceptance.company import Company
from tests.soak import inbound, outbound, telling
from tests.soak.books import Books
from tests.soak.ledger import read
from tests.soak.sheets import Sheet


def reckon(company: Company, sheets: Mapping[str, Sheet], ledger: Path) -> Books:
    """Return the books with every disagreement, also what the journal says of itself; the daemon must rest."""
    books = compared(company, sheets, ledger)
    if company.edid("journal", "verify", seconds=600).returncode != 0:
        books.disagree("edid journal verify finds the journal unsound")
    return books


def compared(company: Company, sheets: Mapping[str, Sheet], ledger: Path) -> Books:
    """Return the books with every disagreement between them."""
    books = Books(company, sheets, read(ledger))
    expected = outbound.compare(books)
    inbound.compare(books)
    telling.compare(books, expected)
    return books
