"""Keep whose account a statement is of; let two people put one aside that was not compared."""

import sqlalchemy as sa
from alembic import op

revision = "20261123f"
down_revision = "20261123e"
branch_labels = None
depends_on = None

TABLE = "bank_file"
FIXED = (
    "id, agency_id, direction, kind, form, name, message_id, sha256, size, rows, total, "
    "on_date, opening, closing, batch_id, about_id, actor_id, actor_name, at, seal_id"
)
SETTLED = "OLD.confirmed_at IS NOT NULL OR OLD.problem <> ''"
WAITS = (
    "OLD.kind = 'statement' AND OLD.done_at IS NULL AND OLD.aside_at IS NOT NULL "
    "AND OLD.problem = '' AND NEW.problem <> ''"
)
"""A statement that was not compared, and that one person asked to put aside."""

BEFORE = (
    (f"{TABLE}_no_update", f"UPDATE OF {FIXED}", ""),
    (f"{TABLE}_no_second_word", "UPDATE OF confirmed_by, confirmed_at, problem", SETTLED),
)
AFTER = (
    (f"{TABLE}_no_update", f"UPDATE OF {FIXED}, account", ""),
    (f"{TABLE}_no_second_word", "UPDATE OF confirmed_by, confirmed_at", SETTLED),
    (f"{TABLE}_no_second_problem", "UPDATE OF problem", f"({SETTLED}) AND NOT ({WAITS})"),
    (
        f"{TABLE}_no_second_aside", "UPDATE OF aside_by, aside_name, aside_at, aside_why",
        "OLD.aside_at IS NOT NULL",
    ),
)  # fmt: skip
"""Trigger, deed, and when it is refused."""


def upgrade() -> None:
    """Make the columns; statements so far are of the account that the agency pays from."""
    _unguard(BEFORE)
    op.add_column(TABLE, _text("account", 40))
    op.add_column(TABLE, _text("aside_name", 100))
    op.add_column(TABLE, _text("aside_why", 200))
    op.add_column(TABLE, sa.Column("aside_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(f"ALTER TABLE {TABLE} ADD COLUMN aside_by INTEGER REFERENCES ab_user (id)")
    op.create_index(f"ix_{TABLE}_aside_by", TABLE, ["aside_by"])
    op.execute(
        f"UPDATE {TABLE} SET account = (SELECT replace(agency.payer_account, ' ', '') "
        f"FROM agency WHERE agency.id = {TABLE}.agency_id) WHERE kind = 'statement'"
    )
    _guard(AFTER)


def downgrade() -> None:
    """Take the columns away."""
    _unguard(AFTER)
    op.drop_index(f"ix_{TABLE}_aside_by", TABLE)
    for name in ("aside_by", "aside_at", "aside_why", "aside_name", "account"):
        op.drop_column(TABLE, name)
    _guard(BEFORE)


def _text(name: str, length: int) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=length), nullable=False, server_default="")


def _unguard(guards: tuple[tuple[str, str, str], ...]) -> None:
    for name, _, _ in guards:
        op.execute(f"DROP TRIGGER {name}" + (f" ON {TABLE}" if _postgres() else ""))


def _guard(guards: tuple[tuple[str, str, str], ...]) -> None:
    for name, deed, when in guards:
        condition = f"WHEN ({when}) " if when else ""
        refused = (
            f"FOR EACH ROW {condition}EXECUTE FUNCTION refuse_change()"
            if _postgres()
            else f"{condition}BEGIN SELECT RAISE(ABORT, '{TABLE} takes new rows only'); END"
        )
        op.execute(f"CREATE TRIGGER {name} BEFORE {deed} ON {TABLE} {refused}")


def _postgres() -> bool:
    return op.get_bind().dialect.name == "postgresql"
