"""No question asked for every payment reads more of a growing table the more there are."""

from app.jobs.payouts import run_payouts
from app.jobs.standing_orders import run_standing_orders
from benchmarks import agreed
from tests.factories import NOON
from tests.money import PaperBank, make_approved
from tests.plans import watched

EACH = 4


def test_a_payment_reads_by_key_whatever_else_there_is(session, clock, chen, dai):
    with watched() as asked:
        for _ in range(EACH):
            make_approved(session, chen, dai)
        agreed.make(EACH, now=NOON)
        made = run_standing_orders(now=NOON).made
        paid = run_payouts(PaperBank(clock), now=NOON).paid

    assert (made, paid) == (EACH, 2 * EACH)
    assert sum(count >= EACH for count in asked.times.values()) > 40
    assert asked.reading_much(least=EACH) == {}


def test_a_run_without_work_reads_no_table_of_payments(session, clock, chen, dai):
    make_approved(session, chen, dai)
    bank = PaperBank(clock)
    run_payouts(bank, now=NOON, agency_id=1)
    with watched() as asked:
        run_payouts(bank, now=NOON, agency_id=1)
    assert asked.values
    assert asked.reading_much() == {}
