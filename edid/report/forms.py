"""The forms of a report, by the name that a person types."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from edid.report import data, junit, page, sarif, text
from edid.report.judged import Judged
from edid.validation.terms import Language


class Form(StrEnum):
    """How verdicts can be reported."""

    TEXT = "text"
    JSON = "json"
    JSON_LINES = "jsonl"
    SARIF = "sarif"
    JUNIT = "junit"
    HTML = "html"


def render(
    form: Form, items: Sequence[Judged], *, language: Language, at: datetime | None = None, colour: bool = False
) -> str:
    """Return the report on `items` as one text, to be written as UTF-8.

    `language`: of the sentences; JSON has both, HTML shows this one first. `at`: when the documents were judged, now
    unless given. `colour`: only for TEXT on a terminal. The sources of the items are read by HTML alone, meanwhile.
    """
    match form:
        case Form.TEXT:
            return text.render(items, language=language, colour=colour)
        case Form.JSON:
            return data.render(items, at=at)
        case Form.JSON_LINES:
            return "".join(data.lines(items))
        case Form.SARIF:
            return sarif.render(items, language=language, at=at)
        case Form.JUNIT:
            return junit.render(items, language=language, at=at)
        case Form.HTML:
            return page.render(items, language=language, at=at)
