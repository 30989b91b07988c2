"""Any order of payments, answers, silences, returns, deaths and hours: money stays right.

Every story begins on the same hall, put back from memory; after each step the postings that
are new are added up, and the whole proof is done halfway and at the end.
"""

import datetime as dt
import sqlite3
import time
from contextlib import closing
from decimal import Decimal
from typing import ClassVar

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
from app.extensions import db
from app.jobs.payouts import run_payouts
from app.models import Account, Payout
from app.services.accounting import verification
from app.services.paying import claims, payments
from app.transaction import transaction
from tests.bars import FULL
from tests.factories import NOON, Clock
from tests.money import PaperBank, make_approved, make_funded
from tests.simulation.books import Books
from tests.simulation.story import read

EXAMPLES, STEPS = (1500, 50) if FULL else (6, 25)
WANTED = 60
"""Seconds that the bar allows for all stories."""

MOST = 4
HALFWAY = 25
WORDS = ["ok", "ok", "lost", "done", "late", "none", "AC01", "BE01", "AM04", "DUPL"]


class Hall:
    """The session, people, accounts and beginning that all stories share."""

    session = first = second = None
    accounts: ClassVar[list[int]] = []
    beginning = sqlite3.connect(":memory:", check_same_thread=False)

    @classmethod
    def keep(cls):
        """Let every story begin from what is there now."""
        cls.session.remove()
        with closing(db.engine.raw_connection()) as raw:
            raw.driver_connection.backup(cls.beginning)

    @classmethod
    def begin(cls):
        """Put the beginning back."""
        cls.session.remove()
        with closing(db.engine.raw_connection()) as raw:
            cls.beginning.backup(raw.driver_connection)


class Money(RuleBasedStateMachine):
    """A few cases, a bank that misbehaves, a clock that moves on."""

    def __init__(self):
        super().__init__()
        Hall.begin()
        self.clock = Clock()
        self.clock.set(NOON)
        self.bank = PaperBank(self.clock)
        self.doubts = {}
        self.cases = self.steps = 0
        self.books = Books()

    def teardown(self):
        """Prove the books at the end of every story."""
        assert [*verification.verify(Hall.session)] == []

    @rule(amount=st.integers(1, 99_999), word=st.sampled_from(WORDS))
    def approve(self, amount, word):
        """Approve one more case; the bank will say the word to a sending."""
        if self.cases >= MOST:
            return
        make_approved(
            Hall.session, Hall.first, Hall.second, amount=Decimal(amount) / 100,
            account=Hall.session.get(Account, Hall.accounts[self.cases]), now=self.clock(),
        )  # fmt: skip
        self.bank.script.append(word)
        self.cases += 1

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
        now = self.clock()
        for key, status, at in read("SELECT id, status, claimed_at FROM payout"):
            before = self.doubts.get(key)
            if before and status == PayoutStatus.APPROVED:
                assert now >= before, "sent again before the window"
            if status == PayoutStatus.UNKNOWN:
                claimed = dt.datetime.fromisoformat(at).replace(tzinfo=dt.UTC)
                day = local_date(claimed) + dt.timedelta(days=1)
                self.doubts[key] = dt.datetime.combine(day, payments.WINDOW, NOON.tzinfo)
            else:
                self.doubts.pop(key, None)

    @invariant()
    def no_more_is_out_than_was_approved(self):
        """For every case at most its amount is at the bank."""
        out = {}
        for reference, amount, _, _ in self.bank.booked:
            out[reference] = out.get(reference, 0) + amount
        by_case = {}
        for reference, case_id, fen in read(
            "SELECT bank_reference, application_id, amount FROM payout"
        ):
            by_case[case_id] = by_case.get(case_id, 0) + 100 * out.get(reference, 0)
            assert by_case[case_id] <= fen

    @invariant()
    def the_books_hold(self):
        """Entries balance, rows say what is posted, none is below zero, nothing was stopped."""
        self.books.look()
        assert not read("SELECT id FROM agency WHERE payouts_stopped <> ''")
        self.steps += 1
        if self.steps == HALFWAY:
            assert [*verification.verify(Hall.session)] == []


@pytest.mark.bar(2)
@pytest.mark.timeout(0 if FULL else 120)
def test_money_stays_right_whatever_happens(session, chen, dai, record_property):
    record_property("number", f"{EXAMPLES} stories of {STEPS} steps")
    Hall.session, Hall.first, Hall.second = db.session, chen, dai
    Hall.accounts = [make_funded(session, 1000).id for _ in range(MOST)]
    session.commit()
    Hall.keep()
    begun = time.perf_counter()
    run_state_machine_as_test(
        Money,
        settings=settings(
            max_examples=EXAMPLES, stateful_step_count=STEPS, deadline=None, derandomize=True,
            suppress_health_check=list(HealthCheck), database=None,
        ),
    )  # fmt: skip
    if time.perf_counter() - begun > WANTED:
        record_property("result", f"holds, in more than {WANTED} s")
