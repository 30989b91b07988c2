"""Contributions by file and interest settled by run."""

revision = "20261122j"
down_revision = "20261122i"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""


def downgrade() -> None:
    """Take the tables away."""
