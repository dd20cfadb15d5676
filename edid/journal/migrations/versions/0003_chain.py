"""The events become a hash chain that nobody can change: what stands is chained, then closed by triggers.

A later migration that makes the table `events` anew (SQLite, batch mode) must create its triggers again.
"""

import json

import sqlalchemy as sa
from alembic import op

from edid.journal.chain import EVENTS, GENESIS, digest, link

revision = "0003"
down_revision = "0002"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_PAGE = 1000
_ROWS = (
    "SELECT id, at, sheet, entity, entity_id, name, from_state, to_state, CAST(data AS TEXT) AS data FROM events"
    " WHERE id > :after ORDER BY id LIMIT :page"
)
_SQLITE = (
    (
        "CREATE TRIGGER events_keep_update BEFORE UPDATE ON events"
        " BEGIN SELECT RAISE(ABORT, 'events are append-only: no update'); END"
    ),
    (
        "CREATE TRIGGER events_keep_delete BEFORE DELETE ON events"
        " BEGIN SELECT RAISE(ABORT, 'events are append-only: no delete'); END"
    ),
    # REPLACE deletes without a word to the trigger above; and nothing goes in between.
    (
        "CREATE TRIGGER events_keep_order BEFORE INSERT ON events"
        " WHEN NEW.id <= (SELECT event_id FROM chain_head WHERE name = 'events')"
        " BEGIN SELECT RAISE(ABORT, 'events are append-only: only after the newest'); END"
    ),
    (
        "CREATE TRIGGER chain_head_keep_insert BEFORE INSERT ON chain_head"
        " BEGIN SELECT RAISE(ABORT, 'the head of the chain only moves on'); END"
    ),
    (
        "CREATE TRIGGER chain_head_keep_delete BEFORE DELETE ON chain_head"
        " BEGIN SELECT RAISE(ABORT, 'the head of the chain only moves on'); END"
    ),
    (
        "CREATE TRIGGER chain_head_keep_update BEFORE UPDATE ON chain_head WHEN NEW.event_id <= OLD.event_id"
        " OR NEW.name <> OLD.name BEGIN SELECT RAISE(ABORT, 'the head of the chain only moves on'); END"
    ),
)
_POSTGRESQL = (
    (
        "CREATE FUNCTION edid_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " RAISE EXCEPTION '% is append-only: no %', TG_TABLE_NAME, lower(TG_OP); END $$"
    ),
    (
        "CREATE TRIGGER events_keep BEFORE UPDATE OR DELETE OR TRUNCATE ON events"
        " FOR EACH STATEMENT EXECUTE FUNCTION edid_append_only()"
    ),
    (
        "CREATE TRIGGER chain_head_keep BEFORE INSERT OR DELETE OR TRUNCATE ON chain_head"
        " FOR EACH STATEMENT EXECUTE FUNCTION edid_append_only()"
    ),
    (
        "CREATE TRIGGER chain_head_keep_update BEFORE UPDATE ON chain_head FOR EACH ROW"
        " WHEN (NEW.event_id <= OLD.event_id OR NEW.name <> OLD.name) EXECUTE FUNCTION edid_append_only()"
    ),
)


def upgrade():
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "previous",
                sa.String(length=64),
                nullable=True,
                comment="hash of the event before; 64 zeros for the first",
            )
        )
        batch_op.add_column(
            sa.Column(
                "hash",
                sa.String(length=64),
                nullable=True,
                comment="of previous and of this event; see edid.journal.chain",
            )
        )
    newest, last = _chain(op.get_bind())
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.alter_column("previous", existing_type=sa.String(length=64), nullable=False)
        batch_op.alter_column("hash", existing_type=sa.String(length=64), nullable=False)

    if op.get_bind().dialect.name == "postgresql":  # SQLite keeps no comments
        op.alter_column("statuses", "source_flow_id", existing_type=_ID, comment="the received flow that brought it")

    head = op.create_table(
        "chain_head",
        sa.Column("name", sa.String(length=8), nullable=False, comment="events"),
        sa.Column("event_id", sa.BigInteger(), nullable=False, comment="newest event; 0 before the first"),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_chain_head")),
    )
    op.bulk_insert(head, [{"name": EVENTS, "event_id": newest, "hash": last}])
    for statement in _POSTGRESQL if op.get_bind().dialect.name == "postgresql" else _SQLITE:
        op.execute(statement)


def _chain(connection):
    """Give every event its place, in the order of the ids; return the newest id and its hash."""
    page = sa.text(_ROWS).columns(id=_ID, at=sa.DateTime(timezone=True), data=sa.Text)
    place = sa.text("UPDATE events SET previous = :previous, hash = :hash WHERE id = :id")
    newest, last = 0, GENESIS
    while rows := connection.execute(page, {"after": newest, "page": _PAGE}).mappings().all():
        places = []
        for row in rows:
            found = link(last, digest({**row, "data": json.loads(row["data"])}))
            places.append({"id": row["id"], "previous": last, "hash": found})
            newest, last = row["id"], found
        connection.execute(place, places)
    return newest, last
