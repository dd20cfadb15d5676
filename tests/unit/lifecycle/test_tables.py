"""The page about statuses says what the data say."""

from __future__ import annotations

from edid.lifecycle.tables import TABLES, page
from edid.lifecycle.vocabulary import vocabulary
from tests.conftest import PROJECT

PAGE = PROJECT / "docs" / "statuses.md"


def test_the_page_is_the_generated_one():
    text = PAGE.read_text(encoding="utf-8")
    assert page(text) == text, "run: python -m edid.lifecycle.tables"


def test_every_table_has_its_place_on_the_page():
    text = PAGE.read_text(encoding="utf-8")
    assert all(text.count(f"<!-- table: {name} -->") == 1 for name in TABLES)


def test_every_status_stands_in_the_tables_of_codes_and_of_both_sides():
    for name in vocabulary().statuses:
        for table in ("codes", "sent", "received"):
            assert f"`{name}`" in TABLES[table](), (name, table)


def test_a_contested_number_stands_in_brackets():
    (row,) = [line for line in TABLES["codes"]().splitlines() if line.startswith("| `REFUSEE_2` ")]
    assert "(17)" in row
