"""Guard the records: history, ledger and audit take new rows, never changes."""

from alembic import op

revision = "20261122b"
down_revision = "20261122a"
branch_labels = None
depends_on = None

GUARDED = ("case_event", "journal_entry", "posting", "audit_event")


def upgrade() -> None:
    """Add a trigger against UPDATE and DELETE to every guarded table."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ "
            "BEGIN RAISE EXCEPTION '% takes new rows only', TG_TABLE_NAME; END $$"
        )
    for table in GUARDED:
        for deed in ("UPDATE", "DELETE"):
            op.execute(_trigger(table, deed))


def downgrade() -> None:
    """Remove the triggers."""
    postgres = op.get_bind().dialect.name == "postgresql"
    for table in GUARDED:
        for deed in ("update", "delete"):
            op.execute(f"DROP TRIGGER {table}_no_{deed}" + (f" ON {table}" if postgres else ""))
    if postgres:
        op.execute("DROP FUNCTION refuse_change()")


def _trigger(table: str, deed: str) -> str:
    name = f"{table}_no_{deed.lower()}"
    if op.get_bind().dialect.name == "postgresql":
        return (
            f"CREATE TRIGGER {name} BEFORE {deed} ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
    return (
        f"CREATE TRIGGER {name} BEFORE {deed} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{table} takes new rows only'); END"
    )
