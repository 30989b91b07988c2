"""Two people at the same piece of money at once: the slower is told so, or goes on; no fault."""

import threading

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.domain.errors import IllegalMove, Invalid, ManyProblems, RuleBroken
from app.domain.policy import WORKER
from app.domain.terms import AccountState, PayoutStatus, Role
from app.gateways.bank.ways import FORMS
from app.jobs.housekeeping import prove_books
from app.models import (
    Account,
    Agency,
    Application,
    BankFile,
    ContributionBatch,
    LedgerAccount,
    Payout,
    PayoutStop,
    StatementLine,
)  # fmt: skip
from app.services import ledger, payouts
from app.services.accounting import account_corrections, verification
from app.services.accounting.account_corrections import AccountChange
from app.services.accounting.contributions import import_contributions
from app.services.paying import (
    bank_arrivals,
    bank_files,
    claims,
    findings,
    resolutions,
    stops,
)  # fmt: skip
from app.services.records.packing import pack
from app.services.review import decisions
from tests.factories import NOON, actor_of, make_account, make_applicant, make_staff
from tests.money import make_approved

pytestmark = [
    pytest.mark.whole,
    pytest.mark.parametrize("kind", ["postgresql"], indirect=True),
]
SOON = 0.3
"""Seconds in which the slower one reaches what the faster one holds."""


@pytest.fixture
def race(session):
    """Do one deed, begin another beside it, then keep the first; return what the second said."""

    def run(first, second):
        said, engine = [], session.get_bind()

        def slower():
            with Session(engine) as other:
                try:
                    said.append(second(other))
                    other.commit()
                except RuleBroken as told:
                    said.append(told)

        first(session)
        session.flush()
        beside = threading.Thread(target=slower)
        beside.start()
        beside.join(SOON)
        assert beside.is_alive(), "the second one waits for the first"
        session.commit()
        beside.join(20)
        return said[0]

    return run


def brought(session, payer):
    """Make a statement that a payer brought."""
    file = BankFile(
        agency_id=payer.agency_id, direction="in", kind="statement", form="csv", name="a.csv",
        sha256="0" * 64, size=1, actor_id=payer.user_id, actor_name="Pan", at=NOON,
    )  # fmt: skip
    file.content = pack(b"x")
    session.add(file)
    session.commit()
    return file.id


def test_of_two_who_settle_a_bank_file_the_slower_is_told(session, people, race):
    payer, one, two = (
        actor_of(session, make_staff(session, name, role))
        for name, role in (("Pan", Role.PAYER), ("Rex", Role.RELEASER), ("Rue", Role.RELEASER))
    )
    key = brought(session, payer)

    told = race(
        lambda here: bank_arrivals.confirm(
            here, here.get_one(BankFile, key), actor=one, now=NOON
        ),
        lambda there: bank_arrivals.discard(
            there, there.get_one(BankFile, key), actor=two, now=NOON, reason="wrong day"
        ),
    )

    assert isinstance(told, IllegalMove)
    session.expire_all()
    file = session.get_one(BankFile, key)
    assert (file.confirmed_by, file.problem) == (one.user_id, "")


def test_of_two_who_bring_the_same_file_the_slower_is_told(session, people, race):
    payer = actor_of(session, make_staff(session, "Pan", Role.PAYER))
    agency = session.get_one(Agency, payer.agency_id)
    data = (
        f"H,ANJU-DZ1,S1,{agency.payer_account},2026-11-17,0.00,0.00\r\nT,0,0.00\r\n"
    ).encode()
    session.commit()

    told = race(
        *[
            lambda at: bank_arrivals.bring(
                at, "s.csv", data, form=FORMS["csv"], actor=payer, now=NOON
            )
        ]
        * 2
    )

    assert (type(told), told.code) == (Invalid, "bank_file_taken")


def test_two_first_contribution_files_of_an_agency_are_both_posted(session, race):
    accounts = [make_account(session, make_applicant(session), 0) for _ in range(2)]
    files = [
        (
            "agency,scheme,account_number,amount,value_date,name\n"
            f"{one.scheme.agency.code},{one.scheme.code},{one.number},100.10,2026-11-01,\n"
            f"#TRAILER,1,100.10,first-{one.number}\n"
        ).encode()
        for one in accounts
    ]
    assert session.scalar(sa.select(sa.func.count(LedgerAccount.id))) == 0
    session.commit()

    said = race(
        *[
            lambda at, data=data: import_contributions(at, data, actor=WORKER, now=NOON)
            for data in files
        ]
    )

    assert said.problems == ()
    assert session.scalar(sa.select(sa.func.count(ContributionBatch.id))) == 2
    assert [*verification.verify(session)] == []


def test_of_two_who_say_what_became_of_a_doubt_the_slower_is_told(
    session, people, chen, dai, race
):
    one, two = (
        actor_of(session, make_staff(session, name, Role.PAYER)) for name in ("Pan", "Pia")
    )
    [payout] = make_approved(session, chen, dai).payouts
    payout.status, payout.claimed_at = PayoutStatus.UNKNOWN, NOON
    session.commit()
    key = payout.id

    def say(here, who):
        return resolutions.resolve_unknown(
            here, here.get_one(Payout, key), actor=who, now=NOON, outcome=PayoutStatus.PAID,
            proof="bank letter 8",
        )  # fmt: skip

    told = race(lambda here: say(here, one), lambda there: say(there, two))

    assert isinstance(told, IllegalMove)


def test_of_two_who_say_what_a_line_is_the_slower_is_told(session, people, race):
    one, two = (
        actor_of(session, make_staff(session, name, Role.PAYER)) for name in ("Pan", "Pia")
    )
    line = StatementLine(
        agency_id=one.agency_id, on_date=NOON.date(), line_no=1, reference="X", amount=1,
        direction="out", bucket="only_theirs", read_at=NOON, payee_tail="",
    )  # fmt: skip
    session.add(line)
    session.commit()
    key = line.id

    def say(here, who):
        return findings.propose(
            here, here.get_one(StatementLine, key), actor=who, now=NOON, payout_id=None,
            why="a cheque of the office",
        )  # fmt: skip

    told = race(lambda here: say(here, one), lambda there: say(there, two))

    assert isinstance(told, IllegalMove)


def test_an_account_closed_a_moment_ago_is_not_opened_by_a_correction(session, people, race):
    boss = actor_of(session, make_staff(session, "boss", Role.SUPERVISOR))
    key = make_account(session, make_applicant(session), 0).id
    session.commit()

    def correct(there):
        account = there.get_one(Account, key)
        asked = {name: getattr(account, name) for name in AccountChange.__slots__}
        change = AccountChange(**asked | {"state": AccountState.SEALED})
        account_corrections.correct_account(
            there, account, change, reason="moved away", actor=boss, now=NOON
        )

    told = race(lambda here: ledger.close_account(here, here.get_one(Account, key)), correct)

    assert isinstance(told, ManyProblems)
    assert session.get_one(Account, key).state is AccountState.CLOSED_BY_WITHDRAWAL


def test_a_payment_whose_file_is_being_written_goes_into_no_second_one(
    session, chen, dai, race
):
    [payout] = make_approved(session, chen, dai).payouts
    payout.agency.pays_by, key = "csv", payout.id
    session.commit()
    claim = claims.claim_next(session, claims.plan(session, now=NOON))
    session.commit()

    left = race(
        lambda here: bank_files.compose(here, claim.batch_id, [claim], FORMS["csv"], now=NOON),
        lambda there: bank_files.never_filed(there, [key], now=NOON),
    )

    session.expire_all()
    assert (left, payout.status) == ([key], PayoutStatus.CLAIMED)
    assert payout.bank_file_id is not None


@pytest.mark.parametrize("deed", ["by_hand", "by_the_proof"])
def test_all_agencies_and_one_are_stopped_at_once(session, root, monkeypatch, deed):
    *_, last = session.scalars(sa.select(Agency.id).order_by(Agency.id))
    make_account(session, make_applicant(session)).available += deed == "by_the_proof"
    session.commit()
    stop, engine, beside, faults = payouts.stop, session.get_bind(), [], []

    def stop_one():
        try:
            with Session(engine) as other:
                stop(other, last, "odd", now=NOON)
                other.commit()
        except sa.exc.DBAPIError as fault:
            faults.append(fault)

    def slowly(session, agency_id, *told, **more):
        stop(session, agency_id, *told, **more)
        if not beside:
            beside.append(threading.Thread(target=stop_one))
            beside[0].start()
            beside[0].join(SOON)

    monkeypatch.setattr(payouts, "stop", slowly)
    if deed == "by_hand":
        stops.stop_by_hand(session, actor=root, now=NOON, reason="attack")
        session.commit()
    else:
        assert prove_books(now=NOON)
    beside[0].join()

    assert not faults
    reasons = session.scalars(
        sa.select(PayoutStop.reason).where(PayoutStop.agency_id == last)
    ).all()
    assert len(reasons) == 2


def test_a_case_that_is_voided_is_not_paid_anew_at_the_same_moment(session, chen, dai, race):
    payer, releaser, eve = (
        actor_of(session, make_staff(session, name, role))
        for name, role in (
            ("Pan", Role.PAYER), ("Rex", Role.RELEASER), ("Eve", Role.SUPERVISOR),
        )
    )  # fmt: skip
    case = make_approved(session, chen, dai)
    case.payouts[0].status, case.payouts[0].ended_at = PayoutStatus.REJECTED, NOON
    session.commit()
    case_id, payout_id = case.id, case.payouts[0].id

    def settle(at, actor):
        resolutions.settle_refusal(
            at, at.get_one(Payout, payout_id), actor=actor, now=NOON,
            outcome=PayoutStatus.APPROVED, proof="bank code put right",
        )  # fmt: skip

    settle(session, payer)
    session.commit()

    told = race(
        lambda here: decisions.void(
            here, here.get_one(Application, case_id), actor=eve, now=NOON, reason="court"
        ),
        lambda there: settle(there, releaser),
    )

    assert isinstance(told, IllegalMove)
    session.expire_all()
    assert [one.status for one in case.payouts] == [PayoutStatus.REJECTED]
