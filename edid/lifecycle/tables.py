"""The tables of docs/statuses.md, written from the data.

`python -m edid.lifecycle.tables` in a checkout writes them anew.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from edid.lifecycle.action import Action, dated_actions, flow_action
from edid.lifecycle.flow_reports import FlowReport
from edid.lifecycle.reasons import reasons
from edid.lifecycle.vocabulary import vocabulary

_PAGE = "docs/statuses.md"
_MARKED = re.compile(r"(<!-- table: (\w+) -->).*?<!-- end -->", re.DOTALL)
_DIALECTS = ("cpp-statut", "chorus-historical", "chorus-api", "cdar")


def page(text: str) -> str:
    """Return the page `text` with every table between its marks (`<!-- table: NAME -->`, `<!-- end -->`) made anew."""
    return _MARKED.sub(lambda found: f"{found[1]}\n{TABLES[found[2]]()}\n<!-- end -->", text)


def codes() -> str:
    """Return the table of statuses with their codes in each dialect; a number in brackets is contested."""
    words = vocabulary()
    rows = []
    for name, word in words.statuses.items():
        said = [
            ", ".join(
                f"({code})" if entry.contested else code
                for code, entry in words.numberings[dialect].entries()
                if entry.status == name and code != name
            )
            or ("same" if name in words.numberings[dialect].names else "")
            for dialect in _DIALECTS
        ]
        rows.append((f"`{name}`", word.fr, word.en, *said))
    return _table(("status", "français", "English", *_DIALECTS), rows)


def sent() -> str:
    """Return who acts about an invoice that we sent, by what is to be done."""
    return _actions("out")


def received() -> str:
    """Return who acts about an invoice that we received, by what is to be done."""
    return _actions("in")


def flows() -> str:
    """Return what each code says about a flow, and who acts."""
    rows = []
    for code, word in vocabulary().flows.items():
        what = flow_action(FlowReport(word.report))
        rows.append((f"`{code}`", word.dialect, word.report, word.fr, word.en, str(what.actor), what.answer))
    return _table(("code", "dialect", "report", "français", "English", "who acts", "answer"), rows)


def motives() -> str:
    """Return every motive."""
    rows = (
        (f"`{code}`", ", ".join(row.used_by), f"{row.fr} {row.what_fr}", f"{row.en} {row.what_en}")
        for code, row in reasons().reasons.items()
    )
    return _table(("motive", "used by", "français", "English"), rows)


def equivalents() -> str:
    """Return what Chorus Pro passes on to the AFNOR circuit and back."""
    known = vocabulary().equivalences
    rows = [(f"`{name}`", "any", code) for name, code in known.to_cdar.items()]
    rows += [
        (f"`{name}`", frame, code) for frame, table in known.to_cdar_by_frame.items() for name, code in table.items()
    ]
    back = "; ".join(f"{code} → `{name}`" for code, name in known.from_cdar.items())
    return f"{_table(('Chorus Pro', 'frame', 'AFNOR'), rows)}\n\nBack to the public recipient: {back}. Nothing else."


TABLES: Mapping[str, Callable[[], str]] = {
    "codes": codes,
    "sent": sent,
    "received": received,
    "flows": flows,
    "motives": motives,
    "equivalents": equivalents,
}


def _actions(direction: str) -> str:
    grouped: dict[Action, list[str]] = {}
    for name in vocabulary().statuses:
        dated = dated_actions(name, direction)
        for number, (since, what) in enumerate(dated):
            until = dated[number + 1][0] if number + 1 < len(dated) else None
            day = (f" since {since}" if since else "") + (f" before {until}" if until else "")
            grouped.setdefault(what, []).append(f"`{name}`{day}")
    rows = (
        (", ".join(names), str(what.actor), _answer(what), what.what_fr, what.what_en)
        for what, names in grouped.items()
    )
    return _table(("statuses", "who acts", "answer", "que faire", "what to do"), rows)


def _answer(what: Action) -> str:
    return f"{what.answer}, {what.days} days" if what.days else what.answer


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', '/') for cell in line)} |" for line in lines)


if __name__ == "__main__":
    path = Path(_PAGE)
    path.write_text(page(path.read_text(encoding="utf-8")), encoding="utf-8")
