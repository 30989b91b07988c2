"""Let a payment whose line two people found come back by a line that two people find."""

import sqlalchemy as sa
from alembic import op

revision = "20261123e"
down_revision = "20261123d"
branch_labels = None
depends_on = None

TABLE, UNIQUE = "statement_finding", "one_finding_a_payout"
SAID = "id, agency_id, line_id, payout_id, why, proposed_by, proposed_name, proposed_at"
GUARDS = (
    (f"{TABLE}_no_change", "UPDATE OF {said}", ""),
    (f"{TABLE}_no_update", "UPDATE", "OLD.confirmed_at IS NOT NULL"),
    (f"{TABLE}_no_delete", "DELETE", "OLD.confirmed_at IS NOT NULL"),
)
"""Trigger, deed, and when it is refused; SQLite loses them with the table that it makes anew."""


def upgrade() -> None:
    """Keep with each finding which way its line went; a payment has one each way."""
    _unguard()
    op.add_column(
        TABLE, sa.Column("direction", sa.String(length=8), nullable=False, server_default="out")
    )
    op.execute(
        f"UPDATE {TABLE} SET direction = (SELECT statement_line.direction FROM statement_line "
        f"WHERE statement_line.id = {TABLE}.line_id)"
    )
    with op.batch_alter_table(TABLE) as table:
        table.drop_constraint(UNIQUE, type_="unique")
        table.create_unique_constraint(UNIQUE, ["payout_id", "direction"])
    _guard(f"{SAID}, direction")


def downgrade() -> None:
    """Allow one finding a payment again; of two that which was said first is kept."""
    _unguard()
    op.execute(
        f"DELETE FROM {TABLE} WHERE payout_id IS NOT NULL AND id NOT IN "
        f"(SELECT min(id) FROM {TABLE} WHERE payout_id IS NOT NULL GROUP BY payout_id)"
    )
    with op.batch_alter_table(TABLE) as table:
        table.drop_constraint(UNIQUE, type_="unique")
        table.drop_column("direction")
        table.create_unique_constraint(UNIQUE, ["payout_id"])
    _guard(SAID)


def _unguard() -> None:
    for name, _, _ in GUARDS:
        op.execute(f"DROP TRIGGER {name}" + (f" ON {TABLE}" if _postgres() else ""))


def _guard(said: str) -> None:
    for name, deed, when in GUARDS:
        condition = f"WHEN ({when}) " if when else ""
        refused = (
            "FOR EACH ROW {}EXECUTE FUNCTION refuse_change()"
            if _postgres()
            else f"{{}}BEGIN SELECT RAISE(ABORT, '{TABLE} takes new rows only'); END"
        )
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {deed.format(said=said)} ON {TABLE} "
            + refused.format(condition)
        )


def _postgres() -> bool:
    return op.get_bind().dialect.name == "postgresql"
