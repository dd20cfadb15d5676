"""The tables. The same definitions serve SQLite and PostgreSQL; migrations create them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    false,
)
from sqlalchemy.engine import Dialect

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Utc(TypeDecorator[datetime]):
    """An aware UTC datetime in both databases; SQLite forgets the zone, this type does not."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Refuse naive datetimes."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("the journal takes aware datetimes only")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Give the zone back."""
        return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value


_Id = BigInteger().with_variant(Integer, "sqlite")


def _id() -> Column[Any]:
    return Column("id", _Id, primary_key=True, autoincrement=True)


files = Table(
    "files",
    metadata,
    _id(),
    Column("sheet", String(64), nullable=False),
    Column("name", Text, nullable=False, comment="name in the drop folder, with sub-folders"),
    Column("sha256", String(64), comment="null when there were no bytes to take"),
    Column("size", BigInteger, nullable=False),
    Column("state", String(16), nullable=False),
    Column("reason", Text, comment="why it was refused"),
    Column("token", String(64), nullable=False, comment="claim token: a claim is journalled once"),
    Column("claimed_at", Utc, nullable=False),
    Column("purpose", String(10), nullable=False, server_default="documents", comment="documents or decisions"),
    UniqueConstraint("token"),
    Index("ix_files_state", "sheet", "state"),
    Index("ix_files_name", "sheet", "name"),
)

documents = Table(
    "documents",
    metadata,
    _id(),
    Column("sheet", String(64), nullable=False),
    Column("direction", String(3), nullable=False, comment="out or in"),
    Column("file_id", ForeignKey("files.id"), comment="the dropped file it came in (out)"),
    Column("flow_id", ForeignKey("flows.id"), comment="the flow that carries it"),
    Column("position", Integer, nullable=False, server_default="0", comment="order in its file or flow"),
    Column("member", Text, comment="name inside the archive it came in"),
    Column("wire_member", Text, comment="name inside the flow it left in"),
    Column("kind", String(20), nullable=False),
    Column("interface_code", String(8)),
    Column("sha256", String(64), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("state", String(16), nullable=False),
    Column("number", Text),
    Column("issue_date", Date),
    Column("seller_key", Text),
    Column("buyer_id", Text),
    Column("facts", JSON, nullable=False),
    Column("verdict", JSON, nullable=False),
    Column("bytes_key", Text, comment="duplicate guard: scope and sha256"),
    Column("invoice_key", Text, comment="duplicate guard: scope, seller, number, year"),
    Column("duplicate_of", ForeignKey("documents.id")),
    Column("status", String(40), comment="newest word of the platform, derived from statuses"),
    Column("acts", String(10), comment="who acts next (us, platform, recipient), derived; null: nobody"),
    Column("todo_since", Utc, comment="since when somebody of ours is waited for, derived"),
    Column("deadline", Date, comment="last day to act where one is known, derived"),
    Column("answers_id", ForeignKey("documents.id"), comment="the earlier document that this one answers or corrects"),
    Column("answers_as", String(12), comment="recycled, completed, resent or replaced"),
    Column("about_id", ForeignKey("documents.id"), comment="the document that this lifecycle message speaks of"),
    Column("platform_id", Text, comment="the platform's own number of it, such as IdCPRO"),
    Column("filed_as", Text, comment="where it was filed, below the spool (in)"),
    Column("routed_by", Text, comment="the routing rule that took it (in)"),
    Column("created_at", Utc, nullable=False),
    UniqueConstraint("bytes_key"),
    UniqueConstraint("invoice_key"),
    Index("ix_documents_state", "sheet", "state", "direction", "status"),
    Index("ix_documents_file", "file_id"),
    Index("ix_documents_flow", "flow_id"),
    Index("ix_documents_number", "number"),
    Index("ix_documents_acts", "acts", "todo_since"),
    Index("ix_documents_status", "status"),
    Index("ix_documents_answers", "answers_id"),
    Index("ix_documents_about", "about_id"),
    Index("ix_documents_platform_id", "platform_id"),
)

flows = Table(
    "flows",
    metadata,
    _id(),
    Column("sheet", String(64), nullable=False),
    Column("direction", String(3), nullable=False, comment="out or in"),
    Column("interface_code", String(8)),
    Column("name", Text, nullable=False, comment="name on the wire"),
    Column("identifier", Text, comment="identifiant flux, 25 characters"),
    Column("sha256", String(64), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("document_count", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    Column("report", String(20), comment="newest word of the platform about this flow, derived"),
    Column("attempt_count", Integer, nullable=False, server_default="0"),
    Column("next_attempt_at", Utc),
    Column("reason", Text, comment="newest error, or why it was kept"),
    Column("created_at", Utc, nullable=False),
    Column("sent_at", Utc),
    UniqueConstraint("sheet", "direction", "name", "sha256", name="uq_flows_name_sha256"),
    Index("ix_flows_state", "sheet", "state", "direction"),
    Index("ix_flows_identifier", "identifier"),
)

attempts = Table(
    "attempts",
    metadata,
    _id(),
    Column("flow_id", ForeignKey("flows.id"), nullable=False),
    Column("started_at", Utc, nullable=False),
    Column("ended_at", Utc),
    Column("outcome", String(12), comment="delivered, transient, operator, permanent or interrupted"),
    Column("error", Text),
    Column("reach", String(8), comment="how far it came: away, reached or written; null: not known"),
    Column("alone", Boolean, nullable=False, server_default=false(), comment="it failed while others got through"),
    Index("ix_attempts_flow", "flow_id"),
)

statuses = Table(
    "statuses",
    metadata,
    _id(),
    Column("source_flow_id", ForeignKey("flows.id"), comment="the received flow that brought it"),
    Column("message_id", ForeignKey("documents.id"), comment="the message of ours that says it; null: a partner does"),
    Column("position", Integer, nullable=False),
    Column("subject", String(8), nullable=False, comment="flow or document"),
    Column("flow_id", ForeignKey("flows.id"), comment="the flow it speaks of, when known"),
    Column("document_id", ForeignKey("documents.id"), comment="the document it speaks of, when known"),
    Column("dialect", String(20), nullable=False),
    Column("version", String(60)),
    Column("interface_code", String(8)),
    Column("code", Text, nullable=False, comment="as written"),
    Column("canonical", String(40)),
    Column("label", Text),
    Column("comment", Text),
    Column("status_at", Utc, comment="the status's own timestamp"),
    Column("about", JSON, nullable=False, comment="the identifiers it was sent with"),
    Column("reasons", JSON, comment="motives as written: code, text, action asked for, notes, data"),
    Column("disregarded", String(20), comment="why it does not count for the current state; null: it counts"),
    Column("received_at", Utc, nullable=False),
    UniqueConstraint("source_flow_id", "position", name="uq_statuses_source_position"),
    Index("ix_statuses_flow", "flow_id"),
    Index("ix_statuses_document", "document_id"),
    Index("ix_statuses_message", "message_id"),
)

events = Table(
    "events",
    metadata,
    _id(),
    Column("at", Utc, nullable=False),
    Column("sheet", String(64)),
    Column("entity", String(10), nullable=False),
    Column("entity_id", BigInteger),
    Column("name", String(40), nullable=False),
    Column("from_state", String(16)),
    Column("to_state", String(16)),
    Column("data", JSON, nullable=False),
    Column("previous", String(64), nullable=False, comment="hash of the event before; 64 zeros for the first"),
    Column("hash", String(64), nullable=False, comment="of previous and of this event; see edid.journal.chain"),
    Index("ix_events_entity", "entity", "entity_id"),
    Index("ix_events_sheet", "sheet", "id"),
)
"""Append-only: triggers refuse every change of what stands here."""

chain_head = Table(
    "chain_head",
    metadata,
    Column("name", String(8), primary_key=True, comment="events"),
    Column("event_id", BigInteger, nullable=False, comment="newest event; 0 before the first"),
    Column("hash", String(64), nullable=False),
)
"""Where the chain of events ends: one row, which writers take in turn."""

alerts = Table(
    "alerts",
    metadata,
    _id(),
    Column("sheet", String(64)),
    Column("kind", String(24), nullable=False),
    Column("subject", Text, nullable=False, comment="what it is about: a flow, a file name, a certificate"),
    Column("text_fr", Text, nullable=False),
    Column("text_en", Text, nullable=False),
    Column("raised_at", Utc, nullable=False),
    Column("cleared_at", Utc),
    Index("ix_alerts_open", "cleared_at", "sheet", "kind"),
)

partners = Table(
    "partners",
    metadata,
    Column("sheet", String(64), primary_key=True),
    Column("direction", String(3), primary_key=True, comment="out: sending; in: fetching"),
    Column("state", String(10), nullable=False, comment="closed, open or half-open"),
    Column("failures", Integer, nullable=False, comment="failures in a row"),
    Column("since", Utc, nullable=False, comment="first of these failures; when closed, since when it goes well"),
    Column("next_try_at", Utc, comment="nobody asks the partner before"),
    Column("refused", Boolean, nullable=False, comment="the newest failure was a refusal, not an outage"),
    Column("error", Text, comment="newest failure; null: there is none"),
)
"""The circuit breaker of each sheet and direction."""

cursors = Table(
    "cursors",
    metadata,
    Column("sheet", String(64), primary_key=True),
    Column("name", String(24), primary_key=True, comment="who reads"),
    Column("position", BigInteger, nullable=False, comment="newest event that was dealt with"),
)
"""How far a reader of the events has come."""

sequences = Table(
    "sequences",
    metadata,
    Column("application_code", String(6), primary_key=True),
    Column("digits", String(4), primary_key=True),
    Column("last", BigInteger, nullable=False),
)
