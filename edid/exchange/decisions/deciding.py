"""Decision files that were taken from decide/: each row becomes a status that leaves, or is refused with its reason.

A file with refused rows is kept in rejected/ with a note that names them; its good rows leave all the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

import structlog
from sqlalchemy import select

from edid.clock import now
from edid.documents.kinds import InvoiceStatus, Kind, Reading
from edid.errors import RefusedInputError
from edid.exchange.decisions.giving import RefusedMessageError, give
from edid.exchange.decisions.message import MOST_IN_ONE, of_cdar, of_cpp_statut
from edid.exchange.decisions.notes import decision_notes
from edid.exchange.decisions.rows import LARGEST, Row, rows
from edid.exchange.decisions.unfit import UnfitDecisionError
from edid.exchange.decisions.wanted import Wanted, format_of, wanted
from edid.exchange.house import AnySheet, House
from edid.exchange.pulse import Pulse
from edid.intake.setaside import set_aside
from edid.journal import tables
from edid.journal.rows import AnyRow
from edid.journal.states import FileState, Purpose, move
from edid.validation.verdict import Finding, Severity

log = structlog.get_logger()
_KIND = "decisions"
_BATCH = 16
_TOLD = 3


@dataclass(slots=True)
class _Outcome:
    """How the rows of one file fared."""

    given: int = 0
    refused: dict[int, list[Finding]] = field(default_factory=dict)
    """By row; 0 stands for the file as such."""

    def refuse(self, place: int, code: str, because: str) -> None:
        self.refused.setdefault(place, []).append(Finding(code, Severity.FATAL, because))


def decide(house: House, sheet: AnySheet, pulse: Pulse) -> int:
    """Carry out the claimed decision files of `sheet`; return how many were dealt with or will be tried again.

    One that fails as often as it may is rejected, with the cause. Raises StopRequestedError, and what says that the
    journal failed.
    """
    files = _claimed(house, sheet)
    for row in files:
        if pulse.stopping:
            break
        pulse.beat()
        setback = house.setbacks.attempt(_KIND, row.id, partial(_decide, house, sheet, row, pulse))
        if setback is not None and setback.hopeless:
            finding = Finding("EDID_FAULT", Severity.FATAL, setback.cause)
            house.setbacks.attempt(_KIND, row.id, partial(_end, house, sheet, row, _Outcome(refused={0: [finding]})))
    return len(files)


def _claimed(house: House, sheet: AnySheet) -> Sequence[AnyRow]:
    columns = tables.files.c
    resting = house.setbacks.resting(_KIND)
    query = select(tables.files).where(
        columns.sheet == sheet.name, columns.state == FileState.CLAIMED, columns.purpose == Purpose.DECISIONS
    )
    with house.journal.reading() as view:
        found = view.execute(query.order_by(columns.id).limit(_BATCH + len(resting))).all()
    return [row for row in found if row.id not in resting][:_BATCH]


def _decide(house: House, sheet: AnySheet, file: AnyRow, pulse: Pulse) -> None:
    outcome = _Outcome()
    try:
        listed = rows(_content(house, file))
    except RefusedInputError as refusal:
        outcome.refuse(0, refusal.code, f"{refusal.message} {refusal.remedy}")
    else:
        done = _already_given(house, file)
        outcome.given = len(done)
        _give(
            house,
            sheet,
            file,
            _fitting(house, sheet, [row for row in listed if row.place not in done], outcome),
            outcome,
            pulse,
        )
    _end(house, sheet, file, outcome)


def _content(house: House, file: AnyRow) -> bytes:
    with house.store.require(file.sha256).open("rb") as stored:
        return stored.read(LARGEST + 1)


def _already_given(house: House, file: AnyRow) -> set[int]:
    """Return the rows of `file` whose statuses were journalled before a crash."""
    statuses, documents = tables.statuses.c, tables.documents.c
    query = select(statuses.about).join(tables.documents, statuses.message_id == documents.id)
    with house.journal.reading() as view:
        return {about["row"] for about in view.execute(query.where(documents.file_id == file.id)).scalars()}


def _fitting(house: House, sheet: AnySheet, listed: Sequence[Row], outcome: _Outcome) -> list[Wanted]:
    found: list[Wanted] = []
    language = house.settings.language
    for row in listed:
        if row.decision is None:
            outcome.refuse(row.place, "DECISION-ROW", row.fault.said(language) if row.fault else "")
            continue
        try:
            with house.journal.reading() as view:
                found.append(wanted(view, sheet, row.decision, row.place, before=found))
        except UnfitDecisionError as error:
            outcome.refuse(row.place, error.code, error.said(language))
    return found


def _give(
    house: House, sheet: AnySheet, file: AnyRow, fitting: Sequence[Wanted], outcome: _Outcome, pulse: Pulse
) -> None:
    """Give CDAR statuses one by one, CPPStatut together; when some together are refused, each by itself."""
    together = 1 if format_of(sheet) == "cdar" else MOST_IN_ONE
    for start in range(0, len(fitting), together):
        part = fitting[start : start + together]
        pulse.beat()
        if _give_together(house, sheet, file, part, pulse) is None:
            outcome.given += len(part)
            continue
        for each in part:
            pulse.beat()
            error = _give_together(house, sheet, file, [each], pulse)
            if error is None:
                outcome.given += 1
            else:
                code = error.code if isinstance(error, RefusedInputError) else "DECISION-RULES"
                outcome.refuse(each.place, code, str(error))


def _give_together(
    house: House, sheet: AnySheet, file: AnyRow, part: Sequence[Wanted], pulse: Pulse
) -> RefusedInputError | RefusedMessageError | None:
    """Give `part` in one message; return what refused it."""
    places = f"{part[0].place}-{part[-1].place}"
    at = now()
    try:
        if format_of(sheet) == "cdar":
            reading = Reading(Kind.CDAR)
            compose = lambda _flow: of_cdar(sheet, part[0], at)  # noqa: E731
        else:
            reading = Reading(Kind.CPP_STATUT, invoice_statuses=(InvoiceStatus("", "", None),))
            compose = lambda flow: of_cpp_statut(sheet, flow, part, at)  # noqa: E731
        give(house, sheet, reading, compose, key=f"decision/{file.id}/{places}", file_id=file.id, beat=pulse.beat)
    except (RefusedInputError, RefusedMessageError) as error:
        return error
    return None


def _end(house: House, sheet: AnySheet, file: AnyRow, outcome: _Outcome) -> None:
    if outcome.refused:
        _set_aside(house, sheet, file, outcome)
    state = FileState.READ if outcome.given else FileState.REJECTED
    told = [f"{row}: {each.message}" for row, findings in outcome.refused.items() for each in findings]
    reason = "; ".join(told[:_TOLD]) or None
    data = {"given": outcome.given, "refused": len(outcome.refused)}
    with house.journal.writing() as tx:
        move(tx, tables.files, [file.id], state, event="file.decided", data=data, reason=reason)
    if outcome.refused:
        log.warning("decisions.done", sheet=sheet.name, file=file.name, **data)
    else:
        log.info("decisions.done", sheet=sheet.name, file=file.name, **data)


def _set_aside(house: House, sheet: AnySheet, file: AnyRow, outcome: _Outcome) -> None:
    token = f"decisions-{file.id}"
    notes = decision_notes(
        outcome.refused,
        outcome.given,
        file=file.name,
        sheet=sheet.name,
        language=house.settings.language,
        origin={"token": token, "file_id": file.id, "sha256": file.sha256},
    )
    folder = house.folders(sheet).rejected
    content = house.store.require(file.sha256)
    set_aside(source=None, content=content, folder=folder, name=file.name, notes=notes, token=token)
