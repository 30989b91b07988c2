"""Give what is asked of one agency an index of its own: the agency alone leads to half a table."""

from alembic import op

revision = "20261123c"
down_revision = "20261123b"
branch_labels = None
depends_on = None

INDEXES = (
    ("payouts_of_agency", "payout", ["agency_id", "status"]),
    ("lines_by_bucket", "statement_line", ["agency_id", "bucket", "on_date"]),
    ("cases_by_arrival", "application", ["agency_id", "submitted_at", "status"]),
    ("cases_by_decision", "application", ["agency_id", "decided_at", "status"]),
    ("pages_by_source", "material_page", ["source_sha256", "agency_id"]),
    ("notices_by_outside_id", "notice", ["outside_id", "agency_id"]),
)
SHORTER = (("material_page", "source_sha256"), ("notice", "outside_id"))
"""Indexes that the new ones begin with."""

QUEUE = ["agency_id", "status", "due_on", "id"]
BESIDE = ["assignee_id", "on_hold", "investigating", "amount"]
"""What the numbers of the first page ask of an open case: told by the index, not by its row."""


def upgrade() -> None:
    """Make the indexes and take away those they contain."""
    for name, table, columns in INDEXES:
        op.create_index(name, table, columns)
    for table, column in SHORTER:
        op.drop_index(f"ix_{table}_{column}", table)
    _queue([*QUEUE, *BESIDE])


def downgrade() -> None:
    """Put the shorter ones back."""
    _queue(QUEUE)
    for table, column in SHORTER:
        op.create_index(f"ix_{table}_{column}", table, [column])
    for name, table, _ in INDEXES:
        op.drop_index(name, table)


def _queue(columns: list[str]) -> None:
    op.drop_index("cases_by_queue", "application")
    op.create_index("cases_by_queue", "application", columns)
