"""Lifecycle: who acts next, what answers what, alerts, and how far the readers of the events have come."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade():
    with op.batch_alter_table("documents", schema=None) as batch_op:
        for name, kind, comment in (
            ("acts", sa.String(length=10), "who acts next (us, platform, recipient), derived; null: nobody"),
            ("todo_since", sa.DateTime(timezone=True), "since when somebody of ours is waited for, derived"),
            ("deadline", sa.Date(), "last day to act where one is known, derived"),
            ("answers_id", _ID, "the earlier document that this one answers or corrects"),
            ("answers_as", sa.String(length=12), "recycled, completed, resent or replaced"),
            ("about_id", _ID, "the document that this lifecycle message speaks of"),
            ("platform_id", sa.Text(), "the platform's own number of it, such as IdCPRO"),
            ("routed_by", sa.Text(), "the routing rule that took it (in)"),
        ):
            batch_op.add_column(sa.Column(name, kind, nullable=True, comment=comment))
        batch_op.create_foreign_key(op.f("fk_documents_answers_id"), "documents", ["answers_id"], ["id"])
        batch_op.create_foreign_key(op.f("fk_documents_about_id"), "documents", ["about_id"], ["id"])
        batch_op.drop_index("ix_documents_state")
        batch_op.create_index("ix_documents_state", ["sheet", "state", "direction", "status"], unique=False)
        batch_op.create_index("ix_documents_acts", ["acts", "todo_since"], unique=False)
        batch_op.create_index("ix_documents_status", ["status"], unique=False)
        batch_op.create_index("ix_documents_answers", ["answers_id"], unique=False)
        batch_op.create_index("ix_documents_about", ["about_id"], unique=False)
        batch_op.create_index("ix_documents_platform_id", ["platform_id"], unique=False)

    with op.batch_alter_table("files", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "purpose",
                sa.String(length=10),
                server_default="documents",
                nullable=False,
                comment="documents or decisions",
            )
        )
        batch_op.create_index("ix_files_name", ["sheet", "name"], unique=False)

    with op.batch_alter_table("statuses", schema=None) as batch_op:
        batch_op.alter_column("source_flow_id", existing_type=_ID, nullable=True)
        batch_op.add_column(
            sa.Column(
                "message_id", _ID, nullable=True, comment="the message of ours that says it; null: a partner does"
            )
        )
        batch_op.create_foreign_key(op.f("fk_statuses_message_id"), "documents", ["message_id"], ["id"])
        batch_op.create_index("ix_statuses_message", ["message_id"], unique=False)
        batch_op.alter_column("version", existing_type=sa.String(length=20), type_=sa.String(length=60))
        batch_op.add_column(
            sa.Column(
                "reasons",
                sa.JSON(),
                nullable=True,
                comment="motives as written: code, text, action asked for, notes, data",
            )
        )
        batch_op.add_column(
            sa.Column(
                "disregarded",
                sa.String(length=20),
                nullable=True,
                comment="why it does not count for the current state; null: it counts",
            )
        )

    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.create_index("ix_events_sheet", ["sheet", "id"], unique=False)

    op.create_table(
        "alerts",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("sheet", sa.String(length=64), nullable=True),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False, comment="what it is about: a flow, a file name, a certificate"),
        sa.Column("text_fr", sa.Text(), nullable=False),
        sa.Column("text_en", sa.Text(), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cleared_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alerts")),
    )
    with op.batch_alter_table("alerts", schema=None) as batch_op:
        batch_op.create_index("ix_alerts_open", ["cleared_at", "sheet", "kind"], unique=False)

    op.create_table(
        "cursors",
        sa.Column("sheet", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=24), nullable=False, comment="who reads"),
        sa.Column("position", sa.BigInteger(), nullable=False, comment="newest event that was dealt with"),
        sa.PrimaryKeyConstraint("sheet", "name", name=op.f("pk_cursors")),
    )
