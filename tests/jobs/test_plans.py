"""No question asked for every payment reads more of a growing table the more there are."""

import re
from collections import Counter

import pytest
import sqlalchemy as sa

from app.extensions import db
from app.jobs.payouts import run_payouts
from app.jobs.standing_orders import run_standing_orders
from benchmarks import agreed
from tests.factories import NOON
from tests.money import PaperBank, make_approved

EACH = 4
SMALL = {"agency", "bank", "scheme", "withdrawal_reason", "commitment", "payout_batch"}
"""Tables that hold what an agency has few of."""

WHOLE = re.compile(r"SCAN (?P<scanned>\w+)|SEARCH (?P<searched>\w+) .*\((?:agency_id=\?)\)$")
INNER = re.compile(r"^SCAN (?:\(|CONSTANT|SUBQUERY|\d)")


@pytest.fixture
def asked(session):
    """Collect every statement with the values of its last time, and how often it came."""
    seen, times = {}, Counter()

    def keep(_connection, _cursor, statement, values, *_rest):
        seen[statement] = values
        times[statement] += 1

    sa.event.listen(db.engine, "before_cursor_execute", keep)
    yield lambda: {one: seen[one] for one, count in times.items() if count >= EACH}
    sa.event.remove(db.engine, "before_cursor_execute", keep)


def whole_tables(plan):
    """Return the tables of which a plan reads all, or all of one agency."""
    for line in plan:
        found = None if INNER.match(line) else WHOLE.search(line)
        if found and (name := found["scanned"] or found["searched"]) not in SMALL:
            yield name


def test_a_payment_reads_by_key_whatever_else_there_is(session, clock, chen, dai, asked):
    for _ in range(EACH):
        make_approved(session, chen, dai)
    agreed.make(EACH, now=NOON)

    assert run_standing_orders(now=NOON).made == EACH
    assert run_payouts(PaperBank(clock), now=NOON).paid == 2 * EACH

    statements = asked()
    assert len(statements) > 40
    plans = {}
    for statement, values in statements.items():
        if statement.startswith(("SELECT", "UPDATE", "DELETE")):
            rows = db.session.connection().exec_driver_sql(
                f"EXPLAIN QUERY PLAN {statement}", values
            )
            plans[statement] = [row[3] for row in rows]
    assert not {statement: plan for statement, plan in plans.items() if [*whole_tables(plan)]}
