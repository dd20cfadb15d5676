"""The data files themselves: complete, consistent, and read by the piece just as they are read whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from ruamel.yaml import YAML

from edid import resources
from edid.flows import irr
from edid.validation import pieces
from edid.validation.explanation_index import index, names
from edid.validation.explanations import explain, rules
from edid.validation.terms import all_terms, name_of

FOLDER = resources.folder("schemas") / "explanations"
FILES = sorted(path.name for path in FOLDER.glob("*.yaml") if path.name != "business-terms.yaml")


def whole(name: str) -> Any:
    return YAML(typ="safe", pure=True).load(FOLDER / name)


def entries() -> Iterator[dict[str, Any]]:
    for name in FILES:
        yield from whole(name)


@pytest.mark.parametrize("name", FILES)
def test_the_quick_index_sees_what_a_full_reader_sees(name: str) -> None:
    rows = whole(name)
    cut = list(pieces.cut((FOLDER / name).read_text("utf-8")))
    assert [pieces.read(piece) for piece in cut] == [[row] for row in rows]
    assert [list(names(piece)) for piece in cut] == [[row["rule"], *row.get("also", ())] for row in rows]


def test_business_terms_read_by_the_piece_are_those_of_the_file() -> None:
    table = whole("business-terms.yaml")
    assert {term: {"fr": name_of(term, "fr"), "en": name_of(term, "en")} for term in all_terms()} == table


@pytest.mark.parametrize("name", FILES)
def test_every_entry_says_in_both_languages_what_is_wrong_and_what_to_do(name: str) -> None:
    for row in whole(name):
        assert set(row) <= {"rule", "also", "terms", "fr", "en", "source", "known"}, row["rule"]
        for language in ("fr", "en"):
            assert set(row[language]) == {"meaning", "remedy"}, row["rule"]
            for text in row[language].values():
                assert text.endswith("."), (row["rule"], text)  # a text cut by an unquoted # would not
                assert "  " not in text, (row["rule"], text)


def test_nothing_is_explained_twice() -> None:
    known = [row for row in entries() if row.get("known", True)]
    told = Counter(name for row in known for name in (row["rule"], *row.get("also", ())))
    assert [name for name, count in told.items() if count > 1] == []
    assert not set(told) & set(irr.reasons())


def test_french_and_english_are_not_the_same_text() -> None:
    for rule in rules():
        explained = explain(rule)
        assert explained.meaning("fr") != explained.meaning("en"), rule


def test_every_term_that_an_entry_names_has_a_name() -> None:
    named = set(all_terms())
    for row in entries():
        also = row.get("also", ())
        lists = [row.get("terms", ()), *(also.values() if isinstance(also, dict) else ())]
        assert {term for terms in lists for term in terms} <= named, row["rule"]


def test_every_id_of_the_index_is_known() -> None:
    assert len(rules()) == len(index().exact)
    assert [rule for rule in rules() if not explain(rule).known] == []


def test_pieces_keep_comments_and_blank_lines_with_the_item_above() -> None:
    text = "# head\n\n- rule: A\n  x: 1\n# about B\n\n- rule: B\n\n# end\n"
    assert list(pieces.cut(text)) == ["- rule: A\n  x: 1\n# about B\n\n", "- rule: B\n\n# end\n"]
    assert list(pieces.cut("# nothing\n")) == []
