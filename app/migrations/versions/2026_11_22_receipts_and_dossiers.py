"""Receipts that can be checked and dossiers of cases."""

revision = "20261122m"
down_revision = "20261122l"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""


def downgrade() -> None:
    """Take the tables away."""
