"""The report for programs: everything known of each verdict, as JSON, described by schemas/verdict.schema.json."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from edid import __version__
from edid.clock import iso, now
from edid.report.groups import outcomes
from edid.report.judged import Judged
from edid.report.printable import visible
from edid.report.words import LANGUAGES
from edid.validation.explanations import explain
from edid.validation.terms import name_of
from edid.validation.verdict import Finding

_SURROGATE = re.compile("[\ud800-\udfff]")
"""A byte of a file name that is no UTF-8, which no JSON reader agrees about: written out as `\\xe9`."""
_STEERING = re.compile("[\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
"""What JSON allows in a string and a terminal or an editor should not get to see as it is."""


def render(items: Sequence[Judged], *, at: datetime | None = None) -> str:
    """Return one JSON object with all documents. `at`: when they were judged, now unless given."""
    counts = outcomes(item.verdict for item in items)
    report = {
        "edid": __version__,
        "judged_at": iso(at or now()),
        "outcomes": {str(outcome): count for outcome, count in counts.items()},
        "documents": [document(item) for item in items],
    }
    return f"{dumped(report, indent=2)}\n"


def lines(items: Iterable[Judged]) -> Iterator[str]:
    """Yield one line of JSON for each document, as soon as it is there."""
    for item in items:
        yield f"{dumped(document(item))}\n"


def document(item: Judged) -> dict[str, Any]:
    """Return one document as JSON-ready data: the verdict, its findings with terms named and rules explained."""
    verdict = item.verdict.as_json()
    verdict["findings"] = [_finding(finding) for finding in item.verdict.findings]
    return {
        "file": item.name,
        "kind": item.kind,
        "number": item.number,
        "seconds": None if item.seconds is None else round(item.seconds, 3),
        "verdict": verdict,
    }


def dumped(data: object, *, indent: int | None = None) -> str:
    """Return `data` as JSON in which nothing can steer a terminal and every character can be written as UTF-8."""
    text = json.dumps(data, ensure_ascii=False, indent=indent)
    text = _SURROGATE.sub(lambda sign: "\\" + visible(sign[0]), text)
    return _STEERING.sub(lambda sign: f"\\u{ord(sign[0]):04x}", text)


def _finding(finding: Finding) -> dict[str, Any]:
    explanation = _explanation(finding.rule)
    return {
        "rule": finding.rule,
        "severity": finding.severity,
        "pack": finding.pack,
        "terms": [_term(term) for term in finding.terms or explanation["terms"]],
        "line": finding.line,
        "path": finding.path,
        "found": finding.found,
        "expected": finding.expected,
        "message": finding.message,
        "remedy": finding.remedy,
        "explanation": explanation["texts"],
    }


def _term(term: str) -> dict[str, str | None]:
    return {"id": term, **{language: name_of(term, language) for language in LANGUAGES}}


@lru_cache(maxsize=512)
def _explanation(rule: str) -> dict[str, Any]:
    explanation = explain(rule)
    texts = {
        language: {"meaning": explanation.meaning(language), "remedy": explanation.remedy(language)}
        for language in LANGUAGES
    }
    return {"terms": explanation.terms, "texts": {"known": explanation.known, **texts}}
