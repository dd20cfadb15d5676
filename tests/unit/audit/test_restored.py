"""A journal put back from its backup: what left since is not sent again, and no number is given twice."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from edid.audit.backup import backup
from edid.audit.restored import skip_numbers
from edid.audit.verify import verify
from edid.errors import PermanentError
from edid.journal.database import default_url
from edid.journal.sequences import LAST
from edid.sandbox.invoices import ubl_invoice
from edid.validation.worker import JudgePool
from tests.blank import new_journal
from tests.unit.audit.conftest import DAY
from tests.unit.exchange.corridor import Corridor


@pytest.fixture
def restored(tmp_path: Path, judges: JudgePool) -> Iterator[Corridor]:
    """A house on the backup of a journal that was made when one flow was ready; two have left since."""
    lost = Corridor(tmp_path, judges, validation={"profile": "xsd-only"})
    lost.drop("a.xml", ubl_invoice("F-1", DAY))
    lost.take()
    lost.judge()
    lost.pack()
    backup(default_url(lost.settings.state), tmp_path / "backup.db")
    lost.outbound(("b.xml", ubl_invoice("F-2", DAY)))
    assert len(lost.delivered()) == 2
    lost.close()
    shutil.rmtree(lost.settings.state / "work", ignore_errors=True)
    for path in lost.settings.state.glob("journal.db*"):
        path.unlink()
    shutil.copy(tmp_path / "backup.db", lost.settings.state / "journal.db")
    made = Corridor(tmp_path, judges, validation={"profile": "xsd-only"})
    yield made
    made.close()


def test_what_the_partner_has_is_not_sent_again(restored: Corridor) -> None:
    before = restored.delivered()
    restored.outbound(("c.xml", ubl_invoice("F-3", DAY)))
    assert restored.delivered() == before
    assert "which this journal never sent" in str(restored.flows()[0].reason)


def test_numbers_that_were_skipped_are_never_given(restored: Corridor) -> None:
    skipped = skip_numbers(restored.house.journal, 500)
    assert list(skipped.values()) == [2]
    restored.outbound(("c.xml", ubl_invoice("F-3", DAY)))
    assert [flow.identifier[-15:] for flow in restored.flows()] == [f"{1:015d}", f"{502:015d}"]
    (event,) = restored.events("journal.restored")
    assert event.data == {"skipped": 500, "from": skipped}
    assert verify(restored.house.journal, None).faults == []


def test_none_is_skipped_when_there_are_not_so_many(restored: Corridor) -> None:
    with pytest.raises(PermanentError, match="exhausted"):
        skip_numbers(restored.house.journal, LAST)
    assert list(skip_numbers(restored.house.journal, 1).values()) == [2]


def test_a_journal_without_any_number_has_none_to_skip(tmp_path: Path) -> None:
    journal = new_journal(tmp_path)
    assert skip_numbers(journal, 10) == {}
    journal.close()
