"""The first journal."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade():
    op.create_table(
        "events",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sheet", sa.String(length=64), nullable=True),
        sa.Column("entity", sa.String(length=10), nullable=False),
        sa.Column("entity_id", sa.BigInteger(), nullable=True),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("from_state", sa.String(length=16), nullable=True),
        sa.Column("to_state", sa.String(length=16), nullable=True),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
    )
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.create_index("ix_events_entity", ["entity", "entity_id"], unique=False)

    op.create_table(
        "files",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("sheet", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False, comment="name in the drop folder, with sub-folders"),
        sa.Column("sha256", sa.String(length=64), nullable=True, comment="null when there were no bytes to take"),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True, comment="why it was refused"),
        sa.Column("token", sa.String(length=64), nullable=False, comment="claim token: a claim is journalled once"),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_files")),
        sa.UniqueConstraint("token", name=op.f("uq_files_token")),
    )
    with op.batch_alter_table("files", schema=None) as batch_op:
        batch_op.create_index("ix_files_state", ["sheet", "state"], unique=False)

    op.create_table(
        "flows",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("sheet", sa.String(length=64), nullable=False),
        sa.Column("direction", sa.String(length=3), nullable=False, comment="out or in"),
        sa.Column("interface_code", sa.String(length=8), nullable=True),
        sa.Column("name", sa.Text(), nullable=False, comment="name on the wire"),
        sa.Column("identifier", sa.Text(), nullable=True, comment="identifiant flux, 25 characters"),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("document_count", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column(
            "report",
            sa.String(length=20),
            nullable=True,
            comment="newest word of the platform about this flow, derived",
        ),
        sa.Column("attempt_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True, comment="newest error, or why it was kept"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flows")),
        sa.UniqueConstraint("sheet", "direction", "name", "sha256", name="uq_flows_name_sha256"),
    )
    with op.batch_alter_table("flows", schema=None) as batch_op:
        batch_op.create_index("ix_flows_identifier", ["identifier"], unique=False)
        batch_op.create_index("ix_flows_state", ["sheet", "state", "direction"], unique=False)

    op.create_table(
        "sequences",
        sa.Column("application_code", sa.String(length=6), nullable=False),
        sa.Column("digits", sa.String(length=4), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("application_code", "digits", name=op.f("pk_sequences")),
    )
    op.create_table(
        "attempts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("flow_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "outcome",
            sa.String(length=12),
            nullable=True,
            comment="delivered, transient, operator, permanent or interrupted",
        ),
        sa.Column("error", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["flow_id"], ["flows.id"], name=op.f("fk_attempts_flow_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempts")),
    )
    with op.batch_alter_table("attempts", schema=None) as batch_op:
        batch_op.create_index("ix_attempts_flow", ["flow_id"], unique=False)

    op.create_table(
        "documents",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("sheet", sa.String(length=64), nullable=False),
        sa.Column("direction", sa.String(length=3), nullable=False, comment="out or in"),
        sa.Column(
            "file_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="the dropped file it came in (out)",
        ),
        sa.Column(
            "flow_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="the flow that carries it",
        ),
        sa.Column("position", sa.Integer(), server_default="0", nullable=False, comment="order in its file or flow"),
        sa.Column("member", sa.Text(), nullable=True, comment="name inside the archive it came in"),
        sa.Column("wire_member", sa.Text(), nullable=True, comment="name inside the flow it left in"),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("interface_code", sa.String(length=8), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("number", sa.Text(), nullable=True),
        sa.Column("issue_date", sa.Date(), nullable=True),
        sa.Column("seller_key", sa.Text(), nullable=True),
        sa.Column("buyer_id", sa.Text(), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("verdict", sa.JSON(), nullable=False),
        sa.Column("bytes_key", sa.Text(), nullable=True, comment="duplicate guard: scope and sha256"),
        sa.Column("invoice_key", sa.Text(), nullable=True, comment="duplicate guard: scope, seller, number, year"),
        sa.Column("duplicate_of", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "status",
            sa.String(length=40),
            nullable=True,
            comment="newest word of the platform, derived from statuses",
        ),
        sa.Column("filed_as", sa.Text(), nullable=True, comment="where it was filed, below the spool (in)"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["duplicate_of"], ["documents.id"], name=op.f("fk_documents_duplicate_of")),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name=op.f("fk_documents_file_id")),
        sa.ForeignKeyConstraint(["flow_id"], ["flows.id"], name=op.f("fk_documents_flow_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_documents")),
        sa.UniqueConstraint("bytes_key", name=op.f("uq_documents_bytes_key")),
        sa.UniqueConstraint("invoice_key", name=op.f("uq_documents_invoice_key")),
    )
    with op.batch_alter_table("documents", schema=None) as batch_op:
        batch_op.create_index("ix_documents_file", ["file_id"], unique=False)
        batch_op.create_index("ix_documents_flow", ["flow_id"], unique=False)
        batch_op.create_index("ix_documents_number", ["number"], unique=False)
        batch_op.create_index("ix_documents_state", ["sheet", "state", "direction"], unique=False)

    op.create_table(
        "statuses",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("source_flow_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=8), nullable=False, comment="flow or document"),
        sa.Column(
            "flow_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="the flow it speaks of, when known",
        ),
        sa.Column(
            "document_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="the document it speaks of, when known",
        ),
        sa.Column("dialect", sa.String(length=20), nullable=False),
        sa.Column("version", sa.String(length=20), nullable=True),
        sa.Column("interface_code", sa.String(length=8), nullable=True),
        sa.Column("code", sa.Text(), nullable=False, comment="as written"),
        sa.Column("canonical", sa.String(length=40), nullable=True),
        sa.Column("label", sa.Text(), nullable=True),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("status_at", sa.DateTime(timezone=True), nullable=True, comment="the status's own timestamp"),
        sa.Column("about", sa.JSON(), nullable=False, comment="the identifiers it was sent with"),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name=op.f("fk_statuses_document_id")),
        sa.ForeignKeyConstraint(["flow_id"], ["flows.id"], name=op.f("fk_statuses_flow_id")),
        sa.ForeignKeyConstraint(["source_flow_id"], ["flows.id"], name=op.f("fk_statuses_source_flow_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statuses")),
        sa.UniqueConstraint("source_flow_id", "position", name="uq_statuses_source_position"),
    )
    with op.batch_alter_table("statuses", schema=None) as batch_op:
        batch_op.create_index("ix_statuses_document", ["document_id"], unique=False)
        batch_op.create_index("ix_statuses_flow", ["flow_id"], unique=False)
