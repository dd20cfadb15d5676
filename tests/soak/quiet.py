"""After the last fault: everything must come to rest by itself, but for what waits for a person by its nature."""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence

from tests.soak.books import Books
from tests.soak.gauge import is_at_rest
from tests.soak.household import Household
from tests.soak.ledger import Line
from tests.soak.sheets import Sheet

_OPERATOR_LOOKS_EVERY = 5.0


def settle(house: Household, sheets: Collection[Sheet], lines: Sequence[Line], seconds: float) -> list[str]:
    """Wait until all is at rest; return what the operator had to do for it, and what did not come to rest."""
    house.look()
    done: list[str] = []
    deadline = time.monotonic() + seconds
    looks = time.monotonic() + _OPERATOR_LOOKS_EVERY
    while not _all_is_done(house, sheets, lines):
        if time.monotonic() > deadline:
            house.complaints.append(f"not at rest {seconds:.0f} s after the last fault")
            break
        if time.monotonic() > looks:
            done += _operate(house)
            looks = time.monotonic() + _OPERATOR_LOOKS_EVERY
        time.sleep(0.3)
    return done


def _all_is_done(house: Household, sheets: Collection[Sheet], lines: Sequence[Line]) -> bool:
    company = house.company
    if not is_at_rest(company.spool, company.state):
        return False
    offered = sum(line.offered for line in lines)
    flows = company.flows()
    if sum(flow.direction == "in" for flow in flows) < offered or any(flow.state == "failed" for flow in flows):
        return False
    if any(row.state == "held" for row in company.documents(state="held")):
        return False
    taken_away = [sheet for sheet in sheets if sheet.after_fetch != "none"]
    if any(any(sheet.partner.folder(sheet.out_folder).iterdir()) for sheet in taken_away):
        return False
    return _all_is_told(Books(company, {sheet.name: sheet for sheet in sheets}, lines))


def _all_is_told(books: Books) -> bool:
    """Tell whether the newest thing that happened on each sheet was passed on or passed over: the cursor says so."""
    newest: dict[str, int] = {}
    for event in books.events:
        if event.sheet is not None:
            newest[event.sheet] = event.id
    told = books.cursors("answers")
    return all(told.get(sheet, 0) >= event for sheet, event in newest.items() if sheet in books.sheets)


def _operate(house: Household) -> list[str]:
    """Do what only a person may: try failed flows again, have held documents judged again."""
    done = []
    for sheet in sorted({flow.sheet for flow in house.company.flows(state="failed")}):
        house.operate("flows", "retry", "--sheet", sheet)
        done.append(f"flows retry --sheet {sheet}")
    for row in house.company.documents(state="held"):
        house.operate("held", "release", str(row.id))
        because = row.verdict.get("not_judged_because")
        done.append(f"held release {row.id} ({because})")
    return done
