from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from edid.documents.kinds import Facts
from edid.errors import PermanentError
from edid.exchange.duplicates import Guard, Keys, keys
from edid.exchange.forcing import force
from edid.sandbox.invoices import SELLER, cii_invoice
from edid.sandbox.invoices.parties import SUPPLIERS
from tests.unit.exchange.corridor import Corridor

Invoice = Callable[..., bytes]


def _judged(corridor: Corridor, name: str, content: bytes, sheet=None) -> str:
    corridor.drop(name, content, sheet)
    corridor.take(sheet)
    corridor.judge(sheet)
    return corridor.documents()[-1].state


def test_the_same_bytes_are_set_aside_with_what_they_duplicate(corridor: Corridor, invoice: Invoice) -> None:
    _judged(corridor, "a.xml", invoice())
    assert _judged(corridor, "again.xml", invoice()) == "duplicate"
    original, copy = corridor.documents()
    assert copy.duplicate_of == original.id
    assert (copy.bytes_key, copy.invoice_key) == (None, None)
    text = (corridor.house.folders(corridor.sheet).duplicates / "again.xml.verdict.txt").read_text()
    assert f"document {original.id}" in text
    assert "edid documents force" in text


def test_the_same_invoice_with_other_bytes_is_a_duplicate(corridor: Corridor, invoice: Invoice) -> None:
    _judged(corridor, "a.xml", invoice("F-1"))
    assert _judged(corridor, "b.xml", cii_invoice("F-1", date(2026, 12, 31))) == "duplicate"


@pytest.mark.parametrize(
    "other",
    [
        {"number": "F-2"},
        {"number": "F-1", "day": date(2027, 1, 1)},
        {"number": "F-1", "seller": SUPPLIERS[0]},
    ],
    ids=["number", "year", "seller"],
)
def test_another_invoice_is_no_duplicate(corridor: Corridor, invoice: Invoice, other: dict) -> None:
    _judged(corridor, "a.xml", invoice("F-1", seller=SELLER))
    assert _judged(corridor, "b.xml", invoice(**other)) == "valid"


def test_a_duplicate_of_the_same_batch_names_the_document_that_leaves(corridor: Corridor, invoice: Invoice) -> None:
    corridor.drop("a.xml", invoice("F-1"))
    corridor.drop("b.xml", invoice("F-1"))
    corridor.take()
    corridor.judge()
    original, copy = corridor.documents()
    assert (original.state, copy.state, copy.duplicate_of) == ("valid", "duplicate", original.id)


def test_sheets_of_the_same_platform_and_environment_share_their_invoices(corridor: Corridor, invoice: Invoice) -> None:
    _judged(corridor, "a.xml", invoice())
    assert _judged(corridor, "a.xml", invoice(), corridor.sender(name="autre")) == "duplicate"


@pytest.mark.parametrize(
    "other", [{"environment": "production"}, {"platform": "pa", "validation": {"profile": "xsd-only"}}]
)
def test_what_was_tried_elsewhere_may_leave(corridor: Corridor, invoice: Invoice, other: dict) -> None:
    _judged(corridor, "a.xml", invoice())
    assert _judged(corridor, "a.xml", invoice(), corridor.sender(name="autre", **other)) == "valid"


def test_a_rejected_invoice_may_be_mended_and_dropped_again(corridor: Corridor, invoice: Invoice) -> None:
    wrong = corridor.sender(name="autre", interfaces={"emission": ["FSO1117A"]})
    assert _judged(corridor, "a.xml", invoice(), wrong) == "rejected"
    assert _judged(corridor, "a.xml", invoice()) == "valid"


def test_a_forced_duplicate_leaves_once_and_its_copy_is_gone(corridor: Corridor, invoice: Invoice) -> None:
    corridor.outbound(("a.xml", invoice()))
    _judged(corridor, "again.xml", invoice())
    copy = corridor.documents()[-1]
    force(corridor.house.journal, corridor.settings.spool, copy.id)
    assert corridor.kept("duplicates") == []
    corridor.pack()
    corridor.send()
    assert corridor.states() == ["sent", "sent"]
    assert len(corridor.delivered()) == 2
    assert _judged(corridor, "third.xml", invoice()) == "duplicate"


def test_only_a_duplicate_can_be_forced(corridor: Corridor, invoice: Invoice) -> None:
    _judged(corridor, "a.xml", invoice())
    journal, spool = corridor.house.journal, corridor.settings.spool
    with pytest.raises(PermanentError, match=r"is valid, not a duplicate.*--state duplicate"):
        force(journal, spool, corridor.documents()[0].id)
    with pytest.raises(PermanentError, match=r"no document 77.*documents list"):
        force(journal, spool, 77)


def test_without_number_date_or_seller_only_the_bytes_tell(corridor: Corridor) -> None:
    for facts in (None, Facts(), Facts(number="1", issue_date=date(2026, 1, 1)), Facts(number="1", seller_id="S")):
        assert keys(corridor.sheet, "ab", facts) == Keys("chorus-pro/qualification/ab", None)


def test_the_guard_takes_any_number_of_keys(corridor: Corridor, invoice: Invoice) -> None:
    _judged(corridor, "a.xml", invoice("F-1"))
    (row,) = corridor.documents()
    wanted = [Keys(f"bytes/{number}", f"invoice/{number}") for number in range(40_000)]
    wanted.append(Keys(row.bytes_key, row.invoice_key))
    with corridor.house.journal.reading() as view:
        guard = Guard(view, wanted)
    original = guard.original(wanted[-1])
    assert original is not None
    assert (original.document_id, original.same_bytes) == (row.id, True)
    assert guard.original(wanted[0]) is None
