"""Withdrawals agreed once and paid each month."""

import sqlalchemy as sa
from alembic import op

revision = "20261122k"
down_revision = "20261122j"
branch_labels = None
depends_on = None

Big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

TERMS = (
    "id, number, account_id, applicant_id, agency_id, scheme_id, reason_code, rule, payee_name, "
    "payee_bank_code, payee_card_index, payee_last_four, day_of_month, starts_on, ends_on, "
    "approvals_required, commitment_id, commitment_sha256, signed_at, seal_id"
)
"""What two people sign and nobody changes; the sealed card may be sealed anew."""

GUARDS = (
    ("standing_order_no_change", "standing_order", f"UPDATE OF {TERMS}", ""),
    ("standing_order_no_waking", "standing_order", "UPDATE OF state", "OLD.state = 'ended'"),
    ("standing_order_no_delete", "standing_order", "DELETE", ""),
    ("order_signature_no_update", "order_signature", "UPDATE", ""),
    ("order_signature_no_delete", "order_signature", "DELETE", ""),
    ("order_month_no_update", "order_month", "UPDATE", "OLD.application_id IS NOT NULL"),
    ("order_month_no_delete", "order_month", "DELETE", "OLD.application_id IS NOT NULL"),
)
"""Trigger, table, deed, and when it is refused: a month that has its case stands for good."""

TABLES = ("order_month", "order_signature", "standing_order")
INDEXES = {
    "standing_order": (
        "agency_id", "scheme_id", "account_id", "applicant_id", "commitment_id", "ended_by",
    ),
    "order_signature": ("agency_id", "order_id", "actor_id"),
    "order_month": ("agency_id", "order_id"),
}  # fmt: skip


def upgrade() -> None:
    """Make the tables, their indexes and their guards."""
    _make_orders()
    _make_signatures()
    _make_months()
    for table, columns in INDEXES.items():
        for column in columns:
            op.create_index(op.f(f"ix_{table}_{column}"), table, [column])
    for name, table, deed, when in GUARDS:
        op.execute(_trigger(name, table, deed, when))
    if _postgres():
        for table in TABLES:
            op.execute(
                f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
            )


def downgrade() -> None:
    """Take the tables away; their guards go with them."""
    for table in TABLES:
        op.drop_table(table)


def _make_orders() -> None:
    op.create_table(
        "standing_order",
        sa.Column("id", Big, nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("scheme_id", sa.Integer(), nullable=False),
        sa.Column("account_id", Big, nullable=False),
        sa.Column("applicant_id", Big, nullable=False),
        sa.Column("reason_code", sa.String(length=32), nullable=False),
        sa.Column("rule", sa.String(length=32), nullable=False),
        sa.Column("payee_name", sa.String(length=100), nullable=False),
        sa.Column("payee_bank_code", sa.String(length=16), nullable=False),
        sa.Column("payee_card_sealed", sa.Text(), nullable=False),
        sa.Column("payee_card_index", sa.String(length=32), nullable=False),
        sa.Column("payee_last_four", sa.String(length=4), nullable=False),
        sa.Column("day_of_month", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("approvals_required", sa.Integer(), nullable=False),
        sa.Column("commitment_id", sa.Integer(), nullable=False),
        sa.Column("commitment_sha256", sa.String(length=64), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signature", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_how", sa.String(length=32), nullable=True),
        sa.Column("ended_by", sa.Integer(), nullable=True),
        sa.Column("end_reason", sa.String(length=200), nullable=False),
        sa.Column("seal_id", sa.String(length=16), nullable=False),
        sa.CheckConstraint("day_of_month BETWEEN 1 AND 31", name="order_day_of_a_month"),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"]),
        sa.ForeignKeyConstraint(["scheme_id"], ["scheme.id"]),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"]),
        sa.ForeignKeyConstraint(["applicant_id"], ["applicant.id"]),
        sa.ForeignKeyConstraint(["commitment_id"], ["commitment.id"]),
        sa.ForeignKeyConstraint(["ended_by"], ["ab_user.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("number"),
    )
    op.create_index(
        "one_order_an_account", "standing_order", ["account_id"], unique=True,
        sqlite_where=sa.text("state <> 'ended'"), postgresql_where=sa.text("state <> 'ended'"),
    )  # fmt: skip
    op.create_index("orders_by_day", "standing_order", ["state", "day_of_month", "id"])


def _make_signatures() -> None:
    op.create_table(
        "order_signature",
        sa.Column("id", Big, nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("order_id", Big, nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("actor_name", sa.String(length=100), nullable=False),
        sa.Column("terms_hash", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"]),
        sa.ForeignKeyConstraint(["order_id"], ["standing_order.id"]),
        sa.ForeignKeyConstraint(["actor_id"], ["ab_user.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("order_id", "actor_id", name="one_signature_a_person"),
    )


def _make_months() -> None:
    money = ("contributed", "available", "kept", "amount")
    op.create_table(
        "order_month",
        sa.Column("id", Big, nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("order_id", Big, nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("application_id", Big, nullable=True),
        sa.Column("skipped", sa.String(length=32), nullable=False),
        sa.Column("since_entry_id", sa.BigInteger(), nullable=False),
        sa.Column("upto_entry_id", sa.BigInteger(), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in money),
        sa.Column("tried_on", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"]),
        sa.ForeignKeyConstraint(["order_id"], ["standing_order.id"]),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("order_id", "month", name="one_row_a_month"),
        sa.UniqueConstraint("application_id", name="one_month_a_case"),
    )


def _postgres() -> bool:
    return op.get_bind().dialect.name == "postgresql"


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
