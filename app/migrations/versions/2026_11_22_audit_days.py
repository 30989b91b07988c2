"""Close each day of the audit."""

revision = "20261122h"
down_revision = "20261122g"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
