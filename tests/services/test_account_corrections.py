"""What a supervisor corrects, with a reason; balances are never among it."""

import datetime as dt
from decimal import Decimal

import pytest

from app.domain.errors import ManyProblems, NotAllowed
from app.domain.terms import AccountState, Role
from app.models import AuditEvent
from app.services.accounting import account_corrections
from app.services.accounting.account_corrections import AccountChange
from tests.factories import NOON, actor_of, make_account, make_applicant, make_staff

TODAY = NOON.date()


@pytest.fixture
def boss(session):
    return actor_of(session, make_staff(session, "boss", Role.SUPERVISOR))


@pytest.fixture
def account(session):
    return make_account(session, make_applicant(session))


def change_of(account, **values):
    names = AccountChange.__slots__
    return AccountChange(**({name: getattr(account, name) for name in names} | values))


def test_a_freeze_names_its_order_and_is_written_down(session, account, boss):
    change = change_of(account, frozen_amount=Decimal(500), freeze_order="(2026)皖01执5号")

    account_corrections.correct_account(
        session, account, change, reason="法院冻结", actor=boss, now=NOON
    )

    assert account.frozen_amount == 500
    event = session.query(AuditEvent).filter_by(act="account_corrected").one()
    assert (event.reason, event.applicant_id) == ("法院冻结", account.applicant_id)
    assert event.details["changes"]["frozen_amount"] == "500"


@pytest.mark.parametrize(
    ("values", "reason", "fields"),
    [
        ({"frozen_amount": Decimal(1)}, "x", {"freeze_order"}),
        ({"frozen_amount": Decimal(-1)}, "x", {"frozen_amount"}),
        ({"ban_until": TODAY}, "x", {"ban_order", "ban_reason"}),
        ({"ban_until": dt.date(2020, 1, 1), "ban_order": "a", "ban_reason": "b"}, "x", {"ban_until"}),
        ({"state": AccountState.CLOSED_BY_WITHDRAWAL}, "x", {"state"}),
        ({"frozen_amount": Decimal(1)}, " ", {"reason", "freeze_order"}),
    ],
)  # fmt: skip
def test_all_that_is_wrong_is_said_at_once(session, account, boss, values, reason, fields):
    with pytest.raises(ManyProblems) as refused:
        account_corrections.correct_account(
            session, account, change_of(account, **values), reason=reason, actor=boss, now=NOON
        )

    assert {one.field for one in refused.value.problems} == fields


@pytest.mark.parametrize(
    ("day", "loan_fraud", "kept"),
    [((2029, 11, 18), False, True), ((2029, 11, 19), False, False),
     ((2031, 11, 18), True, True), ((2031, 11, 19), True, False)],
)  # fmt: skip
def test_a_bar_lasts_no_longer_than_the_law_lets_it(
    session, account, boss, day, loan_fraud, kept
):
    change = change_of(account, ban_until=dt.date(*day), ban_order="a", ban_reason="b")
    told = []
    try:
        account_corrections.correct_account(
            session, account, change, reason="x", loan_fraud=loan_fraud, actor=boss, now=NOON
        )
    except ManyProblems as refused:
        told = [one.code for one in refused.problems]

    assert told == ([] if kept else ["ban_too_long"])
    assert (account.ban_until == dt.date(*day)) is kept


def test_sealing_keeps_the_day(session, account, boss):
    account_corrections.correct_account(
        session, account, change_of(account, state=AccountState.SEALED), reason="调离",
        actor=boss, now=NOON,
    )  # fmt: skip

    assert (account.state, account.sealed_on) == (AccountState.SEALED, TODAY)


def test_a_name_is_corrected_and_the_audit_holds_no_name(session, account, boss):
    account_corrections.correct_name(
        session, account.applicant, name=" 林知下 ", reason="身份证件", actor=boss, now=NOON
    )

    assert account.applicant.name == "林知下"
    event = session.query(AuditEvent).filter_by(act="name_corrected").one()
    assert "林" not in str(event.details)


def test_people_and_accounts_of_another_agency_are_out_of_reach(session, account):
    other = actor_of(session, make_staff(session, "other", Role.SUPERVISOR, agency="liaoning"))

    with pytest.raises(NotAllowed):
        account_corrections.correct_account(
            session, account, change_of(account), reason="x", actor=other, now=NOON
        )
    with pytest.raises(NotAllowed):
        account_corrections.correct_name(
            session, account.applicant, name="x", reason="x", actor=other, now=NOON
        )


def test_nobody_corrects_what_is_their_own(session):
    member = make_staff(session, "boss", Role.SUPERVISOR)
    own = make_account(session, make_applicant(session))
    member.id_number_index = own.applicant.id_number_index
    boss = actor_of(session, member)

    with pytest.raises(NotAllowed) as refused:
        account_corrections.correct_account(
            session, own, change_of(own, employer="x"), reason="x", actor=boss, now=NOON
        )
    assert refused.value.code == "own_case"
    with pytest.raises(NotAllowed):
        account_corrections.correct_name(
            session, own.applicant, name="x", reason="x", actor=boss, now=NOON
        )


def test_a_reviewer_corrects_nothing(session, people, chen, account):
    with pytest.raises(NotAllowed):
        account_corrections.correct_account(
            session, account, change_of(account), reason="x", actor=chen, now=NOON
        )
