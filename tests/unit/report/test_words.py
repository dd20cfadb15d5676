"""Both languages have the same words with the same blanks, and every word is used."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest

from edid.report import words
from edid.report.words import LANGUAGES, word

TABLE = words._WORDS


def blanks(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_both_languages_have_the_same_words_and_no_empty_one():
    assert set(TABLE["fr"]) == set(TABLE["en"])
    assert all(text.strip() for language in LANGUAGES for text in TABLE[language].values())


@pytest.mark.parametrize("key", sorted(TABLE["en"]))
def test_both_languages_fill_in_the_same_facts(key):
    assert blanks(TABLE["fr"][key]) == blanks(TABLE["en"][key])


def test_every_word_is_used():
    folder = Path(words.__file__).parent
    code = "".join(path.read_text("utf-8") for path in folder.iterdir() if path.suffix in {".py", ".j2"})
    code = code.replace((folder / "words.py").read_text("utf-8"), "")
    made = {"valid", "invalid", "not judged", "fatal", "warning", "information", "mode warning", "mode information"}
    made |= {f"{outcome} says" for outcome in ("valid", "invalid", "not judged")}
    unused = {key for key in TABLE["en"] if key not in made and not re.search(rf"""["']{re.escape(key)}["']""", code)}
    assert unused == set()


def test_a_value_is_filled_in_and_never_formatted():
    assert "{line}" in word("en", "made", at="{line}", version="1")
