"""Keep second factors, picture codes and fresh proofs of who somebody is."""

import sqlalchemy as sa
from alembic import op

from app.columns import Moment

revision = "20261122c"
down_revision = "20261122b"
branch_labels = None
depends_on = None

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables of the way in, and let a device say how far it has come."""
    for column in (
        sa.Column("how", sa.String(32), nullable=False, server_default=""),
        sa.Column("waits_for", sa.String(16), nullable=False, server_default=""),
        sa.Column("proven_at", Moment()),
        sa.Column("sms_proven_at", Moment()),
    ):
        op.add_column("login_session", column)
    op.add_column(
        "login_failure",
        sa.Column("pending", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    _known_devices()
    _second_factors()
    op.create_table(
        "spent_picture",
        sa.Column("id", Id, primary_key=True),
        sa.Column("picture_hash", sa.String(32), nullable=False, unique=True),
        sa.Column("at", Moment(), nullable=False),
    )
    op.create_index("ix_spent_picture_at", "spent_picture", ["at"])


def downgrade() -> None:
    """Remove them again."""
    for table in ("spent_picture", "recovery_code", "second_factor", "known_device"):
        op.drop_table(table)
    op.drop_column("login_failure", "pending")
    for column in ("sms_proven_at", "proven_at", "waits_for", "how"):
        op.drop_column("login_session", column)


def _known_devices() -> None:
    op.create_table(
        "known_device",
        sa.Column("id", Id, primary_key=True),
        sa.Column("user_id", sa.Integer(), sa.ForeignKey("ab_user.id"), nullable=False),
        sa.Column("secret_hash", sa.String(64), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("last_seen_at", Moment(), nullable=False),
        sa.UniqueConstraint("secret_hash", "user_id"),
    )
    for column in ("user_id", "last_seen_at"):
        op.create_index(f"ix_known_device_{column}", "known_device", [column])


def _second_factors() -> None:
    op.create_table(
        "second_factor",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column(
            "user_id", sa.Integer(), sa.ForeignKey("ab_user.id"), nullable=False, unique=True
        ),
        sa.Column("secret_sealed", sa.Text(), nullable=False),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("seal_id", sa.String(16), nullable=False),
    )
    op.create_table(
        "recovery_code",
        sa.Column("id", Id, primary_key=True),
        sa.Column("user_id", sa.Integer(), sa.ForeignKey("ab_user.id"), nullable=False),
        sa.Column("code_hash", sa.String(32), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("used_at", Moment()),
        sa.UniqueConstraint("code_hash"),
    )
    op.create_index("ix_recovery_code_user_id", "recovery_code", ["user_id"])
