"""Keep a file of accounts until a second person posts or refuses it; imports stay as they were."""

import sqlalchemy as sa
from alembic import op

revision = "20261123d"
down_revision = "20261123c"
branch_labels = None
depends_on = None

Big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TABLE, BATCH = "account_file", "import_batch"
FIXED = (
    "id, agency_id, name, sha256, rows, total, brought_by, brought_name, brought_at, seal_id"
)
"""What is known of a file when it is brought, and never changes; its bytes may be sealed anew."""

GUARDS = (
    (TABLE, "no_update", f"UPDATE OF {FIXED}", ""),
    (
        TABLE,
        "no_second_word",
        "UPDATE OF settled_by, settled_name, settled_at, refused_why, batch_id",
        "OLD.settled_at IS NOT NULL",
    ),
    (TABLE, "no_delete", "DELETE", ""),
    (BATCH, "no_update", "UPDATE", ""),
    (BATCH, "no_delete", "DELETE", ""),
)
"""Table, trigger, deed, and when it is refused."""

REPLACED = {
    TABLE: "id = NEW.id OR (settled_at IS NULL AND NEW.settled_at IS NULL AND "
    "agency_id = NEW.agency_id AND sha256 = NEW.sha256)",
    BATCH: "id = NEW.id OR sha256 = NEW.sha256",
}
"""Which row a new one would push out, where SQLite is told to replace."""


def upgrade() -> None:
    """Make the table and the guards of both."""
    op.create_table(
        TABLE,
        sa.Column("id", Big, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("content_sealed", sa.Text(), nullable=False),
        sa.Column("brought_by", sa.Integer(), nullable=False),
        sa.Column("brought_name", sa.String(length=100), nullable=False),
        sa.Column("brought_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_by", sa.Integer(), nullable=True),
        sa.Column("settled_name", sa.String(length=100), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refused_why", sa.String(length=200), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.Column("seal_id", sa.String(length=16), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"]),
        sa.ForeignKeyConstraint(["brought_by"], ["ab_user.id"]),
        sa.ForeignKeyConstraint(["settled_by"], ["ab_user.id"]),
        sa.ForeignKeyConstraint(["batch_id"], ["import_batch.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.CheckConstraint("settled_by <> brought_by", name="two_people_open"),
    )
    for column in ("agency_id", "brought_by", "settled_by", "batch_id"):
        op.create_index(f"ix_{TABLE}_{column}", TABLE, [column])
    waiting = sa.text("settled_at IS NULL")
    op.create_index(
        "one_waiting_account_file", TABLE, ["agency_id", "sha256"], unique=True,
        sqlite_where=waiting, postgresql_where=waiting,
    )  # fmt: skip
    for table, name, deed, when in GUARDS:
        op.execute(_trigger(table, name, deed, when))
    for table, there in REPLACED.items():
        op.execute(_whole_table(table, there))


def downgrade() -> None:
    """Take the table and the guards of imports away."""
    op.drop_table(TABLE)
    last = "no_truncate" if _postgres() else "no_replace"
    for name in ("no_update", "no_delete", last):
        op.execute(f"DROP TRIGGER {BATCH}_{name}" + (f" ON {BATCH}" if _postgres() else ""))


def _postgres() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _trigger(table: str, name: str, deed: str, when: str) -> str:
    condition = f"WHEN ({when}) " if when else ""
    if _postgres():
        return (
            f"CREATE TRIGGER {table}_{name} BEFORE {deed} ON {table} "
            f"FOR EACH ROW {condition}EXECUTE FUNCTION refuse_change()"
        )
    return (
        f"CREATE TRIGGER {table}_{name} BEFORE {deed} ON {table} {condition}"
        f"BEGIN SELECT RAISE(ABORT, '{table} takes new rows only'); END"
    )


def _whole_table(table: str, there: str) -> str:
    """Return the guard against emptying (PostgreSQL) or replacing (SQLite)."""
    if _postgres():
        return (
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
    return (
        f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} WHEN "
        f"EXISTS (SELECT 1 FROM {table} WHERE {there}) "
        f"BEGIN SELECT RAISE(ABORT, '{table} takes new rows only'); END"
    )
