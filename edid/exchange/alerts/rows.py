"""The alerts in the journal: raised once, cleared when the cause is gone, or dismissed by a person."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, Connection, func, insert, select, update

from edid.clock import now
from edid.errors import PermanentError
from edid.exchange.alerts.cause import MORE, QUEUE, AlertKind, Cause
from edid.journal.database import Journal
from edid.journal.events import Event, record
from edid.journal.rows import AnyRow
from edid.journal.tables import alerts, events

RAISED: Final = "alert.raised"
CLEARED: Final = "alert.cleared"
DISMISSED: Final = "alert.dismissed"
_KINDS = frozenset(map(str, AlertKind))
DISMISSABLE = frozenset({AlertKind.REPORT, AlertKind.STATUS, AlertKind.GAP, AlertKind.UNDELIVERED})
"""Kinds about something that happened once: what goes on, such as an unreadable partner, cannot be talked away."""


def standing(view: Connection, sheet: str) -> Sequence[AnyRow]:
    """Return the alerts of `sheet` whose cause is not gone, oldest first."""
    return view.execute(select(alerts).where(_open(), alerts.c.sheet == sheet).order_by(alerts.c.id)).all()


def dismissed(view: Connection, sheet: str) -> frozenset[tuple[str, str]]:
    """Return kind and subject of what persons said is no cause any more."""
    query = select(alerts.c.kind, alerts.c.subject).where(
        alerts.c.sheet == sheet,
        alerts.c.kind.in_(sorted(DISMISSABLE)),
        alerts.c.cleared_at.is_not(None),
        select(events.c.id)
        .where(events.c.entity == "alert", events.c.entity_id == alerts.c.id, events.c.name == DISMISSED)
        .exists(),
    )
    return frozenset((row.kind, row.subject) for row in view.execute(query))


def raise_(tx: Connection, sheet: str, causes: Iterable[Cause], at: datetime) -> list[int]:
    """Journal new alerts; return their ids."""
    ids = []
    for cause in causes:
        values = {
            "sheet": sheet,
            "kind": str(cause.kind),
            "subject": cause.subject,
            "text_fr": cause.fr,
            "text_en": cause.en,
            "raised_at": at,
        }
        alert_id = tx.execute(insert(alerts).values(values).returning(alerts.c.id)).scalar_one()
        data = {name: values[name] for name in ("kind", "subject", "text_fr", "text_en")}
        record(tx, [Event(RAISED, "alert", alert_id, sheet, data=data)])
        ids.append(alert_id)
    return ids


def clear(tx: Connection, rows: Iterable[AnyRow], at: datetime, replaced: Collection[int] = ()) -> None:
    """Journal that the causes of these alerts are gone, or that others took their place."""
    for row in rows:
        if not tx.execute(update(alerts).where(alerts.c.id == row.id, _open()).values(cleared_at=at)).rowcount:
            continue  # dismissed meanwhile
        data = {"kind": row.kind, "subject": row.subject, **({"replaced": True} if row.id in replaced else {})}
        record(tx, [Event(CLEARED, "alert", row.id, row.sheet, data=data)])


def retell(tx: Connection, row: AnyRow, cause: Cause) -> None:
    """Bring the texts of an alert up to date: no news, but what a person reads is true."""
    tx.execute(update(alerts).where(alerts.c.id == row.id).values(text_fr=cause.fr, text_en=cause.en))


def dismiss(journal: Journal, alert_id: int, comment: str, at: datetime | None = None) -> None:
    """Journal that a person says nothing is left to do about an alert; it is not raised again.

    Raises PermanentError when there is no such alert, it is cleared, or it goes only with its cause.
    """
    with journal.writing() as tx:
        row = tx.execute(select(alerts).where(alerts.c.id == alert_id).with_for_update()).first()
        if row is None:
            raise PermanentError(f"there is no alert {alert_id}.", remedy="See: edid alerts.")
        if row.cleared_at is not None:
            raise PermanentError(f"alert {alert_id} is cleared already.", remedy="See: edid alerts --all.")
        if row.kind not in DISMISSABLE or row.subject in {MORE, QUEUE}:
            raise PermanentError(
                f"alert {alert_id} ({row.kind}) goes when its cause is gone.",
                remedy="Mend the cause."
                if row.kind == AlertKind.SPACE
                else f"Mend the cause, or set alerts.{row.kind} in the sheet.",
            )
        tx.execute(update(alerts).where(alerts.c.id == alert_id).values(cleared_at=at or now()))
        data = {"kind": row.kind, "subject": row.subject, "comment": comment}
        record(tx, [Event(DISMISSED, "alert", alert_id, row.sheet, data=data)])


def retire(journal: Journal, watched: Collection[str], at: datetime | None = None) -> int:
    """Clear the alerts of sheets that are not watched any more; return how many."""
    with journal.reading() as view:
        rows = [row for row in view.execute(select(alerts).where(_open())) if row.sheet not in watched]
    if rows:
        with journal.writing() as tx:
            clear(tx, rows, at or now())
    return len(rows)


def listed(view: Connection, *, sheet: str | None = None, cleared: bool = False, limit: int = 100) -> Sequence[AnyRow]:
    """Return the alerts that stand, or all of them with `cleared`; the newest first."""
    query = select(alerts).order_by(alerts.c.id.desc()).limit(limit)
    if sheet is not None:
        query = query.where(alerts.c.sheet == sheet)
    return view.execute(query if cleared else query.where(_open())).all()


def count(view: Connection) -> Mapping[str, int]:
    """Return how many alerts stand, for each sheet that has any."""
    many = select(alerts.c.sheet, func.count().label("many")).where(_open()).group_by(alerts.c.sheet)
    return {row.sheet or "": row.many for row in view.execute(many.order_by(alerts.c.sheet))}


def by_kind(rows: Iterable[AnyRow]) -> dict[AlertKind, frozenset[str]]:
    """Return the subjects of `rows` by kind; a kind that this edid does not know is left out."""
    found: dict[AlertKind, set[str]] = defaultdict(set)
    for row in rows:
        if row.kind in _KINDS:
            found[AlertKind(row.kind)].add(row.subject)
    return {kind: frozenset(subjects) for kind, subjects in found.items()}


def _open() -> ColumnElement[bool]:
    return alerts.c.cleared_at.is_(None)
