"""Give roles an end date."""

revision = "20261122e"
down_revision = "20261122d"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
