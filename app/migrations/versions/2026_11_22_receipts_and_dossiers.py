"""Close each day of money, give receipts that can be checked, keep files of cases to fetch."""

import sqlalchemy as sa
from alembic import op

revision = "20261122m"
down_revision = "20261122l"
branch_labels = None
depends_on = None

Big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

GUARDED = {
    "money_day": ("id", "root"),
    "receipt": ("id", "number", "payout_id", "check_code"),
}
"""What takes new rows only, and by what SQLite's REPLACE would find one to put another there."""


def upgrade() -> None:
    """Make the tables and the guards."""
    op.create_table(
        "money_day",
        sa.Column("id", Big, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("last_entry_id", sa.BigInteger(), nullable=False),
        sa.Column("last_receipt_id", sa.BigInteger(), nullable=False),
        sa.Column("previous_root", sa.String(length=64), nullable=False),
        sa.Column("tree", sa.String(length=64), nullable=False),
        sa.Column("audit_hash", sa.String(length=64), nullable=False),
        sa.Column("root", sa.String(length=64), nullable=False),
        sa.Column("file_hash", sa.String(length=64), nullable=False),
        sa.Column("storage_key", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("agency_id", "day", name="one_money_day_a_day"),
        sa.UniqueConstraint("root"),
    )
    op.create_table(
        "receipt",
        sa.Column("id", Big, nullable=False),
        sa.Column("number", sa.String(length=24), nullable=False),
        sa.Column("application_id", Big, nullable=False),
        sa.Column("payout_id", Big, nullable=False),
        sa.Column("check_code", sa.String(length=32), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"]),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"]),
        sa.ForeignKeyConstraint(["payout_id"], ["payout.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("check_code"),
        sa.UniqueConstraint("number"),
        sa.UniqueConstraint("payout_id"),
    )
    op.create_table(
        "dossier",
        sa.Column("id", Big, nullable=False),
        sa.Column("application_id", Big, nullable=False),
        sa.Column("requested_by", sa.Integer(), nullable=False),
        sa.Column("is_full", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("steps", sa.Integer(), nullable=False),
        sa.Column("storage_key", sa.String(length=100), nullable=True),
        sa.Column("parts", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ready_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"]),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"]),
        sa.ForeignKeyConstraint(["requested_by"], ["ab_user.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("storage_key"),
    )
    _index()
    for table, columns in GUARDED.items():
        _guard(table, columns)


def downgrade() -> None:
    """Take the tables away, their guards and indexes with them."""
    for table in ("dossier", "receipt", "money_day"):
        op.drop_table(table)


def _index() -> None:
    for table, column in (
        ("money_day", "agency_id"),
        ("receipt", "agency_id"),
        ("receipt", "application_id"),
        ("dossier", "agency_id"),
        ("dossier", "application_id"),
        ("dossier", "requested_by"),
        ("dossier", "status"),
    ):
        op.create_index(f"ix_{table}_{column}", table, [column])
    waiting = sa.text("status = 'queued'")
    op.create_index(
        "one_dossier_in_the_making", "dossier", ["application_id", "requested_by"],
        unique=True, sqlite_where=waiting, postgresql_where=waiting,
    )  # fmt: skip


def _guard(table: str, columns: tuple[str, ...]) -> None:
    """Refuse every change of a row, and every way round that a database has."""
    refused = f"SELECT RAISE(ABORT, '{table} takes new rows only')"
    for deed in ("UPDATE", "DELETE"):
        how = "EXECUTE FUNCTION refuse_change()" if _postgres() else f"BEGIN {refused}; END"
        row = "FOR EACH ROW " if _postgres() else ""
        op.execute(
            f"CREATE TRIGGER {table}_no_{deed.lower()} BEFORE {deed} ON {table} {row}{how}"
        )
    if _postgres():
        op.execute(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
    else:
        there = " OR ".join(
            f"EXISTS (SELECT 1 FROM {table} WHERE {column} = NEW.{column})"
            for column in columns
        )
        op.execute(
            f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} WHEN {there} "
            f"BEGIN {refused}; END"
        )


def _postgres() -> bool:
    return op.get_bind().dialect.name == "postgresql"
