"""Any order of payments, answers, silences, returns, deaths and hours: money stays right."""

import datetime as dt
import os
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from app.domain.terms import PayoutStatus
from app.domain.workdays import local_date
from app.jobs.payouts import run_payouts
from app.models import Account, Agency, Payout
from app.services.accounting import verification
from app.services.paying import claims, payments
from app.transaction import transaction
from tests.factories import NOON, Clock
from tests.money import PaperBank, make_approved, make_funded

FULL = os.environ.get("ANJU_FULL") == "1" or os.environ.get("ANJU_BARS") == "full"
EXAMPLES, STEPS = (1500, 50) if FULL else (6, 25)
PROVE_EVERY = 5
WORDS = ["ok", "ok", "lost", "done", "late", "none", "AC01", "BE01", "AM04", "DUPL"]


class Hall:
    """The session and people that all examples share; the database is new for the test."""

    session = first = second = None


class Money(RuleBasedStateMachine):
    """A few cases, a bank that misbehaves, a clock that moves on."""

    def __init__(self):
        super().__init__()
        self.clock = Clock()
        self.clock.set(NOON)
        self.bank = PaperBank(self.clock)
        self.mine = []
        self.doubts = {}
        self.steps = 0
        for old in Hall.session.query(Payout).filter(Payout.ended_at.is_(None)):
            old.next_query_at = NOON + dt.timedelta(days=4000)
        Hall.session.commit()

    def teardown(self):
        """Prove the books at the end of every story."""
        assert [*verification.verify(Hall.session)] == []

    @rule(amount=st.integers(1, 99_999), word=st.sampled_from(WORDS))
    def approve(self, amount, word):
        """Approve one more case; the bank will say the word to a sending."""
        if len(self.mine) >= 4:
            return
        account = make_funded(Hall.session, 1000)
        case = make_approved(
            Hall.session, Hall.first, Hall.second, account=account,
            amount=Decimal(amount) / 100, now=self.clock(),
        )  # fmt: skip
        self.bank.script.append(word)
        self.mine.append(case.id)

    @rule()
    def run(self):
        """Run the payments once."""
        run_payouts(self.bank, now=self.clock())

    @rule()
    def die_after_taking(self):
        """Take a payment and die before the bank gets it."""
        with transaction() as session:
            claims.claim_next(session, claims.plan(session, now=self.clock()))

    @rule()
    def die_after_sending(self):
        """Take and send a payment and die before the answer is kept."""
        with transaction() as session:
            claim = claims.claim_next(session, claims.plan(session, now=self.clock()))
            if claim is None:
                return
            order = claims.payment_of(session.get_one(Payout, claim.payout_id))
        self.bank.send(order)

    @rule(minutes=st.sampled_from([1, 7, 61, 500, 1440]))
    def pass_time(self, minutes):
        """Let time go by."""
        self.clock.pass_by(minutes=minutes)

    @rule()
    def fall_silent_or_speak(self):
        """Let the bank stop answering questions, or answer again."""
        self.bank.silent = not self.bank.silent

    @rule()
    def bounce(self):
        """Send the oldest paid payment back."""
        for reference, (_, state, _) in self.bank.held.items():
            if state.value == "paid":
                self.bank.bounce(reference)
                return

    @invariant()
    def a_reference_is_paid_at_most_once(self):
        """The bank booked no reference twice, and no case has two payments out."""
        assert set(self.bank.times_paid().values()) <= {1}

    @invariant()
    def a_doubt_waits_for_the_window(self):
        """A payment in doubt never waits to be sent again before the bank's window is over."""
        Hall.session.expire_all()
        now = self.clock()
        for payout in self._payouts():
            before = self.doubts.get(payout.id)
            if before and payout.status is PayoutStatus.APPROVED:
                assert now >= before, "sent again before the window"
            if payout.status is PayoutStatus.UNKNOWN:
                day = local_date(payout.claimed_at) + dt.timedelta(days=1)
                self.doubts[payout.id] = dt.datetime.combine(day, payments.WINDOW, NOON.tzinfo)
            else:
                self.doubts.pop(payout.id, None)

    @invariant()
    def no_more_is_out_than_was_approved(self):
        """For every case at most its amount is at the bank."""
        out = {}
        for reference, amount, _, _ in self.bank.booked:
            out[reference] = out.get(reference, 0) + amount
        by_case = {}
        for payout in self._payouts():
            gone = out.get(payout.bank_reference, 0)
            by_case[payout.application_id] = by_case.get(payout.application_id, 0) + gone
            assert by_case[payout.application_id] <= payout.amount

    @invariant()
    def the_books_hold(self):
        """Every invariant of money holds, nobody is below zero, nothing had to be stopped."""
        self.steps += 1
        if self.steps % PROVE_EVERY == 0:
            assert [*verification.verify(Hall.session)] == []
        assert not Hall.session.query(Account).filter(Account.available < 0).count()
        assert not Hall.session.query(Agency).filter(Agency.payouts_stopped != "").count()

    def _payouts(self):
        return Hall.session.query(Payout).filter(Payout.application_id.in_(self.mine)).all()


@pytest.mark.bar(2)
@pytest.mark.timeout(0 if FULL else 120)
def test_money_stays_right_whatever_happens(session, chen, dai, record_property):
    record_property("number", f"{EXAMPLES} stories of {STEPS} steps")
    Hall.session, Hall.first, Hall.second = session, chen, dai
    run_state_machine_as_test(
        Money,
        settings=settings(
            max_examples=EXAMPLES, stateful_step_count=STEPS, deadline=None, derandomize=True,
            suppress_health_check=list(HealthCheck), database=None,
        ),
    )  # fmt: skip
