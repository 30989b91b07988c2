"""Keep what people say of the service, and what the office answers."""

import sqlalchemy as sa
from alembic import op

from app.columns import Moment

revision = "20261122o"
down_revision = "20261122n"
branch_labels = None
depends_on = None

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "feedback",
        sa.Column("id", Id, primary_key=True),
        sa.Column("seal_id", sa.String(16), nullable=False),
        sa.Column("agency_id", sa.Integer(), sa.ForeignKey("agency.id"), nullable=False),
        sa.Column("applicant_id", Id, sa.ForeignKey("applicant.id")),
        sa.Column("application_id", Id, sa.ForeignKey("application.id"), unique=True),
        sa.Column("rating", sa.String(32), nullable=False),
        sa.Column("reasons", sa.String(255), nullable=False),
        sa.Column("text_sealed", sa.Text()),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("due_on", sa.Date()),
        sa.Column("answered_at", Moment()),
        sa.Column("answered_by", sa.Integer(), sa.ForeignKey("ab_user.id")),
        sa.Column("answer_sealed", sa.Text()),
    )
    for column in ("agency_id", "applicant_id", "answered_by"):
        op.create_index(f"ix_feedback_{column}", "feedback", [column])
    op.create_index("feedback_by_day", "feedback", ["agency_id", "created_at"])


def downgrade() -> None:
    """Remove it again."""
    op.drop_table("feedback")
