"""One file by hand: rehearsed, sent here and now, or put in the drop folder of a running daemon."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select

from edid.config.settings import Settings
from edid.config.sheet import SenderSheet
from edid.documents.kinds import Kind
from edid.errors import RefusedInputError
from edid.exchange import judging, outbox, packing, sending
from edid.exchange.breaker import Breaker
from edid.exchange.forcing import force as force_document
from edid.exchange.house import House
from edid.exchange.pulse import Pulse
from edid.exchange.standards import standard_of, weighed_for
from edid.exchange.storing import take
from edid.flows.choice import choose
from edid.flows.interfaces import Interface
from edid.flows.package import wire_name
from edid.intake.claimed import Claimed, new_token
from edid.intake.folders import SheetFolders
from edid.journal.states import Direction, DocumentState
from edid.journal.tables import documents, files, flows
from edid.store.durable import copy_durably, fsync_folder
from edid.transport.opening import open_transport
from edid.validation.judging import Judgement
from edid.validation.verdict import Outcome
from edid.validation.worker import JudgePool

Tell = Callable[[str], object]
_AT_ONCE = timedelta(0)
_WHAT_NOW = {
    DocumentState.DUPLICATE: "  the same invoice is document {original}; to send this too: edid documents force {id}",
    DocumentState.REJECTED: "  its reasons are beside it in rejected/; or: edid documents show {id}",
    DocumentState.HELD: "  it could not be judged; its reason is beside it in rejected/; or: edid documents show {id}",
}


def rehearse(judges: JudgePool, sheet: SenderSheet, file: Path, work: Path, tell: Tell) -> bool:
    """Judge `file` and tell which flow each of its documents would leave in; nothing is kept, nothing is sent.

    The journal is not asked: whether a document is a duplicate is found when it is sent.
    """
    (judgement,) = judges.judge([(file, work)], standard=standard_of(sheet))
    if judgement.reading is not None and judgement.reading.kind is Kind.ARCHIVE:
        well = []
        for number, member in enumerate(judgement.reading.members):
            tell(f"{member.name}:")
            well.append(rehearse(judges, sheet, member.path, work / f"member-{number}", tell))
        return bool(well) and all(well)
    interface, refusal = _interface(judgement, sheet)
    verdict = weighed_for(sheet, judgement.verdict, interface.code if interface else None)
    for finding in verdict.findings:
        tell(f"{finding.severity} {finding.rule}: {finding.message} {finding.remedy or ''}".rstrip())
    because = verdict.not_judged_because
    tell(f"verdict: {verdict.outcome}{f': {because}' if because else ''}")
    if verdict.outcome is not Outcome.VALID or judgement.reading is None:
        return False
    if interface is None:
        tell(refusal)
        return False
    shape = f"{interface.code}_{sheet.application_code}_{sheet.application_code}{interface.code[3:7]}<15 digits>"
    name = wire_name(shape, judgement.reading.kind, packed=False, strip_extension=sheet.strip_extension)
    tell(f"would leave as {name} to {sheet.transport.in_folder}/")
    return True


def _interface(judgement: Judgement, sheet: SenderSheet) -> tuple[Interface | None, str]:
    """Return the interface that a document would leave by, or why it cannot leave by this sheet."""
    if judgement.reading is None:
        return None, ""
    try:
        return choose(judgement.reading, sheet), ""
    except RefusedInputError as refusal:
        return None, f"{refusal.code}: {refusal}"


def send(house: House, sheet: SenderSheet, file: Path, tell: Tell, *, force: bool) -> bool:
    """Take `file` through the whole corridor of `sheet`; True when every document of it was sent.

    Other work of the sheet that waits in the journal goes along. The caller holds the state folder.
    """
    folders = house.folders(sheet)
    folders.prepare(sender=True)
    outbox.recover(house, sheet)
    claimed = _claim_copy(folders, file)
    for error in take(house, sheet, [claimed]).values():
        raise error
    pulse = Pulse()
    while judging.judge(house, sheet, pulse):
        pass
    if force:
        _force_duplicates(house, claimed.token)
    at_once = sheet.model_copy(update={"batch": sheet.batch.model_copy(update={"wait": _AT_ONCE})})
    while packing.pack_waiting(house, at_once, pulse)[0]:
        pass
    breaker = Breaker(house.journal, sheet, Direction.OUT)  # a person asks, so it is not awaited, but told
    go_on = True
    with open_transport(sheet.transport) as transport:
        while go_on:
            outcome = sending.send(house, sheet, transport, pulse)
            breaker.end(spoke=outcome.sent > 0, error=outcome.failure, suspects=outcome.suspects)
            go_on = outcome.go_on
    return _tell_outcome(house, sheet, claimed.token, tell)


def drop(settings: Settings, sheet: SenderSheet, file: Path) -> Path:
    """Copy `file` into the drop folder of `sheet`, complete when it appears; return where."""
    folders = SheetFolders(settings.spool, sheet.name)
    target = folders.out / file.name
    if target.exists():
        target = target.with_name(f"{secrets.token_hex(4)}-{file.name}")
    copy_durably(file, target)
    if sheet.intake.readiness == "marker":
        target.with_name(target.name + sheet.intake.marker).touch()
    return target


def _claim_copy(folders: SheetFolders, file: Path) -> Claimed:
    token = new_token()
    place = folders.claimed / token
    place.mkdir(mode=0o750)
    copy_durably(file, place / file.name)
    fsync_folder(folders.claimed)
    return Claimed.at(place / file.name, token, file.name)


def _force_duplicates(house: House, token: str) -> None:
    with house.journal.reading() as view:
        ids = view.execute(
            select(documents.c.id)
            .join(files, documents.c.file_id == files.c.id)
            .where(files.c.token == token, documents.c.state == DocumentState.DUPLICATE)
        ).scalars()
        duplicates = list(ids)
    for document_id in duplicates:
        force_document(house.journal, house.settings.spool, document_id)


def _tell_outcome(house: House, sheet: SenderSheet, token: str, tell: Tell) -> bool:
    with house.journal.reading() as view:
        rows = view.execute(
            select(
                documents.c.id,
                documents.c.number,
                documents.c.state,
                documents.c.duplicate_of,
                flows.c.name,
                flows.c.reason,
            )
            .select_from(
                files.join(documents, documents.c.file_id == files.c.id).outerjoin(
                    flows, documents.c.flow_id == flows.c.id
                )
            )
            .where(files.c.token == token)
        ).all()
    for row in rows:
        flow = f" in flow {row.name}" if row.name else ""
        reason = f": {row.reason}" if row.reason else ""
        tell(f"document {row.id} ({row.number or 'without number'}): {row.state}{flow}{reason}")
        if row.state in _WHAT_NOW:
            tell(_WHAT_NOW[row.state].format(id=row.id, original=row.duplicate_of))
    if not rows:
        tell(f"the file was refused unread; its reason is beside it in {house.folders(sheet).rejected}")
    return bool(rows) and all(row.state == DocumentState.SENT for row in rows)
