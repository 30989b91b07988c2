"""Keep a file of contributions that one person brought until another posts or refuses it."""

import sqlalchemy as sa
from alembic import op

revision = "20261123b"
down_revision = "20261123a"
branch_labels = None
depends_on = None

Big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TABLE = "contribution_file"
FIXED = (
    "id, agency_id, name, reference, sha256, rows, total, brought_by, brought_name, "
    "brought_at, seal_id"
)
"""What is known of a file when it is brought, and never changes; its bytes may be sealed anew."""

GUARDS = (
    (f"{TABLE}_no_update", f"UPDATE OF {FIXED}", ""),
    (
        f"{TABLE}_no_second_word",
        "UPDATE OF settled_by, settled_name, settled_at, refused_why, batch_id",
        "OLD.settled_at IS NOT NULL",
    ),
    (f"{TABLE}_no_delete", "DELETE", ""),
)
"""Trigger, deed, and when it is refused."""


def upgrade() -> None:
    """Make the table and its guards."""
    op.create_table(
        TABLE,
        sa.Column("id", Big, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("reference", sa.String(length=64), nullable=False),
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
        sa.Column("batch_id", Big, nullable=True),
        sa.Column("seal_id", sa.String(length=16), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"]),
        sa.ForeignKeyConstraint(["brought_by"], ["ab_user.id"]),
        sa.ForeignKeyConstraint(["settled_by"], ["ab_user.id"]),
        sa.ForeignKeyConstraint(["batch_id"], ["contribution_batch.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.CheckConstraint("settled_by <> brought_by", name="two_people_post"),
    )
    for column in ("agency_id", "brought_by", "settled_by", "batch_id"):
        op.create_index(f"ix_{TABLE}_{column}", TABLE, [column])
    waiting = sa.text("settled_at IS NULL")
    op.create_index(
        "one_waiting_file", TABLE, ["agency_id", "sha256"], unique=True,
        sqlite_where=waiting, postgresql_where=waiting,
    )  # fmt: skip
    for name, deed, when in GUARDS:
        op.execute(_trigger(name, deed, when))
    if _postgres():
        op.execute(
            f"CREATE TRIGGER {TABLE}_no_truncate BEFORE TRUNCATE ON {TABLE} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
    else:
        op.execute(
            f"CREATE TRIGGER {TABLE}_no_replace BEFORE INSERT ON {TABLE} WHEN "
            f"EXISTS (SELECT 1 FROM {TABLE} WHERE id = NEW.id OR (settled_at IS NULL AND "
            "NEW.settled_at IS NULL AND agency_id = NEW.agency_id AND sha256 = NEW.sha256)) "
            f"BEGIN SELECT RAISE(ABORT, '{TABLE} takes new rows only'); END"
        )


def downgrade() -> None:
    """Take the table away."""
    op.drop_table(TABLE)


def _postgres() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _trigger(name: str, deed: str, when: str) -> str:
    condition = f"WHEN ({when}) " if when else ""
    if _postgres():
        return (
            f"CREATE TRIGGER {name} BEFORE {deed} ON {TABLE} "
            f"FOR EACH ROW {condition}EXECUTE FUNCTION refuse_change()"
        )
    return (
        f"CREATE TRIGGER {name} BEFORE {deed} ON {TABLE} {condition}"
        f"BEGIN SELECT RAISE(ABORT, '{TABLE} takes new rows only'); END"
    )
