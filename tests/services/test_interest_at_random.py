"""Accounts that live at random: what was settled is what fractions say, whatever came between."""

import datetime as dt
import random
from collections import Counter
from dataclasses import replace
from decimal import Decimal

import pytest

from app.domain.errors import RuleBroken
from app.domain.terms import Kind, Role
from app.jobs import interest as job
from app.services import ledger
from app.services.accounting import accrual, closings, interest_proof, reversals, verification
from tests import paid_in
from tests.factories import SHANGHAI, actor_of, find_scheme, make_staff
from tests.money import make_funded, make_signed

YEARS = (2026, 2027, 2028)
NOON = dt.time(12, tzinfo=SHANGHAI)


class Life:
    """What happens to accounts, in the order of days, by a seed."""

    def __init__(self, session, seed, payer, releaser, chen):
        self.session, self.chance = session, random.Random(seed)
        self.payer, self.releaser, self.chen = payer, releaser, chen
        self.accounts = [make_funded(session, 5000 * (n + 1)) for n in range(3)]
        self.entries, self.serial, self.done = [], 0, Counter()

    def day(self, today):
        """Let one thing happen, or nothing."""
        self.now = dt.datetime.combine(today, NOON)
        deed = self.chance.choice((self.pay_in, self.pay_in, self.reverse, self.close_and_not))
        account = self.chance.choice(self.accounts)
        try:
            deed(account, today)
            self.session.commit()
            self.done[deed.__name__] += 1
        except RuleBroken:
            self.session.rollback()

    def pay_in(self, account, today):
        """Pay in for today, or for a day that is over."""
        self.serial += 1
        counts = today - dt.timedelta(days=self.chance.choice((0, 0, 3, 200)))
        amount = Decimal(self.chance.randint(1, 10**6)) / 100
        self.entries.append(
            paid_in.pay_in(
                self.session, account, amount, now=self.now, value_date=counts,
                reference=f"c-{self.serial}",
            )
        )  # fmt: skip

    def reverse(self, _account, _today):
        """Reverse something that was paid in."""
        entry = self.chance.choice(self.entries or [None])
        if entry is not None:
            asked = reversals.propose(
                self.session, entry, actor=self.payer, now=self.now, proof="letter"
            )
            fresh = replace(self.releaser, proven_at=self.now)
            reversals.confirm(self.session, asked, actor=fresh, now=self.now)

    def close_and_not(self, account, _today):
        """Fix the closing of an account, then take it back: its interest was posted that day."""
        case = make_signed(
            self.session, self.chen, account=account, amount=account.available,
            kind=Kind.CLOSING, now=self.now,
        )  # fmt: skip
        closings.fix(self.session, case, now=self.now)
        case.decision_hash = "signed"
        ledger.release(self.session, case, now=self.now, why="void")
        case.status = "voided"


@pytest.mark.whole
@pytest.mark.parametrize("seed", range(3))
def test_what_was_settled_is_what_was_earned(session, people, chen, seed):
    payer = actor_of(session, make_staff(session, "Pan", Role.PAYER))
    releaser = actor_of(session, make_staff(session, "Ren", Role.RELEASER))
    life = Life(session, seed, payer, releaser, chen)
    for year in YEARS:
        for count in range(8):
            life.day(dt.date(year, 1, 5) + dt.timedelta(days=count * 21 + seed))
        july = dt.datetime.combine(dt.date(year, 7, 1), NOON)
        job.settle_run(job.begin(find_scheme(session).id, year, now=july), now=july)
        session.expire_all()
    assert min(life.done[name] for name in ("pay_in", "reverse", "close_and_not")) > 0
    assert [*interest_proof.interest(session)] == []
    assert [one for one in verification.verify(session) if one.table != "application"] == []
    for account in life.accounts:
        assert accrual.accrued(session, account, to=dt.date(2028, 7, 1)) >= 0
