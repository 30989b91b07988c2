"""What the database does for a question: which tables it reads whole, or whole for an agency.

The planner of SQLite decides by the schema alone here, so that a small hall shows what a large
one would do.
"""

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from app.extensions import db

FEW = {
    "agency", "bank", "scheme", "withdrawal_reason", "commitment", "payout_batch", "day_end",
    "bank_statement", "return_reason", "payout_stop", "ledger_reversal", "contribution_file", "account_file",
    "contribution_batch", "interest_run", "bank_file", "id_document_type", "payout_usage",
    "front_notice", "feedback", "staff", "policy_setting", "working_day", "message_template",
    "material_type", "material_requirement", "legal_basis", "ab_role", "national_code",
}  # fmt: skip
"""Tables of which an agency has few rows, or a few more each day."""

WHOLE = re.compile(r"SCAN (?P<scanned>[a-z]\w*)|SEARCH (?P<searched>\w+) .*\(agency_id=\?\)$")


class Asked:
    """Every statement with the values of its last time, and how often it came."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.values: dict[str, Any] = {}
        self.times: Counter[str] = Counter()

    def keep(self, _connection: Any, _cursor: Any, text: str, values: Any, *_: Any) -> None:
        """Keep one statement."""
        if text.startswith(("SELECT", "UPDATE", "DELETE")):
            self.values[text] = values
            self.times[text] += 1

    def reading_much(self, *, least: int = 1) -> dict[str, list[str]]:
        """Return what came so often and reads a growing table whole, with its plan."""
        found = {}
        for text, values in self.values.items():
            if self.times[text] >= least:
                rows = db.session.connection().exec_driver_sql(
                    f"EXPLAIN QUERY PLAN {text}", values
                )
                plan = [row[3] for row in rows]
                if reads_much(text, plan):
                    found[text] = plan
        return found


def reads_much(text: str, plan: list[str]) -> bool:
    """Tell whether a plan reads a growing table to its end; a page in its own order stops early."""
    if " LIMIT " in text and not any("TEMP B-TREE" in line for line in plan):
        return False
    names = [
        match["scanned"] or match["searched"] for match in map(WHOLE.search, plan) if match
    ]
    return any(name not in FEW and not name.startswith("anon_") for name in names)


@contextmanager
def watched() -> Iterator[Asked]:
    """Collect what is asked meanwhile."""
    asked = Asked()
    sa.event.listen(db.engine, "before_cursor_execute", asked.keep)
    try:
        yield asked
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", asked.keep)
