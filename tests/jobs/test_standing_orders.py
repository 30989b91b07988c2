"""The month's cases in a run: killed anywhere and begun again, by two at once, each made once."""

import datetime as dt
import threading

import pytest
import sqlalchemy as sa

from app.domain.standing_orders import Skip
from app.domain.terms import OrderState, Role, Status
from app.jobs import standing_orders
from app.jobs.payouts import run_payouts
from app.jobs.standing_orders import run_standing_orders
from app.models import Application, JobRun, Notice, OrderMonth
from app.services.accounting import verification
from tests.factories import NOON, make_staff
from tests.standing import contribute, make_agreement, make_paid_before, next_month

LATER = next_month(NOON)
POINTS = ("order.begun", "order.written", "order.kept")


class Killed(BaseException):
    """The process died at a point."""


@pytest.fixture
def orders(session, chen, dai, bank):
    """Three agreements with money to pay."""
    made = []
    for _ in range(3):
        account = make_paid_before(session, chen, dai, bank)
        contribute(session, account, 800)
        made.append(make_agreement(session, account, chen, dai))
    return made


def cases(session):
    """The cases that agreements made."""
    session.expire_all()
    query = sa.select(Application).where(Application.channel == "standing")
    return session.scalars(query).all()


def test_a_run_makes_every_month_and_the_payments_follow(session, orders, bank):
    assert run_standing_orders(now=LATER).made == 3
    assert run_standing_orders(now=LATER).made == 0
    run_payouts(bank, now=LATER)
    assert [case.status for case in cases(session)] == [Status.PAID] * 3
    assert [*verification.verify(session)] == []


def test_a_run_says_how_far_it_is(session, orders):
    run_standing_orders(now=LATER)
    run = session.scalars(sa.select(JobRun).where(JobRun.job == "standing_orders")).one()
    assert (run.outcome, run.counts["due"], run.counts["made"]) == ("ok", 3, 3)


@pytest.mark.whole
@pytest.mark.parametrize("point", POINTS)
def test_a_run_killed_between_two_steps_goes_on_where_it_was(app, session, orders, point):
    hits = []

    def die(name):
        hits.append(name)
        if hits.count(point) == 2:
            raise Killed

    app.config["ANJU_CRASH_AT"] = die
    with pytest.raises(Killed):
        run_standing_orders(now=LATER)
    app.config["ANJU_CRASH_AT"] = None
    run_standing_orders(now=LATER)

    assert len(cases(session)) == 3
    assert session.scalar(sa.select(sa.func.count(OrderMonth.id))) == 3
    assert [*verification.verify(session)] == []


@pytest.mark.whole
@pytest.mark.both
def test_two_workers_at_once_make_one_case_each_month(app, kind, session, orders):
    session.close()
    barrier, faults = threading.Barrier(2), []

    def work():
        with app.app_context():
            barrier.wait()
            faults.append(run_standing_orders(now=LATER).failed)

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    run_standing_orders(now=LATER)

    assert faults == [0, 0]
    assert len(cases(session)) == 3
    assert [*verification.verify(session)] == []


@pytest.mark.whole
def test_one_broken_agreement_keeps_nobody_waiting(session, orders):
    session.execute(
        sa.text("UPDATE standing_order SET payee_card_sealed = 'x' WHERE id = :key"),
        {"key": orders[0].id},
    )
    session.commit()
    payer = make_staff(session, "penny", Role.PAYER)
    counts = run_standing_orders(now=LATER)
    assert (counts.made, counts.failed) == (2, 1)
    assert orders[0].state is OrderState.ACTIVE

    again = run_standing_orders(now=LATER)
    assert (again.due, again.failed) == (0, 0)
    left = session.scalars(
        sa.select(OrderMonth.skipped).where(OrderMonth.order_id == orders[0].id)
    )
    assert left.one() == Skip.FAULT
    told = session.scalars(sa.select(Notice).where(Notice.event == "orders_failed")).all()
    assert [(one.user_id, orders[0].number in one.text_zh) for one in told] == [
        (payer.user_id, True)
    ]
    assert run_standing_orders(now=LATER + dt.timedelta(days=1)).failed == 1


def test_a_run_goes_on_behind_those_at_which_the_one_before_gave_up(
    monkeypatch, session, orders
):
    monkeypatch.setattr(standing_orders, "MOST_FAILURES", 2)
    session.execute(
        sa.text("UPDATE standing_order SET payee_card_sealed = 'x' WHERE id <> :key"),
        {"key": orders[2].id},
    )
    session.commit()

    counts = [run_standing_orders(now=LATER) for _ in range(3)]

    assert [(one.failed, one.made) for one in counts] == [(2, 0), (0, 1), (0, 0)]
    runs = session.scalars(sa.select(JobRun.outcome).where(JobRun.job == "standing_orders"))
    assert runs.all() == ["failed", "ok"]
