"""Caps of payouts and the close of each money day."""

revision = "20261122l"
down_revision = "20261122k"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""


def downgrade() -> None:
    """Take the tables away."""
