"""What the page about verdicts shows is what the reports say."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest

from edid import resources
from edid.report import data, page, sections, text
from edid.report.forms import Form
from edid.validation.verdict import Outcome, concluded
from tests.unit.report.verdicts import NORM_PACK, SCHEMA_PACK, TOTAL, judged

NAME = "flow.tar.gz!F-1.xml"


@pytest.fixture(scope="module")
def docs() -> str:
    return (resources.folder("schemas").parent / "docs" / "verdicts.md").read_text("utf-8")


def block(docs: str, kind: str) -> str:
    (found,) = re.findall(rf"^```{kind}\n(.*?)^```$", docs, re.MULTILINE | re.DOTALL)
    return found


def test_the_text_shown_is_what_is_printed(docs):
    verdict = concluded([SCHEMA_PACK, NORM_PACK], [TOTAL], profile="chorus-pro")
    assert block(docs, "text") == text.document(judged(verdict, NAME), language="en")


def test_the_json_shown_is_what_is_written(docs):
    verdict = concluded([NORM_PACK], [replace(TOTAL, terms=("BT-112",))], profile="chorus-pro")
    assert json.loads(block(docs, "json")) == json.loads(data.dumped(data.document(judged(verdict, NAME))))


def test_every_form_and_every_outcome_has_its_row(docs):
    rows = re.findall(r"^\| `([^`]+)`", docs, re.MULTILINE)
    assert set(Form) <= set(rows)
    assert set(Outcome) <= set(rows)


def test_the_limits_of_the_page_are_the_ones_it_keeps(docs):
    budget = sections.Budget()
    told = " ".join(docs.split())
    assert f"at most {page.MOST_ROWS:,} documents in its table, {page.MOST_SECTIONS} with their details" in told
    assert f"{budget.findings:,} findings and {budget.excerpts:,} source excerpts" in told
