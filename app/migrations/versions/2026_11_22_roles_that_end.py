"""Give roles an end date."""

import datetime as dt
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

from app.columns import Moment

revision = "20261122e"
down_revision = "20261122d"
branch_labels = None
depends_on = None

INDEXED = ("staff_id", "valid_until", "given_by")

ROLES = (
    "first_reviewer", "second_reviewer", "supervisor", "payer", "releaser", "auditor",
    "package_editor", "package_publisher", "user_admin", "security_officer", "installation_admin",
)  # fmt: skip
"""What staff are given; other roles of a log-in are none of the hall's."""

GRANTED = """
    INSERT INTO role_grant (staff_id, role, valid_from, why, given_name, given_at)
    SELECT staff.id, ab_role.name, :today, 'held before roles had dates', 'setup', :now
    FROM staff
    JOIN ab_user_role ON ab_user_role.user_id = staff.user_id
    JOIN ab_role ON ab_role.id = ab_user_role.role_id
    WHERE ab_role.name IN :roles
    ORDER BY staff.id, ab_role.name
"""


def upgrade() -> None:
    """Keep every role that is given: whose, from and until when, by whom, why."""
    op.create_table(
        "role_grant",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("why", sa.String(length=200), nullable=False),
        sa.Column("given_by", sa.Integer(), nullable=True),
        sa.Column("given_name", sa.String(length=100), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["given_by"], ["ab_user.id"]),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    for column in INDEXED:
        op.create_index(f"ix_role_grant_{column}", "role_grant", [column])
    _grant_what_is_held()


def downgrade() -> None:
    """Forget until when roles were given; whoever holds one keeps it."""
    op.drop_table("role_grant")


def _grant_what_is_held() -> None:
    """Write every role that staff hold today as given, without an end."""
    now = dt.datetime.now(dt.UTC)
    held = sa.text(GRANTED).bindparams(
        sa.bindparam("roles", ROLES, expanding=True),
        sa.bindparam("today", now.astimezone(ZoneInfo("Asia/Shanghai")).date(), type_=sa.Date),
        sa.bindparam("now", now, type_=Moment),
    )
    op.get_bind().execute(held)
