"""Keep what people prove at the counter."""

revision = "20261122f"
down_revision = "20261122e"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
