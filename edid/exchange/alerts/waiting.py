"""What waits here: flows that are not sent, documents that wait for a person of ours."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, func, select

from edid.exchange.alerts.cause import MORE, QUEUE, AlertKind, Cause, Causes, named, only_standing, without
from edid.exchange.alerts.look import Look
from edid.exchange.alerts.words import moment_en, moment_fr, quoted, sentence
from edid.journal.rows import AnyRow
from edid.journal.states import Direction, FlowState
from edid.journal.tables import documents, flows
from edid.lifecycle.action import Actor

_MOST_LOOKED_AT = 500


def undelivered(look: Look) -> Causes:
    """Return the flows that failed and wait for a person, each; and those that wait for the partner, as one.

    What lay here while the daemon was down gets its time to leave first.
    """
    delay = look.sheet.alerts.undelivered
    if delay is None:
        return []
    query = (
        select(flows.c.name, flows.c.created_at, flows.c.reason)
        .where(_outbound(look, FlowState.FAILED), flows.c.created_at < look.at - delay)
        .order_by(flows.c.created_at, flows.c.id)
        .limit(_MOST_LOOKED_AT)
    )
    failed = without((_failed(row) for row in look.view.execute(query)), look.dismissed)
    standing = look.told(AlertKind.UNDELIVERED)
    causes = named(failed, standing, _MORE_FLOWS)
    oldest = (
        select(flows.c.name, flows.c.created_at, flows.c.reason)
        .where(_outbound(look, FlowState.READY, FlowState.SENDING), flows.c.created_at < look.at - delay)
        .order_by(flows.c.created_at, flows.c.id)
        .limit(1)
    )
    first = look.view.execute(oldest).first()
    causes += [] if first is None else [_queue(look, first)]
    return causes if look.at - look.present_since > delay else only_standing(causes, standing)


def waiting_for_us(look: Look) -> Causes:
    """Return the documents that have waited for us for too long.

    After an absence they wait for the first poll: what it brings may settle them.
    """
    delay = look.sheet.alerts.todo
    if delay is None:
        return []
    query = (
        select(documents.c.id, documents.c.number, documents.c.todo_since)
        .where(
            documents.c.acts == str(Actor.US),
            documents.c.todo_since < look.at - delay,
            documents.c.sheet == look.sheet.name,
        )
        .order_by(documents.c.todo_since, documents.c.id)
        .limit(_MOST_LOOKED_AT)
    )
    causes = [_document(row) for row in look.view.execute(query)]
    standing = look.told(AlertKind.TODO)
    if look.polls.tried_at is None or look.polls.tried_at < look.present_since:
        return only_standing(causes, standing)
    return named(causes, standing, _MORE_DOCUMENTS)


def _outbound(look: Look, *states: FlowState) -> ColumnElement[bool]:
    return and_(flows.c.sheet == look.sheet.name, flows.c.state.in_(states), flows.c.direction == Direction.OUT)


def _failed(row: AnyRow) -> Cause:
    error = sentence(quoted(row.reason))
    return Cause(
        AlertKind.UNDELIVERED,
        row.name,
        f"le flux {row.name}, préparé le {moment_fr(row.created_at)}, n'est pas parti et n'est plus tenté. Erreur : "
        f"{error} La liste et ce qu'on peut faire : edid held list.",
        f"the flow {row.name}, made on {moment_en(row.created_at)}, has not left and is not tried any more. Error: "
        f"{error} The list, and what to do: edid held list.",
    )


def _queue(look: Look, oldest: AnyRow) -> Cause:
    count = look.view.execute(
        select(func.count()).select_from(flows).where(_outbound(look, FlowState.READY, FlowState.SENDING))
    ).scalar_one()
    error = sentence(quoted(oldest.reason)) if oldest.reason else ""
    return Cause(
        AlertKind.UNDELIVERED,
        QUEUE,
        f"{count} flux attendent d'être envoyés, le plus ancien ({oldest.name}) depuis le "
        f"{moment_fr(oldest.created_at)}.{f' Dernière erreur : {error}' if error else ''}",
        f"{count} flow(s) wait to be sent, the oldest ({oldest.name}) since {moment_en(oldest.created_at)}."
        f"{f' Newest error: {error}' if error else ''}",
    )


def _document(row: AnyRow) -> Cause:
    number = quoted(row.number)
    return Cause(
        AlertKind.TODO,
        f"document {row.id}",
        f"la facture {number} (document {row.id}) attend quelqu'un de chez vous depuis le {moment_fr(row.todo_since)}. "
        "La liste et ce qu'il faut faire : edid todo.",
        f"invoice {number} (document {row.id}) has been waiting for somebody of yours since "
        f"{moment_en(row.todo_since)}. The list, with what to do: edid todo.",
    )


_MORE_FLOWS = Cause(
    AlertKind.UNDELIVERED,
    MORE,
    "d'autres flux sont en échec ; seuls les plus anciens sont nommés. La liste : edid held list.",
    "other flows have failed; only the oldest are named. The list: edid held list.",
)
_MORE_DOCUMENTS = Cause(
    AlertKind.TODO,
    MORE,
    "d'autres documents attendent quelqu'un de chez vous ; seuls les plus anciens sont nommés. La liste : edid todo.",
    "other documents wait for somebody of yours; only the oldest are named. The list: edid todo.",
)
