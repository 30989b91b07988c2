"""Close each day of the audit; guard more records, and against every way round a guard."""

import sqlalchemy as sa
from alembic import op

revision = "20261122h"
down_revision = "20261122g"
branch_labels = None
depends_on = None

Big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

GUARDED = ("case_event", "journal_entry", "posting", "audit_event")
"""What has had its guards since the first version."""

UNIQUE = {
    "case_event": ("id",),
    "journal_entry": ("id", "reference"),
    "posting": ("id",),
    "audit_event": ("id", "hash"),
    "audit_day": ("id", "day"),
}
"""By what SQLite's REPLACE finds a row to put another in its place, past the other guards."""

GUARDS = (
    ("audit_day_no_update", "audit_day", "UPDATE", ""),
    ("audit_day_no_delete", "audit_day", "DELETE", ""),
    ("statement_line_no_update", "statement_line", "UPDATE", ""),
    ("statement_line_no_delete", "statement_line", "DELETE", ""),
    (
        "bank_message_no_update", "bank_message",
        "UPDATE OF id, payout_id, agency_id, kind, outcome, at, seal_id", "",
    ),
    ("bank_message_no_delete", "bank_message", "DELETE", ""),
    (
        "review_note_no_update", "review_note",
        "UPDATE OF id, application_id, agency_id, actor_id, actor_name, at", "",
    ),
    ("review_note_no_rewriting", "review_note", "UPDATE OF text", "NEW.text <> ''"),
    ("review_note_no_delete", "review_note", "DELETE", ""),
    (
        "payout_resolution_no_change", "payout_resolution",
        "UPDATE OF id, payout_id, agency_id, outcome, proof, proposed_by, proposed_name, "
        "proposed_at", "",
    ),
    (
        "payout_resolution_no_update", "payout_resolution", "UPDATE",
        "OLD.confirmed_at IS NOT NULL",
    ),
    (
        "payout_resolution_no_delete", "payout_resolution", "DELETE",
        "OLD.confirmed_at IS NOT NULL",
    ),
)  # fmt: skip
"""Trigger, table, deed, and when it is refused.

Sealed bytes of a bank message may be sealed anew with another key; the text of a note may be
emptied when its time has come; what one person said of a payment stands once it is confirmed.
"""

TABLES = (*GUARDED, "audit_day", "statement_line", "bank_message", "review_note")


def upgrade() -> None:
    """Add the table, the index of readings, the guards; count what is written from now on."""
    op.create_table(
        "audit_day",
        sa.Column("id", Big, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("first_id", sa.BigInteger(), nullable=True),
        sa.Column("last_id", sa.BigInteger(), nullable=True),
        sa.Column("previous_hash", sa.String(length=64), nullable=False),
        sa.Column("day_hash", sa.String(length=64), nullable=False),
        sa.Column("file_hash", sa.String(length=64), nullable=False),
        sa.Column("storage_key", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("day"),
    )
    op.create_index("audit_by_object", "audit_event", ["object_type", "object_id", "at"])
    op.execute(
        "INSERT INTO counter (series, value) SELECT 'audit', "
        "(SELECT count(*) FROM audit_event) "
        "WHERE NOT EXISTS (SELECT 1 FROM counter WHERE series = 'audit')"
    )
    for name, table, deed, when in GUARDS:
        op.execute(_trigger(name, table, deed, when))
    if _postgres():
        op.alter_column("counter", "value", type_=sa.BigInteger())
        for table in (*TABLES, "payout_resolution"):
            op.execute(
                f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
            )
    else:
        for table, columns in UNIQUE.items():
            op.execute(_no_replacing(table, columns))


def downgrade() -> None:
    """Remove what was added."""
    postgres = _postgres()
    if postgres:
        for table in (*TABLES, "payout_resolution"):
            op.execute(f"DROP TRIGGER {table}_no_truncate ON {table}")
        op.alter_column("counter", "value", type_=sa.Integer())
    else:
        for table in UNIQUE:
            op.execute(f"DROP TRIGGER {table}_no_replace")
    for name, table, _, _ in reversed(GUARDS):
        op.execute(f"DROP TRIGGER {name}" + (f" ON {table}" if postgres else ""))
    op.drop_index("audit_by_object", "audit_event")
    op.drop_table("audit_day")


def _postgres() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _trigger(name: str, table: str, deed: str, when: str) -> str:
    condition = f"WHEN ({when}) " if when else ""
    if _postgres():
        return (
            f"CREATE TRIGGER {name} BEFORE {deed} ON {table} "
            f"FOR EACH ROW {condition}EXECUTE FUNCTION refuse_change()"
        )
    return (
        f"CREATE TRIGGER {name} BEFORE {deed} ON {table} {condition}"
        f"BEGIN SELECT RAISE(ABORT, '{table} takes new rows only'); END"
    )


def _no_replacing(table: str, columns: tuple[str, ...]) -> str:
    there = " OR ".join(
        f"EXISTS (SELECT 1 FROM {table} WHERE {column} = NEW.{column})" for column in columns
    )
    return (
        f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} WHEN {there} "
        f"BEGIN SELECT RAISE(ABORT, '{table} takes new rows only'); END"
    )
