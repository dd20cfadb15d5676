"""The report as JUnit XML, which every build server shows: one test case for each document.

An invalid document is a failure, one that was not judged an error; none is ever skipped. The form is the one that
build servers agree upon; there is no official one.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from lxml import etree

from edid import __version__
from edid.clock import iso, now
from edid.documents.xml import Element
from edid.report.groups import grouped, outcomes
from edid.report.judged import Judged
from edid.report.printable import MESSAGE, shown
from edid.report.text import document
from edid.report.unchecked import unchecked
from edid.validation.terms import Language
from edid.validation.verdict import Outcome


def render(items: Sequence[Judged], *, language: Language, at: datetime | None = None) -> str:
    """Return the XML document. `at`: when the documents were judged, now unless given."""
    count = outcomes(item.verdict for item in items)
    counts = {
        "tests": str(len(items)),
        "failures": str(count[Outcome.INVALID]),
        "errors": str(count[Outcome.NOT_JUDGED]),
        "skipped": "0",
        "time": _seconds(sum(item.seconds or 0.0 for item in items)),
    }
    suites = etree.Element("testsuites", name=f"edid {__version__}")
    suite = etree.SubElement(suites, "testsuite", name="edid validate", timestamp=iso(at or now()))
    for key, value in counts.items():
        suites.set(key, value)
        suite.set(key, value)
    for item in items:
        _case(suite, item, language)
    etree.indent(suites)
    return etree.tostring(suites, encoding="utf-8", xml_declaration=True).decode() + "\n"


def _case(suite: Element, item: Judged, language: Language) -> None:
    names = {"name": shown(item.name, MESSAGE), "classname": shown(item.kind)}
    if item.seconds is not None:
        names["time"] = _seconds(item.seconds)
    case = etree.SubElement(suite, "testcase", names)
    verdict = item.verdict
    text = document(item, language=language)
    if verdict.outcome is Outcome.INVALID:
        rules = ", ".join(dict.fromkeys(shown(group.rule) for group in grouped(verdict.findings)))
        said = etree.SubElement(case, "failure", {"message": shown(rules, MESSAGE), "type": "invalid"})
        said.text = text
    elif verdict.outcome is Outcome.NOT_JUDGED:
        reasons = " ".join(gap.text for gap in unchecked(verdict, language))
        said = etree.SubElement(case, "error", {"message": shown(reasons, MESSAGE), "type": "not judged"})
        said.text = text
    else:
        etree.SubElement(case, "system-out").text = text


def _seconds(seconds: float) -> str:
    return f"{seconds:.3f}"
