"""Keep what offices tell on their front pages, and who has been shown round the desk."""

import sqlalchemy as sa
from alembic import op

from app.columns import Moment

revision = "20261122n"
down_revision = "20261122m"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table of notices; let a member of staff have taken the tour."""
    op.create_table(
        "front_notice",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("agency_id", sa.Integer(), sa.ForeignKey("agency.id")),
        sa.Column("title_zh", sa.String(100), nullable=False),
        sa.Column("title_en", sa.String(200), nullable=False),
        sa.Column("text_zh", sa.Text(), nullable=False),
        sa.Column("text_en", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date()),
        sa.Column("created_at", Moment(), nullable=False),
    )
    op.create_index("ix_front_notice_agency_id", "front_notice", ["agency_id"])
    op.create_index("front_notices_by_day", "front_notice", ["valid_from", "valid_to"])
    op.add_column("staff", sa.Column("toured_at", Moment()))


def downgrade() -> None:
    """Remove them again."""
    op.drop_column("staff", "toured_at")
    op.drop_table("front_notice")
