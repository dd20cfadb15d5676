"""What happened to each document, as one HTML page for people; nothing in it is fetched from elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from html import escape
from typing import Any, TextIO

from sqlalchemy import Connection

from edid.audit.fault import Language
from edid.audit.report_details import details
from edid.audit.report_words import EVENTS, STATES, WORDS
from edid.clock import iso
from edid.journal import queries
from edid.journal.rows import AnyRow

_HEAD = """<!DOCTYPE html>
<html lang="{language}"><head><meta charset="utf-8"><title>{title}</title><style>
body{{font:14px/1.4 sans-serif;margin:2em;max-width:75em}}table{{border-collapse:collapse;margin:.5em 0 1.5em}}
td,th{{border:1px solid #bbb;padding:.2em .6em;text-align:left;vertical-align:top;overflow-wrap:anywhere}}
th{{background:#eee}}h2{{margin-top:2em;border-top:2px solid #444}}
</style></head><body><h1>{title}</h1><p>{intro}</p>
"""
_FACTS = (
    *("number", "issue_date", "seller_key", "buyer_id", "kind", "sheet", "direction", "state", "status", "file_name"),
    *("flow_name", "sha256"),
)


class Report:
    """The page in one language."""

    def __init__(self, view: Connection, language: Language) -> None:
        self._view = view
        self._language: Language = language
        self._words = WORDS[language]

    def write(self, file: TextIO, documents: Iterable[AnyRow]) -> None:
        """Write the page about `documents` (as queries.document gives them), one after the other."""
        words = self._words
        file.write(_HEAD.format(language=self._language, title=words["title"], intro=words["intro"]))
        for row in documents:
            self._document(file, row)
        file.write("</body></html>\n")

    def _document(self, file: TextIO, row: AnyRow) -> None:
        words = self._words
        file.write(f"<h2>{words['document']} {row.id}{_after(row.number)}</h2>\n")
        facts = [(words[name], self._word(name, getattr(row, name))) for name in _FACTS]
        verdict = row.verdict or {}
        facts.append((words["verdict"], self._word("verdict", verdict.get("outcome"))))
        facts.append((words["because"], verdict.get("not_judged_because")))
        self._table(file, (), [fact for fact in facts if fact[1] not in {None, ""}])
        findings = [self._finding(finding) for finding in verdict.get("findings") or ()]
        if findings:
            self._table(file, (), findings)
        told = queries.statuses_of(self._view, document_id=row.id)
        if told:
            file.write(f"<h3>{words['statuses']}</h3>\n")
            heads = tuple(words[name] for name in ("at", "code", "label", "comment"))
            self._table(file, heads, [(_at(one.status_at), one.code, one.label, one.comment) for one in told])
        file.write(f"<h3>{words['events']}</h3>\n")
        heads = tuple(words[name] for name in ("at", "about", "what", "detail"))
        self._table(file, heads, [self._event(event) for event in self._events(row)])

    def _events(self, row: AnyRow) -> Sequence[AnyRow]:
        found = list(queries.events_of(self._view, "document", row.id))
        for entity, number in (("file", row.file_id), ("flow", row.flow_id)):
            if number is not None:
                found += queries.events_of(self._view, entity, number)
        return sorted(found, key=lambda event: event.id)

    def _event(self, event: AnyRow) -> tuple[Any, ...]:
        names = EVENTS.get(event.name)
        name = event.name if names is None else names[0 if self._language == "fr" else 1]
        about = f"{self._words[event.entity].lower()} {event.entity_id}"
        return _at(event.at), about, f"{event.id}. {name}", details(event.data, self._language)

    def _word(self, name: str, value: object) -> object:
        if name == "state" and value in STATES:
            return STATES[str(value)][0 if self._language == "fr" else 1]
        known = name in {"direction", "verdict", "severity"} and isinstance(value, str)
        return self._words.get(str(value), value) if known else value

    def _finding(self, finding: dict[str, Any]) -> tuple[Any, ...]:
        return tuple(self._word(name, finding.get(name)) for name in ("severity", "rule", "message"))

    def _table(self, file: TextIO, heads: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        file.write("<table>")
        if heads:
            file.write("<tr>" + "".join(f"<th>{escape(head)}</th>" for head in heads) + "</tr>")
        for row in rows:
            cells = "".join(f"<td>{'' if cell is None else escape(str(cell))}</td>" for cell in row)
            file.write(f"<tr>{cells}</tr>\n")
        file.write("</table>\n")


def _at(moment: datetime | None) -> str:
    return "" if moment is None else iso(moment)


def _after(text: str | None) -> str:
    return f" : {escape(text)}" if text else ""
