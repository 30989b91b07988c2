"""Stops lifted by two, caps counted by day, proofs of the books, findings, money days closed."""

import sqlalchemy as sa
from alembic import op

revision = "20261122l"
down_revision = "20261122k"
branch_labels = None
depends_on = None

Big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

RECORDS = ("books_proof", "payout_proof", "day_end")
"""Tables that take new rows only."""

GUARDS = (
    *((f"{table}_no_update", table, "UPDATE", "") for table in RECORDS),
    *((f"{table}_no_delete", table, "DELETE", "") for table in RECORDS),
    (
        "payout_stop_no_change", "payout_stop",
        "UPDATE OF id, agency_id, reason, by_installation, stopped_by, stopped_name, stopped_at",
        "",
    ),
    ("payout_stop_no_update", "payout_stop", "UPDATE", "OLD.lifted_at IS NOT NULL"),
    ("payout_stop_no_delete", "payout_stop", "DELETE", ""),
    (
        "statement_finding_no_change", "statement_finding",
        "UPDATE OF id, agency_id, line_id, payout_id, why, proposed_by, proposed_name, "
        "proposed_at", "",
    ),
    (
        "statement_finding_no_update", "statement_finding", "UPDATE",
        "OLD.confirmed_at IS NOT NULL",
    ),
    (
        "statement_finding_no_delete", "statement_finding", "DELETE",
        "OLD.confirmed_at IS NOT NULL",
    ),
)  # fmt: skip
"""Trigger, table, deed, and when it is refused."""

EMPTIED = (*RECORDS, "payout_stop", "statement_finding")


def upgrade() -> None:
    """Make the tables, index payments by day, carry over what is stopped and counted today."""
    _stops_and_usage()
    _proofs_and_findings()
    _day_ends()
    op.add_column(
        "statement_line",
        sa.Column("payee_tail", sa.String(length=4), nullable=False, server_default=""),
    )
    op.add_column(
        "payout_resolution",
        sa.Column("code", sa.String(length=16), nullable=False, server_default=""),
    )
    op.create_index("payouts_by_claim", "payout", ["agency_id", "claimed_at"])
    op.create_index("payouts_by_payment", "payout", ["agency_id", "paid_at"])
    op.execute(
        "INSERT INTO payout_stop (agency_id, reason, by_installation, stopped_name, stopped_at, "
        "proposed_name, proposed_why, lifted_name) "
        "SELECT id, payouts_stopped, false, '', CURRENT_TIMESTAMP, '', '', '' FROM agency "
        "WHERE payouts_stopped <> ''"
    )
    op.execute(_counted())
    for name, table, deed, when in GUARDS:
        op.execute(_trigger(name, table, deed, when))
    if _postgres():
        for table in EMPTIED:
            op.execute(
                f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
            )


def downgrade() -> None:
    """Take the tables away."""
    for name, table, _, _ in reversed(GUARDS):
        op.execute(f"DROP TRIGGER {name}" + (f" ON {table}" if _postgres() else ""))
    op.drop_index("payouts_by_payment", "payout")
    op.drop_index("payouts_by_claim", "payout")
    op.drop_column("payout_resolution", "code")
    op.drop_column("statement_line", "payee_tail")
    for table in (
        "day_end", "statement_finding", "payout_proof", "books_proof", "payout_usage",
        "payout_stop",
    ):  # fmt: skip
        op.drop_table(table)


def _stops_and_usage() -> None:
    op.create_table(
        "payout_stop",
        sa.Column("id", Big, nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("by_installation", sa.Boolean(), nullable=False),
        sa.Column("stopped_by", sa.Integer(), nullable=True),
        sa.Column("stopped_name", sa.String(length=100), nullable=False),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proposed_by", sa.Integer(), nullable=True),
        sa.Column("proposed_name", sa.String(length=100), nullable=False),
        sa.Column("proposed_why", sa.String(length=200), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_by", sa.Integer(), nullable=True),
        sa.Column("lifted_name", sa.String(length=100), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"]),
        sa.ForeignKeyConstraint(["lifted_by"], ["ab_user.id"]),
        sa.ForeignKeyConstraint(["proposed_by"], ["ab_user.id"]),
        sa.ForeignKeyConstraint(["stopped_by"], ["ab_user.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    _index("payout_stop", "agency_id", "lifted_by", "proposed_by", "stopped_by")
    op.create_index(
        "one_open_stop_a_reason", "payout_stop", ["agency_id", "reason"], unique=True,
        sqlite_where=sa.text("lifted_at IS NULL"),
        postgresql_where=sa.text("lifted_at IS NULL"),
    )  # fmt: skip
    op.create_table(
        "payout_usage",
        sa.Column("id", Big, nullable=False),
        sa.Column("scheme_id", sa.Integer(), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("small_total", sa.BigInteger(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"]),
        sa.ForeignKeyConstraint(["scheme_id"], ["scheme.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("scheme_id", "on_date", name="one_usage_a_day"),
    )
    _index("payout_usage", "agency_id", "scheme_id")


def _proofs_and_findings() -> None:
    op.create_table(
        "books_proof",
        sa.Column("id", Big, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("violations", sa.Integer(), nullable=False),
        sa.Column("first", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    _index("books_proof", "at")
    op.create_table(
        "payout_proof",
        sa.Column("id", Big, nullable=False),
        sa.Column("payout_id", Big, nullable=True),
        sa.Column("line_id", Big, nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("storage_key", sa.String(length=100), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("uploaded_by", sa.Integer(), nullable=False),
        sa.Column("uploaded_name", sa.String(length=100), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"]),
        sa.ForeignKeyConstraint(["line_id"], ["statement_line.id"]),
        sa.ForeignKeyConstraint(["payout_id"], ["payout.id"]),
        sa.ForeignKeyConstraint(["uploaded_by"], ["ab_user.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    _index("payout_proof", "agency_id", "line_id", "payout_id", "uploaded_by")
    op.create_table(
        "statement_finding",
        sa.Column("id", Big, nullable=False),
        sa.Column("line_id", Big, nullable=False),
        sa.Column("payout_id", Big, nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("proposed_by", sa.Integer(), nullable=False),
        sa.Column("proposed_name", sa.String(length=100), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_by", sa.Integer(), nullable=True),
        sa.Column("confirmed_name", sa.String(length=100), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"]),
        sa.ForeignKeyConstraint(["confirmed_by"], ["ab_user.id"]),
        sa.ForeignKeyConstraint(["line_id"], ["statement_line.id"]),
        sa.ForeignKeyConstraint(["payout_id"], ["payout.id"]),
        sa.ForeignKeyConstraint(["proposed_by"], ["ab_user.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("line_id", name="one_finding_a_line"),
        sa.UniqueConstraint("payout_id", name="one_finding_a_payout"),
    )
    _index("statement_finding", "agency_id", "confirmed_by", "proposed_by")


def _day_ends() -> None:
    op.create_table(
        "day_end",
        sa.Column("id", Big, nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("count_out", sa.Integer(), nullable=False),
        *(
            sa.Column(name, sa.BigInteger(), nullable=False)
            for name in (
                "ledger_out", "ledger_back", "payouts_out", "payouts_back", "bank_out",
                "bank_back", "pages_out", "pages_back", "in_transit", "in_flight",
            )
        ),
        sa.Column("balanced", sa.Boolean(), nullable=False),
        sa.Column("differences", sa.JSON(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("agency_id", "on_date", name="one_end_a_day"),
    )  # fmt: skip
    _index("day_end", "agency_id")


def _index(table: str, *columns: str) -> None:
    for column in columns:
        op.create_index(f"ix_{table}_{column}", table, [column])


def _postgres() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _counted() -> str:
    day = (
        "(payout.claimed_at AT TIME ZONE 'Asia/Shanghai')::date"
        if _postgres()
        else "date(payout.claimed_at, '+8 hours')"
    )
    return (
        "INSERT INTO payout_usage (agency_id, scheme_id, on_date, count, total, small_total) "
        f"SELECT payout.agency_id, application.scheme_id, {day}, count(*), sum(payout.amount), 0 "
        "FROM payout JOIN application ON application.id = payout.application_id "
        "WHERE payout.claimed_at IS NOT NULL "
        "AND payout.status NOT IN ('approved', 'cancelled', 'rejected') "
        f"GROUP BY payout.agency_id, application.scheme_id, {day}"
    )


def _trigger(name: str, table: str, deed: str, when: str) -> str:
    condition = f"WHEN ({when}) " if when else ""
    if _postgres():
        return (
            f"CREATE TRIGGER {name} BEFORE {deed} ON {table} "
            f"FOR EACH ROW {condition}EXECUTE FUNCTION refuse_change()"
        )
    return (
        f"CREATE TRIGGER {name} BEFORE {deed} ON {table} {condition}"
        f"BEGIN SELECT RAISE(ABORT, '{table} takes new rows only'); END"
    )
