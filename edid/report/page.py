"""The report as one HTML page: no script, nothing from outside, French and English at the choice of the reader.

Sizes are bounded whatever was judged: what does not fit is counted, and stands in the JSON report.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from types import MappingProxyType

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from edid import __version__
from edid.clock import iso, now
from edid.report.groups import counted, outcomes
from edid.report.judged import Judged
from edid.report.printable import shown
from edid.report.sections import Budget, Section, section
from edid.report.words import LANGUAGES, word
from edid.validation.terms import Language
from edid.validation.verdict import Outcome, Severity

MOST_ROWS, MOST_SECTIONS = 5_000, 500
"""Most documents in the table, and most of them with their details."""

_HERE = Path(__file__).resolve().parent
_ATTENTION = {Outcome.INVALID: 0, Outcome.NOT_JUDGED: 0, Outcome.VALID: 1}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table."""

    name: str
    kind: str
    number: str
    outcome: Outcome
    counts: Mapping[Severity, int]
    anchor: str | None
    """Id of the section with the details, where there is one."""


def render(items: Sequence[Judged], *, language: Language, at: datetime | None = None) -> str:
    """Return the page. `language`: the one shown first. `at`: when the documents were judged, now unless given.

    Documents stand in the order given; when there are too many, those that are not valid come before the others.
    """
    order = sorted(range(len(items)), key=lambda place: _ATTENTION[items[place].verdict.outcome])
    listed = sorted(order[:MOST_ROWS])
    detailed = sorted(order[:MOST_SECTIONS])
    budget = Budget()
    sections = [_section(place, items[place], budget) for place in detailed]
    anchors = {place: section.anchor for place, section in zip(detailed, sections, strict=True)}
    style = _style()
    return _template().render(
        language=language,
        languages=LANGUAGES,
        word=word,
        style=style,
        style_hash=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
        at=iso(at or now()),
        version=__version__,
        outcomes=outcomes(item.verdict for item in items),
        documents=len(items),
        rows=[_row(items[place], anchors.get(place)) for place in listed],
        sections=sections,
    )


def _section(place: int, item: Judged, budget: Budget) -> Section:
    return section(item, f"document-{place + 1}", budget)


def _row(item: Judged, anchor: str | None) -> Row:
    counts = MappingProxyType(counted(item.verdict))
    return Row(shown(item.name), shown(item.kind), shown(item.number or ""), item.verdict.outcome, counts, anchor)


def _style() -> str:
    return (_HERE / "page.css").read_text("utf-8")


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(_HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template("page.html.j2")
