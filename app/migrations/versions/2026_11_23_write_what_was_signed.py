"""Write what was signed into the history; let a stop said again keep the later moment."""

import sqlalchemy as sa
from alembic import op

revision = "20261123g"
down_revision = "20261123f"
branch_labels = None
depends_on = None

STOP = "payout_stop"
FIXED = "id, agency_id, reason, stopped_by, stopped_name, stopped_at"
GUARDS = (
    (f"{STOP}_no_change", f"UPDATE OF {FIXED}", ""),
    (
        f"{STOP}_no_taking_over", "UPDATE OF by_installation",
        "OLD.by_installation AND NOT NEW.by_installation",
    ),
    (
        f"{STOP}_no_turning_back", "UPDATE OF again_at",
        "OLD.again_at IS NOT NULL AND (NEW.again_at IS NULL OR NEW.again_at < OLD.again_at)",
    ),
)  # fmt: skip
"""Trigger, deed, and when it is refused; the first stands anew for what it was."""

BEFORE = f"UPDATE OF {FIXED}, by_installation"


def upgrade() -> None:
    """Add both; guard the moment, and whose the stop is, in one direction."""
    op.add_column(
        "case_event",
        sa.Column("decision_hash", sa.String(length=64), nullable=False, server_default=""),
    )
    op.add_column(STOP, sa.Column("again_at", sa.DateTime(timezone=True), nullable=True))
    _drop(f"{STOP}_no_change")
    for name, deed, when in GUARDS:
        op.execute(_trigger(name, deed, when))


def downgrade() -> None:
    """Take both away; nothing of a stop changes any more."""
    for name, _, _ in GUARDS:
        _drop(name)
    op.drop_column(STOP, "again_at")
    op.execute(_trigger(f"{STOP}_no_change", BEFORE, ""))
    op.drop_column("case_event", "decision_hash")


def _postgres() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _drop(name: str) -> None:
    op.execute(f"DROP TRIGGER {name}" + (f" ON {STOP}" if _postgres() else ""))


def _trigger(name: str, deed: str, when: str) -> str:
    condition = f"WHEN ({when}) " if when else ""
    if _postgres():
        return (
            f"CREATE TRIGGER {name} BEFORE {deed} ON {STOP} "
            f"FOR EACH ROW {condition}EXECUTE FUNCTION refuse_change()"
        )
    return (
        f"CREATE TRIGGER {name} BEFORE {deed} ON {STOP} {condition}"
        f"BEGIN SELECT RAISE(ABORT, '{STOP} takes new rows only'); END"
    )
