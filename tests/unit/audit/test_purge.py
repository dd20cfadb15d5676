"""Bytes past their retention go, what is said of them stays, and what is under way is not touched."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text

from edid.audit.fault import Wrong
from edid.audit.purge import expired, purge
from edid.audit.retention import Group, kept_until
from edid.audit.verify import verify
from edid.clock import now
from edid.config.audit import Audit
from edid.journal.tables import documents, events
from edid.sandbox.invoices import ubl_invoice
from tests.unit.audit.conftest import DAY
from tests.unit.exchange.corridor import Corridor

LATER = date(now().year + 11, 1, 1)
"""The first day on which what happened today need not be kept for ten years any longer."""


@pytest.mark.parametrize(
    ("last", "year_ends", "until"),
    [
        (date(2026, 1, 1), 12, date(2036, 12, 31)),
        (date(2026, 12, 31), 12, date(2036, 12, 31)),
        (date(2026, 6, 30), 6, date(2036, 6, 30)),
        (date(2026, 7, 1), 6, date(2037, 6, 30)),
        (date(2018, 2, 1), 2, date(2028, 2, 29)),
    ],
)
def test_retention_counts_from_the_end_of_the_accounting_year(last: date, year_ends: int, until: date) -> None:
    assert kept_until([Group.INVOICES], last, Audit(year_ends=year_ends)) == until


@given(st.dates(date(2000, 1, 1), date(2200, 1, 1)), st.integers(1, 12), st.integers(6, 100))
def test_nothing_is_kept_for_less_than_its_years_nor_a_year_longer(last: date, year_ends: int, years: int) -> None:
    audit = Audit.model_validate({"year_ends": year_ends, "retention": {"invoices": years}})
    until = kept_until([Group.INVOICES], last, audit)
    assert until is not None
    assert timedelta(0) <= until - last - timedelta(days=365.2425 * years - 2) <= timedelta(days=370)


def test_the_longest_retention_counts_and_null_is_for_ever() -> None:
    audit = Audit.model_validate({"retention": {"invoices": 10, "messages": 12, "others": None}})
    both = [Group.INVOICES, Group.MESSAGES]
    assert kept_until(both, date(2026, 1, 1), audit) == date(2038, 12, 31)
    assert kept_until([*both, Group.OTHERS], date(2026, 1, 1), audit) is None


def test_what_is_past_its_retention_is_removed_and_the_trail_stays_sound(corridor: Corridor, store: Path) -> None:
    journal, many = corridor.house.journal, len(list(store.glob("??/*")))
    before = verify(journal, store).events
    assert list(expired(journal, store, Audit(), LATER - timedelta(days=1))) == []
    assert len(list(expired(journal, store, Audit(), LATER))) == many
    told: list[str] = []
    blobs, _ = purge(journal, store, Audit(), LATER, lambda item: told.append(item.sha256))
    assert (blobs, len(told), list(store.glob("??/*"))) == (many, many, [])
    done = verify(journal, store)
    assert (done.sound, done.events, done.blobs) == (True, before + many, 0)
    with journal.reading() as view:
        rows = view.execute(select(events).where(events.c.name == "journal.purged")).all()
    assert {row.data["sha256"] for row in rows} == set(told)
    assert purge(journal, store, Audit(), LATER) == (0, 0)


def test_what_is_under_way_is_never_touched(corridor: Corridor, store: Path) -> None:
    corridor.drop("late.xml", ubl_invoice("F-2", DAY))
    corridor.take()
    corridor.judge()  # it waits for a flow
    (waiting,) = (row for row in corridor.documents() if row.state == "valid")
    purge(corridor.house.journal, store, Audit(), LATER)
    assert [path.parent.name + path.name for path in store.glob("??/*")] == [waiting.sha256]
    corridor.outbound()
    assert "F-2" in {row.number for row in corridor.documents() if row.state == "sent"}


def test_what_waits_for_us_is_never_touched(corridor: Corridor, store: Path) -> None:
    journal = corridor.house.journal
    with journal.writing() as tx:
        tx.execute(text("UPDATE documents SET acts = 'us' WHERE state = 'sent'"))
    purge(journal, store, Audit(), LATER)
    with journal.reading() as view:
        kept = view.execute(select(documents.c.sha256).where(documents.c.state == "sent")).scalars().all()
    assert [path.parent.name + path.name for path in store.glob("??/*")] == kept


def test_each_kind_has_its_own_years(corridor: Corridor, store: Path) -> None:
    years = {"invoices": None, "messages": 1, "others": None}
    purge(corridor.house.journal, store, Audit.model_validate({"retention": years}), LATER)
    gone = {row.sha256 for row in corridor.rows(documents.metadata.tables["flows"])} - {
        path.parent.name + path.name for path in store.glob("??/*")
    }
    assert len(gone) == 2, "the report and the statuses"


def test_lost_bytes_are_not_called_purged(corridor: Corridor, store: Path) -> None:
    lost = next(iter(sorted(store.glob("??/*"))))
    lost.unlink()
    purge(corridor.house.journal, store, Audit(), LATER)
    done = verify(corridor.house.journal, store)
    assert [(fault.wrong, fault.blob) for fault in done.faults] == [(Wrong.BLOB_MISSING, lost.parent.name + lost.name)]


def test_a_crash_between_word_and_deed_is_made_good_by_the_next_purge(
    corridor: Corridor, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(path: Path, missing_ok: bool = False) -> None:
        raise OSError("the power is cut")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", crash)
        with pytest.raises(OSError, match="power"):
            purge(corridor.house.journal, store, Audit(), LATER)
    assert verify(corridor.house.journal, store).sound
    purge(corridor.house.journal, store, Audit(), LATER)
    assert list(store.glob("??/*")) == []
    assert verify(corridor.house.journal, store).sound


def test_the_same_bytes_dropped_again_must_be_there_again(corridor: Corridor, store: Path) -> None:
    purge(corridor.house.journal, store, Audit(), LATER)
    corridor.outbound(("again.xml", ubl_invoice("F-1", DAY)))
    (again,) = store.glob("??/*")
    assert verify(corridor.house.journal, store).sound
    again.unlink()
    assert [fault.wrong for fault in verify(corridor.house.journal, store).faults] == [Wrong.BLOB_MISSING]


def test_the_day_is_that_of_the_last_event_not_of_the_arrival(corridor: Corridor, store: Path) -> None:
    old = datetime(2001, 1, 1, tzinfo=UTC).isoformat(" ").split("+")[0] + ".000000"
    with corridor.house.journal.writing() as tx:
        for table, column in (("files", "claimed_at"), ("documents", "created_at"), ("flows", "created_at")):
            tx.execute(text(f"UPDATE {table} SET {column} = '{old}'"))
    assert list(expired(corridor.house.journal, store, Audit(), LATER - timedelta(days=1))) == []
