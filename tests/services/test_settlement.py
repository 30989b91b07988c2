"""Interest settled on 1 July: once, account by account, resumed, proven; none paid twice."""

import datetime as dt
from decimal import Decimal

import pytest
import sqlalchemy as sa

from app.domain.errors import Invalid
from app.domain.terms import Channel, Kind, NoticeStatus
from app.jobs import interest as job
from app.models import InterestRun, Notice, Posting
from app.services import ledger, notices
from app.services.accounting import accrual, closings, interest_proof, settlement, verification
from app.transaction import transaction
from tests import paid_in
from tests.factories import find_scheme, make_account, make_applicant
from tests.money import make_approved, make_funded, make_signed

JULY = dt.datetime(2026, 7, 1, 4, tzinfo=dt.UTC)
NEXT = dt.date(2026, 7, 31)
EARNED = Decimal("1083.33")
"""Of 100,000 yuan from 14 October 2025 (when the accounts of tests open) to 1 July 2026."""


def settle(session, now=JULY, year=2026):
    """Begin the year's run of the subsidy and settle it to its end."""
    run = job.begin(find_scheme(session).id, year, now=now)
    job.settle_run(run, now=now)
    session.expire_all()
    return session.get(InterestRun, run)


@pytest.mark.both
def test_a_year_is_posted_to_every_account_once(kind, session):
    one, other = make_funded(session), make_funded(session, 50_000)
    assert job.settle_due(now=JULY) == {"accounts": 2, "runs_ended": 2}
    session.expire_all()
    run = session.scalars(sa.select(InterestRun).order_by(InterestRun.posted.desc())).first()
    assert one.available == 100_000 + EARNED
    assert (run.posted, run.accounts, run.left_out) == (2, 2, 0)
    assert run.total == one.available + other.available - 150_000
    assert job.settle_due(now=JULY) == {"accounts": 0, "runs_ended": 0}
    assert [*verification.verify(session)] == []


def test_a_holder_is_told_once_on_the_page_and_by_text(session):
    mine = make_funded(session)
    make_account(session, make_applicant(session, "未注册", registered=False), 100_000)
    settle(session)
    settle(session)

    told = session.scalars(sa.select(Notice).where(Notice.event == "interest_posted")).all()

    assert {one.channel for one in told} == {Channel.SMS, Channel.INBOX}
    assert {one.applicant_id for one in told} == {mine.applicant_id}
    assert {one.status for one in told} == {NoticeStatus.QUEUED, NoticeStatus.SENT}
    assert "2026年度结息：利息1,083.33元已计入，当前余额101,083.33元" in told[0].text_zh
    assert "Yearly interest 2026: 1,083.33 yuan credited" in told[0].text_en
    assert notices.unread_count(session, mine.applicant) == 1


def test_a_run_that_dies_goes_on_where_it_stopped(session):
    accounts = [make_funded(session, 10_000) for _ in range(5)]
    run = job.begin(find_scheme(session).id, 2026, now=JULY)
    with transaction() as writing:
        settlement.settle_some(writing, run, now=JULY, size=2)
    with pytest.raises(KeyboardInterrupt):
        settle_and_die(run)
    assert job.settle_run(run, now=JULY) == 3
    session.expire_all()
    sums = {one.available for one in accounts}
    assert len(sums) == 1
    assert sums != {Decimal(10_000)}


def settle_and_die(run):
    """Settle two more accounts and die before that is kept."""
    with transaction() as writing:
        settlement.settle_some(writing, run, now=JULY, size=2)
        raise KeyboardInterrupt


def test_settled_interest_bears_from_july_on(session):
    account = make_funded(session)
    settle(session)
    session.refresh(account)
    assert accrual.movements(session, account) == [(dt.date(2026, 7, 1), account.available)]
    assert accrual.accrued(session, account, to=dt.date(2026, 7, 1)) == 0


def test_a_closing_before_a_late_run_takes_no_interest_twice(session, chen, dai):
    account = make_funded(session)
    second = dt.datetime(2026, 7, 2, 4, tzinfo=dt.UTC)
    case = make_signed(session, chen, account=account, amount=100_000, kind=Kind.CLOSING)
    closings.fix(session, case, now=second)
    session.commit()
    paid = case.interest
    ledger.release(session, case, now=second, why="void")
    session.commit()
    run = settle(session, now=dt.datetime(2026, 7, 5, tzinfo=dt.UTC))
    assert (paid > 0, run.posted) == (True, 0)


def test_an_account_that_closes_is_left_to_its_closing(session, chen, dai):
    case = make_approved(
        session, chen, dai, kind=Kind.CLOSING, amount=100_000, interest=Decimal("9.99")
    )
    assert settle(session).posted == 0
    assert case.account.available == 0


def test_money_posted_later_for_an_earlier_day_bears_from_its_day(session):
    account = make_account(session, make_applicant(session), 0)
    june, ninety = dt.date(2026, 6, 1), Decimal(90_000)
    paid_in.pay_in(session, account, ninety, now=JULY, value_date=june, reference="a")
    session.commit()
    settle(session)
    paid_in.pay_in(session, account, ninety, now=JULY, value_date=june, reference="b")
    assert accrual.movements(session, account) == [
        (june, ninety), (dt.date(2026, 7, 1), Decimal("90112.50")),
    ]  # fmt: skip


def test_a_year_that_is_not_over_is_not_settled(session):
    with pytest.raises(Invalid) as told:
        job.begin(find_scheme(session).id, 2027, now=JULY)
    assert told.value.code == "year_not_over"


def test_an_earlier_year_is_not_settled_after_a_later_one(session):
    settle(session)
    with pytest.raises(Invalid) as told:
        job.begin(find_scheme(session).id, 2025, now=JULY)
    assert told.value.code == "later_year_settled"


@pytest.mark.parametrize(
    ("day", "begun"), [("06-30", 0), ("07-01", 2), ("07-31", 2), ("08-01", 0)]
)
def test_a_run_begins_by_itself_in_july_only(session, day, begun):
    job.settle_due(now=dt.datetime.fromisoformat(f"2026-{day}T12:00:00+08:00"))
    assert session.scalar(sa.select(sa.func.count(InterestRun.id))) == begun


def test_the_proof_names_interest_that_was_not_earned(session):
    account = make_funded(session)
    ledger.post_interest(
        session, account, Decimal("0.01"), now=JULY, value_date=dt.date(2026, 7, 1),
        reference=settlement.reference_of(account.id, 2026),
    )  # fmt: skip
    session.add(
        InterestRun(
            agency_id=account.agency_id, scheme_id=account.scheme_id, year=2026, started_at=JULY
        )
    )
    session.commit()
    assert [one.code for one in interest_proof.interest(session)] == ["interest_differs"]


def test_every_entry_of_a_run_sums_to_zero(session):
    make_funded(session)
    settle(session)
    total = session.scalar(sa.select(sa.func.sum(Posting.amount)))
    assert total == 0


def test_a_late_run_lets_no_day_bear_twice(session, chen):
    account = make_funded(session)
    fixed = JULY + dt.timedelta(days=71)
    case = make_signed(
        session, chen, account=account, amount=account.available, kind=Kind.CLOSING, now=fixed
    )
    closings.fix(session, case, now=fixed)
    case.decision_hash, case.status = "signed", "voided"
    ledger.release(session, case, now=fixed, why="void")
    ledger.contribute(
        session, account, Decimal(1000), now=fixed, value_date=dt.date(2026, 1, 1),
        reference="back-dated",
    )  # fmt: skip
    session.commit()
    before = account.available

    settle(session, now=JULY + dt.timedelta(days=81))

    assert account.available == before
    next_july = dt.date(2027, 7, 1)
    days = (next_july - dt.date(2026, 9, 10)).days
    late = Decimal(1000) * (next_july - dt.date(2026, 1, 1)).days
    must = ((before - 1000) * days + late) * Decimal("0.015") / 360
    assert abs(accrual.accrued(session, account, to=next_july) - must) < Decimal("0.01")
