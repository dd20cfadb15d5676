"""Nothing was heard: of a flow (neither report nor status), or of an invoice whose flow was reported.

Nobody promises a positive report for every flow, and nobody excludes one: any status of one of its documents is as good
a proof that a flow arrived. Flows of lifecycle messages are left out, since no text promises an answer to them.
Source: AIFE, Dossier de specifications externes FE - Chorus Pro v1.0, 5.4.2 (reports of irrecevabilite at flow level)
beside the positive codes of the schema CPPStatut V1_19.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, exists, select

from edid.documents.kinds import INVOICES, Kind
from edid.exchange.alerts.cause import MORE, AlertKind, Cause, Causes, named, without
from edid.exchange.alerts.look import Look
from edid.exchange.alerts.words import moment_en, moment_fr, quoted
from edid.journal.rows import AnyRow
from edid.journal.states import Direction, DocumentState, FlowState
from edid.journal.tables import documents, flows
from edid.lifecycle.action import Actor
from edid.lifecycle.flow_reports import FlowReport

_MOST_LOOKED_AT = 500
_SPOKEN_OF = sorted([*INVOICES, Kind.CPP_MIXTE])
"""Kinds of document that get statuses."""


def unreported(look: Look) -> Causes:
    """Return the flows of which nothing was heard since they were sent."""
    delay = look.sheet.alerts.report
    if delay is None:
        return []
    until = look.heard_until()
    if until is None:
        return None
    told = documents.alias()
    silent = select(documents.c.flow_id).where(_silent(look))
    query = (
        select(flows.c.name, flows.c.sent_at)
        .where(
            flows.c.id.in_(silent),
            flows.c.state == FlowState.SENT,
            flows.c.report.is_(None),
            flows.c.sent_at < until - delay,
            ~exists().where(told.c.flow_id == flows.c.id, told.c.status.is_not(None)),
        )
        .order_by(flows.c.sent_at, flows.c.id)
        .limit(_MOST_LOOKED_AT)
    )
    causes = without((_flow(row) for row in look.view.execute(query)), look.dismissed)
    return named(causes, look.told(AlertKind.REPORT), _MORE_FLOWS)


def unspoken(look: Look) -> Causes:
    """Return the invoices of which nothing was heard though the platform has reported their flow.

    Not those that wait for us already, nor those that a later document answers.
    """
    delay = look.sheet.alerts.status
    if delay is None:
        return []
    until = look.heard_until()
    if until is None:
        return None
    later = documents.alias()
    query = (
        select(documents.c.id, documents.c.number, flows.c.name, flows.c.sent_at)
        .select_from(documents.join(flows, documents.c.flow_id == flows.c.id))
        .where(
            _silent(look),
            documents.c.acts.is_distinct_from(str(Actor.US)),
            flows.c.report.is_not(None),
            flows.c.report != FlowReport.REFUSED,
            flows.c.sent_at < until - delay,
            ~exists().where(later.c.answers_id == documents.c.id),
        )
        .order_by(flows.c.sent_at, documents.c.id)
        .limit(_MOST_LOOKED_AT)
    )
    causes = without((_invoice(row) for row in look.view.execute(query)), look.dismissed)
    return named(causes, look.told(AlertKind.STATUS), _MORE_INVOICES)


def _silent(look: Look) -> ColumnElement[bool]:
    return and_(
        documents.c.sheet == look.sheet.name,
        documents.c.state == DocumentState.SENT,
        documents.c.direction == Direction.OUT,
        documents.c.status.is_(None),
        documents.c.kind.in_(_SPOKEN_OF),
    )


def _flow(row: AnyRow) -> Cause:
    return Cause(
        AlertKind.REPORT,
        row.name,
        f"le flux {row.name}, envoyé le {moment_fr(row.sent_at)}, n'a reçu ni compte rendu d'intégration ni statut. "
        "Vérifiez auprès de la plateforme si elle l'a reçu ; ne le renvoyez pas avant de le savoir.",
        f"nothing was heard of the flow {row.name}, sent on {moment_en(row.sent_at)}: neither an integration report "
        "nor a status. Ask the platform whether it has it; do not send it again before you know.",
    )


def _invoice(row: AnyRow) -> Cause:
    number = quoted(row.number)
    return Cause(
        AlertKind.STATUS,
        f"document {row.id}",
        f"la facture {number} (document {row.id}, flux {row.name}, envoyé le {moment_fr(row.sent_at)}) n'a reçu aucun "
        "statut, alors que la plateforme a rendu compte du flux. Cherchez-la sur le portail de la plateforme.",
        f"no status was received of invoice {number} (document {row.id}, flow {row.name}, sent on "
        f"{moment_en(row.sent_at)}), though the platform has reported the flow. Look for it on the platform's portal.",
    )


_MORE_FLOWS = Cause(
    AlertKind.REPORT,
    MORE,
    "d'autres flux n'ont reçu ni compte rendu ni statut ; seuls les plus anciens sont nommés. La plateforme ne répond "
    "peut-être plus du tout : renseignez-vous auprès d'elle.",
    "nothing was heard of other flows either; only the oldest are named. The platform may not answer at all: ask it.",
)
_MORE_INVOICES = Cause(
    AlertKind.STATUS,
    MORE,
    "d'autres factures n'ont reçu aucun statut ; seules les plus anciennes sont nommées. Vérifiez auprès de la "
    "plateforme que les statuts (FEN1200A) sont bien remis à cette connexion.",
    "no status was received of other invoices either; only the oldest are named. Ask the platform whether it delivers "
    "statuses (FEN1200A) to this connection.",
)
