"""Withdrawals agreed once and paid each month."""

revision = "20261122k"
down_revision = "20261122j"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""


def downgrade() -> None:
    """Take the tables away."""
