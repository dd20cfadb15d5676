"""The page about the sandbox names every scenario and every word that a number may hold."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from edid.sandbox.fates import CHOSEN_BY_NUMBER
from edid.sandbox.scenarios import Scenario
from tests.integration.packaging.snippets import KINDS, snippets

PAGE = Path(__file__).resolve().parents[3] / "docs" / "sandbox.md"


@pytest.fixture
def text() -> str:
    return PAGE.read_text(encoding="utf-8")


def test_every_scenario_is_described_and_no_other(text):
    table = text.split("\n## Scenarios\n")[1].strip().split("\n\n")[0]
    assert re.findall(r"^\| `([a-z][a-z-]*)` \|", table, re.MULTILINE) == [scenario.value for scenario in Scenario]


def test_every_word_of_a_number_is_named(text):
    for fate in CHOSEN_BY_NUMBER:
        assert f"`{fate.value}`" in text.split("look for one of these words")[1]


def test_every_snippet_says_where_it_can_run():
    assert snippets(PAGE)
    assert {snippet.kind for snippet in snippets(PAGE)} <= KINDS
