"""Keep the progress of a key change and what people ask about their data."""

revision = "20261122g"
down_revision = "20261122f"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
