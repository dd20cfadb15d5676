"""How the exchange with each partner goes, for the pause after failures; and attempts that failed alone."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade():
    op.create_table(
        "partners",
        sa.Column("sheet", sa.String(64), nullable=False),
        sa.Column("direction", sa.String(3), nullable=False, comment="out: sending; in: fetching"),
        sa.Column("state", sa.String(10), nullable=False, comment="closed, open or half-open"),
        sa.Column("failures", sa.Integer(), nullable=False, comment="failures in a row"),
        sa.Column(
            "since",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="first of these failures; when closed, since when it goes well",
        ),
        sa.Column("next_try_at", sa.DateTime(timezone=True), comment="nobody asks the partner before"),
        sa.Column("refused", sa.Boolean(), nullable=False, comment="the newest failure was a refusal, not an outage"),
        sa.Column("error", sa.Text(), comment="newest failure; null: there is none"),
        sa.PrimaryKeyConstraint("sheet", "direction", name="pk_partners"),
    )
    reach = "how far it came: away, reached or written; null: not known"
    op.add_column("attempts", sa.Column("reach", sa.String(8), comment=reach))
    alone = "it failed while others got through"
    op.add_column(
        "attempts", sa.Column("alone", sa.Boolean(), nullable=False, server_default=sa.false(), comment=alone)
    )
