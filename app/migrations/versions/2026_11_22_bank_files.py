"""Bank files sent and read; which way an agency pays."""

revision = "20261122i"
down_revision = "20261122h"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""


def downgrade() -> None:
    """Take the tables away."""
