"""Contributions by file, interest settled by run, reversals by two, money that came late."""

import sqlalchemy as sa
from alembic import op

revision = "20261122j"
down_revision = "20261122i"
branch_labels = None
depends_on = None

Big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

ROWS_ONLY = ("contribution_batch", "contribution_line", "supplement")
"""Tables that take new rows and no change."""

REVERSAL_GUARDS = (
    (
        "ledger_reversal_no_change",
        "UPDATE OF id, agency_id, entry_id, account_id, proof, proposed_by, proposed_name, "
        "proposed_at", "",
    ),
    ("ledger_reversal_no_update", "UPDATE", "OLD.confirmed_at IS NOT NULL"),
    ("ledger_reversal_no_delete", "DELETE", "OLD.confirmed_at IS NOT NULL"),
)  # fmt: skip
"""What one person said stands; all of it stands once another confirmed it."""

TABLES = (*ROWS_ONLY, "ledger_reversal")
UNIQUE = {
    "contribution_batch": ("id", "sha256"),
    "contribution_line": ("id", "entry_id"),
    "supplement": ("id", "application_id"),
    "ledger_reversal": ("id", "entry_id"),
}
"""By what SQLite's REPLACE finds a row to put another in its place, past the other guards."""


def upgrade() -> None:
    """Make the tables, then their guards on both databases."""
    _batches()
    _lines()
    _runs()
    _reversals()
    _supplements()
    for table in ROWS_ONLY:
        for deed in ("UPDATE", "DELETE"):
            op.execute(_trigger(f"{table}_no_{deed.lower()}", table, deed, ""))
    for name, deed, when in REVERSAL_GUARDS:
        op.execute(_trigger(name, "ledger_reversal", deed, when))
    if _postgres():
        for table in TABLES:
            op.execute(
                f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
            )
    else:
        for table, columns in UNIQUE.items():
            op.execute(_no_replacing(table, columns))


def downgrade() -> None:
    """Take the tables away, their guards with them."""
    for table in ("supplement", "ledger_reversal", "interest_run"):
        op.drop_table(table)
    op.drop_table("contribution_line")
    op.drop_table("contribution_batch")


def _key(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, Big, nullable=nullable)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _to(table: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{table}.id"])


def _index(table: str, *columns: str) -> None:
    for column in columns:
        op.create_index(f"ix_{table}_{column}", table, [column])


def _batches() -> None:
    op.create_table(
        "contribution_batch",
        _key("id"),
        sa.Column("reference", sa.String(64), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("late", sa.BigInteger(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("actor_name", sa.String(100), nullable=False),
        _moment("at"),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        _to("ab_user", "actor_id"),
        _to("agency", "agency_id"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("agency_id", "reference", name="one_batch_a_reference"),
        sa.UniqueConstraint("sha256"),
    )
    _index("contribution_batch", "actor_id", "agency_id")


def _lines() -> None:
    op.create_table(
        "contribution_line",
        _key("id"),
        _key("batch_id"),
        sa.Column("line", sa.Integer(), nullable=False),
        _key("account_id"),
        _key("entry_id"),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        _to("contribution_batch", "batch_id"),
        _to("account", "account_id"),
        _to("journal_entry", "entry_id"),
        _to("agency", "agency_id"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("batch_id", "line", name="one_entry_a_file_line"),
        sa.UniqueConstraint("entry_id"),
    )
    _index("contribution_line", "batch_id", "account_id", "agency_id")


def _runs() -> None:
    op.create_table(
        "interest_run",
        _key("id"),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last_account_id", sa.BigInteger(), nullable=False),
        sa.Column("accounts", sa.Integer(), nullable=False),
        sa.Column("posted", sa.Integer(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("left_out", sa.Integer(), nullable=False),
        _moment("started_at"),
        _moment("ended_at", nullable=True),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("scheme_id", sa.Integer(), nullable=False),
        _to("agency", "agency_id"),
        _to("scheme", "scheme_id"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("scheme_id", "year", name="one_settlement_a_year"),
    )
    _index("interest_run", "agency_id", "scheme_id")


def _reversals() -> None:
    op.create_table(
        "ledger_reversal",
        _key("id"),
        _key("entry_id"),
        _key("account_id"),
        sa.Column("proof", sa.Text(), nullable=False),
        sa.Column("proposed_by", sa.Integer(), nullable=False),
        sa.Column("proposed_name", sa.String(100), nullable=False),
        _moment("proposed_at"),
        sa.Column("confirmed_by", sa.Integer(), nullable=True),
        sa.Column("confirmed_name", sa.String(100), nullable=False),
        _moment("confirmed_at", nullable=True),
        _key("twin_id", nullable=True),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        _to("journal_entry", "entry_id"),
        _to("account", "account_id"),
        _to("ab_user", "proposed_by"),
        _to("ab_user", "confirmed_by"),
        _to("journal_entry", "twin_id"),
        _to("agency", "agency_id"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("entry_id"),
        sa.UniqueConstraint("twin_id"),
    )
    _index("ledger_reversal", "account_id", "proposed_by", "confirmed_by", "agency_id")


def _supplements() -> None:
    op.create_table(
        "supplement",
        _key("id"),
        _key("application_id"),
        _key("closing_id"),
        _key("account_id"),
        sa.Column("opened_by", sa.Integer(), nullable=True),
        _moment("opened_at"),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        _to("application", "application_id"),
        _to("application", "closing_id"),
        _to("account", "account_id"),
        _to("ab_user", "opened_by"),
        _to("agency", "agency_id"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("application_id"),
    )
    _index("supplement", "closing_id", "account_id", "opened_by", "agency_id")


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


def _no_replacing(table: str, columns: tuple[str, ...]) -> str:
    there = " OR ".join(
        f"EXISTS (SELECT 1 FROM {table} WHERE {column} = NEW.{column})" for column in columns
    )
    return (
        f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} WHEN {there} "
        f"BEGIN SELECT RAISE(ABORT, '{table} takes new rows only'); END"
    )
