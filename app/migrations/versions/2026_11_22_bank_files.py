"""Keep every file sent to a bank and got from it; say how an agency pays."""

import sqlalchemy as sa
from alembic import op

revision = "20261122i"
down_revision = "20261122h"
branch_labels = None
depends_on = None

Big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

FIXED = (
    "id, agency_id, direction, kind, form, name, message_id, sha256, size, rows, total, "
    "on_date, opening, closing, batch_id, about_id, actor_id, actor_name, at, seal_id"
)
"""What is known of a file when it is kept, and never changes; its bytes may be sealed anew."""

GUARDS = (
    ("bank_file_no_update", f"UPDATE OF {FIXED}", ""),
    ("bank_file_no_other_end", "UPDATE OF done_at", "OLD.done_at IS NOT NULL"),
    (
        "bank_file_no_second_word", "UPDATE OF confirmed_by, confirmed_at, problem",
        "OLD.confirmed_at IS NOT NULL OR OLD.problem <> ''",
    ),
    ("bank_file_no_delete", "DELETE", ""),
)  # fmt: skip
"""Trigger, deed, and when it is refused."""

INDEXED = ("agency_id", "batch_id", "about_id", "actor_id", "confirmed_by")
GOOD = sa.text("problem = ''")


def upgrade() -> None:
    """Make the table and its guards; an agency pays as before until its data say otherwise."""
    op.create_table(
        "bank_file",
        sa.Column("id", Big, nullable=False),
        sa.Column("direction", sa.String(length=4), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("form", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("message_id", sa.String(length=40), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=True),
        sa.Column("opening", sa.BigInteger(), nullable=True),
        sa.Column("closing", sa.BigInteger(), nullable=True),
        sa.Column("batch_id", Big, nullable=True),
        sa.Column("about_id", Big, nullable=True),
        sa.Column("content_sealed", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("actor_name", sa.String(length=100), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_by", sa.Integer(), nullable=True),
        sa.Column("confirmed_name", sa.String(length=100), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_rows", sa.Integer(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("problem", sa.String(length=200), nullable=False),
        sa.Column("seal_id", sa.String(length=16), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"]),
        sa.ForeignKeyConstraint(["batch_id"], ["payout_batch.id"]),
        sa.ForeignKeyConstraint(["about_id"], ["bank_file.id"]),
        sa.ForeignKeyConstraint(["actor_id"], ["ab_user.id"]),
        sa.ForeignKeyConstraint(["confirmed_by"], ["ab_user.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    for column in INDEXED:
        op.create_index(f"ix_bank_file_{column}", "bank_file", [column])
    _one("one_file_a_hash", ["agency_id", "direction", "sha256"])
    _one("one_file_a_number", ["agency_id", "direction", "kind", "message_id"])
    op.create_index("files_by_day", "bank_file", ["agency_id", "kind", "on_date"])
    for name, deed, when in GUARDS:
        op.execute(_trigger(name, deed, when))
    if _postgres():
        op.execute(
            "CREATE TRIGGER bank_file_no_truncate BEFORE TRUNCATE ON bank_file "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
    else:
        op.execute(
            "CREATE TRIGGER bank_file_no_replace BEFORE INSERT ON bank_file WHEN "
            "EXISTS (SELECT 1 FROM bank_file WHERE id = NEW.id OR (problem = '' AND "
            "NEW.problem = '' AND agency_id = NEW.agency_id AND direction = NEW.direction AND "
            "(sha256 = NEW.sha256 OR (kind = NEW.kind AND message_id = NEW.message_id)))) "
            "BEGIN SELECT RAISE(ABORT, 'bank_file takes new rows only'); END"
        )
    kind = "BIGINT" if _postgres() else "INTEGER"
    op.execute(f"ALTER TABLE payout ADD COLUMN bank_file_id {kind} REFERENCES bank_file (id)")
    op.create_index("ix_payout_bank_file_id", "payout", ["bank_file_id"])
    op.add_column(
        "agency",
        sa.Column("pays_by", sa.String(length=16), nullable=False, server_default="simulator"),
    )
    op.add_column(
        "agency", sa.Column("batch_limit", sa.Integer(), nullable=False, server_default="10000")
    )


def downgrade() -> None:
    """Take the table and the columns away."""
    op.drop_column("agency", "batch_limit")
    op.drop_column("agency", "pays_by")
    op.drop_index("ix_payout_bank_file_id", "payout")
    op.drop_column("payout", "bank_file_id")
    op.drop_table("bank_file")


def _postgres() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _one(name: str, columns: list[str]) -> None:
    op.create_index(
        name, "bank_file", columns, unique=True, sqlite_where=GOOD, postgresql_where=GOOD
    )


def _trigger(name: str, deed: str, when: str) -> str:
    condition = f"WHEN ({when}) " if when else ""
    if _postgres():
        return (
            f"CREATE TRIGGER {name} BEFORE {deed} ON bank_file "
            f"FOR EACH ROW {condition}EXECUTE FUNCTION refuse_change()"
        )
    return (
        f"CREATE TRIGGER {name} BEFORE {deed} ON bank_file {condition}"
        f"BEGIN SELECT RAISE(ABORT, 'bank_file takes new rows only'); END"
    )
