"""The report as SARIF 2.1.0, which code hosts and editors show beside the files.

A document that was not judged gives no result but a notification of level error, and the whole run counts as
unsuccessful: who counts results alone must not take it for a good one.
Source: OASIS, Static Analysis Results Interchange Format 2.1.0, sections 3.13 to 3.58 (named where used).
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

from edid import __version__
from edid.clock import iso, now
from edid.report.data import dumped
from edid.report.groups import Group, grouped
from edid.report.judged import Judged
from edid.report.printable import MESSAGE, shown
from edid.report.told import official, told
from edid.report.unchecked import unchecked
from edid.report.words import LANGUAGES, labelled, word
from edid.validation.terms import Language
from edid.validation.verdict import Finding, Outcome, Severity

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

_LEVELS = {Severity.FATAL: "error", Severity.WARNING: "warning", Severity.INFORMATION: "note"}
_Json = dict[str, Any]


def render(items: Sequence[Judged], *, language: Language, at: datetime | None = None) -> str:
    """Return a SARIF log with one run. `at`: when the run ended, now unless given."""
    groups = [grouped(item.verdict.findings) for item in items]
    rules = {key: place for place, key in enumerate(dict.fromkeys(_key(group) for each in groups for group in each))}
    examples = {_key(group): group for each in reversed(groups) for group in each}
    run = {
        "tool": {
            "driver": {
                "name": "edid",
                "version": __version__,
                "language": language,
                "rules": [_rule(examples[key], language) for key in rules],
            },
            "extensions": list(_packs(items)),
        },
        "invocations": [_invocation(items, language, at or now())],
        "artifacts": [_artifact(item) for item in items],
        "columnKind": "unicodeCodePoints",
        "results": [
            result
            for place, (item, each) in enumerate(zip(items, groups, strict=True))
            for group in each
            for result in _results(group, rules[_key(group)], place, item, language)
        ],
    }
    return f"{dumped({'$schema': SCHEMA, 'version': '2.1.0', 'runs': [run]}, indent=1)}\n"


def _key(group: Group) -> tuple[str, str | None]:
    return group.rule, group.pack


def _packs(items: Iterable[Judged]) -> Iterator[_Json]:
    """Yield every rule pack once: a component that extends the tool (3.18.3)."""
    used = {(pack.name, pack.version, pack.sha256): None for item in items for pack in item.verdict.packs}
    for name, version, sha256 in used:
        yield {"name": name, "version": version, "properties": {"sha256": sha256}}


def _rule(group: Group, language: Language) -> _Json:
    """Return a reportingDescriptor (3.49); two packs may have a rule of the same id, so the index is what counts."""
    words = {each: told(group, each) for each in LANGUAGES}
    known = words[language].known
    helps = [f"{each.upper()}{word(each, ':')} {words[each].meaning} {words[each].remedy}" for each in LANGUAGES]
    return {
        "id": shown(group.rule),
        "shortDescription": {"text": words[language].meaning if known else shown(group.findings[0].message, MESSAGE)},
        "help": {"text": "\n".join(helps)},
        "properties": {
            "pack": group.pack,
            "known": known,
            "terms": list(words[language].terms),
            **{each: {"meaning": words[each].meaning, "remedy": words[each].remedy} for each in LANGUAGES},
        },
    }


def _artifact(item: Judged) -> _Json:
    packs = [
        {"name": pack.name, "version": pack.version, "outcome": pack.outcome, "because": pack.because}
        for pack in item.verdict.packs
    ]
    facts = {"outcome": item.verdict.outcome, "kind": item.kind, "number": item.number, "packs": packs}
    return {"location": {"uri": uri(item.name)}, "roles": ["analysisTarget"], "properties": facts}


def uri(name: str) -> str:
    """Return the name of a file as a URI reference (3.4.3): `file:///…` for an absolute path, else relative to it."""
    path = quote(name.encode("utf-8", "surrogateescape" if _encodable(name) else "replace"), safe="/!")
    return f"file://{path}" if name.startswith(os.sep) else path


def _encodable(name: str) -> bool:
    return all(not "\ud800" <= sign <= "\udfff" or "\udc80" <= sign <= "\udcff" for sign in name)


def _invocation(items: Sequence[Judged], language: Language, at: datetime) -> _Json:
    """Return what happened to the run (3.20): every check that did not run is told here."""
    return {
        "executionSuccessful": all(item.verdict.outcome is not Outcome.NOT_JUDGED for item in items),
        "endTimeUtc": iso(at),
        "toolExecutionNotifications": [
            note for place, item in enumerate(items) for note in _notifications(place, item, language)
        ],
    }


def _notifications(place: int, item: Judged, language: Language) -> Iterator[_Json]:
    """Yield a notification (3.58) for each gap: an error when it leaves the document without judgement."""
    level = "error" if item.verdict.outcome is Outcome.NOT_JUDGED else "warning"
    for gap in unchecked(item.verdict, language):
        yield _notification(level, labelled(language, "unchecked", gap.text), place, item, gap.fault)
    if item.verdict.truncated:
        yield _notification("warning", word(language, "truncated"), place, item)


def _notification(level: str, text: str, place: int, item: Judged, finding: Finding | None = None) -> _Json:
    return {"level": level, "message": {"text": text}, "locations": [_location(finding, place, item)]}


def _results(group: Group, rule: int, place: int, item: Judged, language: Language) -> Iterator[_Json]:
    """Yield a result (3.27) for each finding of a rule."""
    words = told(group, language)
    for finding in group.findings:
        said = [words.meaning] if words.known else []
        said += [
            labelled(language, key, shown(value))
            for key, value in (("found", finding.found), ("expected", finding.expected))
            if value is not None
        ]
        yield {
            "ruleId": shown(finding.rule),
            "ruleIndex": rule,
            "level": _LEVELS[finding.severity],
            "message": {"text": "\n".join([*said, labelled(language, "detail", official(finding))])},
            "locations": [_location(finding, place, item)],
        }


def _location(finding: Finding | None, place: int, item: Judged) -> _Json:
    """Return a location (3.28): the artifact, the line where it is known, the XPath as a logical location (3.33)."""
    physical: _Json = {"artifactLocation": {"uri": uri(item.name), "index": place}}
    location: _Json = {"physicalLocation": physical}
    if finding is not None and finding.line is not None and finding.line >= 1:
        physical["region"] = {"startLine": finding.line}
    if finding is not None and finding.path:
        kind = "attribute" if "/@" in finding.path else "element"
        location["logicalLocations"] = [{"fullyQualifiedName": finding.path, "kind": kind}]
    return location
