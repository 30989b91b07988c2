"""Let who rated without logging in read the answer by a code; only its hash is kept."""

import sqlalchemy as sa
from alembic import op

revision = "20261123a"
down_revision = "20261122o"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    op.add_column("feedback", sa.Column("code_index", sa.String(length=32)))
    op.create_index("ix_feedback_code_index", "feedback", ["code_index"])


def downgrade() -> None:
    """Remove it again."""
    op.drop_index("ix_feedback_code_index", "feedback")
    op.drop_column("feedback", "code_index")
