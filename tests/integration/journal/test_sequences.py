from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import update

from edid.errors import PermanentError
from edid.journal.database import Journal
from edid.journal.sequences import LAST, reserve
from edid.journal.tables import sequences


def _take(journal: Journal, count: int, digits: str = "1100") -> int:
    with journal.writing() as tx:
        return reserve(tx, "AAA123", digits, count)


def test_numbers_start_at_one_and_follow_each_other(journal: Journal) -> None:
    assert [_take(journal, 1), _take(journal, 3), _take(journal, 1)] == [1, 2, 5]


def test_each_interface_counts_by_itself(journal: Journal) -> None:
    assert [_take(journal, 5), _take(journal, 1, "1106")] == [1, 1]


def test_threads_never_get_the_same_number(journal: Journal) -> None:
    with ThreadPoolExecutor(8) as threads:
        firsts = list(threads.map(lambda _: _take(journal, 2), range(40)))
    assert sorted(firsts) == list(range(1, 81, 2))


def test_a_number_lost_in_a_crash_is_not_given_again(journal: Journal) -> None:
    with journal.writing() as tx:
        first = reserve(tx, "AAA123", "1100", 1)
    assert _take(journal, 1) == first + 1


def test_an_exhausted_sequence_is_refused_with_what_to_do(journal: Journal) -> None:
    _take(journal, 1)
    with journal.writing() as tx:
        tx.execute(update(sequences).values(last=LAST))
    with pytest.raises(PermanentError, match="new application code"):
        _take(journal, 1)
