"""Bind people to what another provider knows them as."""

import sqlalchemy as sa
from alembic import op

revision = "20261122d"
down_revision = "20261122c"
branch_labels = None
depends_on = None

OPEN = sa.text("ended_at IS NULL")


def upgrade() -> None:
    """Add the table, one person a subject, and a provider's own number of a message."""
    op.create_table(
        "outside_identity",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("provider", sa.String(length=32), nullable=False),
        sa.Column("subject_index", sa.String(length=32), nullable=False),
        sa.Column("subject_sealed", sa.Text(), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("level", sa.String(length=32), nullable=False),
        sa.Column("bound_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seal_id", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["ab_user.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_outside_identity_user_id", "outside_identity", ["user_id"])
    _one("one_person_a_subject", ["provider", "subject_index"])
    _one("one_subject_a_person", ["user_id", "provider"])
    op.add_column("notice", sa.Column("outside_id", sa.String(length=40), nullable=True))
    op.create_index("ix_notice_outside_id", "notice", ["outside_id"])


def downgrade() -> None:
    """Remove the table with its indexes."""
    op.drop_index("ix_notice_outside_id", "notice")
    op.drop_column("notice", "outside_id")
    op.drop_table("outside_identity")


def _one(name: str, columns: list[str]) -> None:
    op.create_index(
        name, "outside_identity", columns, unique=True, sqlite_where=OPEN, postgresql_where=OPEN
    )
