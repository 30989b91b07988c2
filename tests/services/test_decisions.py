"""What staff decide on a case: signatures, refusals, money, and two who decide at once."""

import datetime as dt
import threading
from decimal import Decimal

import pytest
import sqlalchemy as sa

from app.domain.errors import IllegalMove, Invalid, NotAllowed
from app.domain.terms import (
    Action,
    Capacity,
    ClockHolder,
    Note,
    PayoutStatus,
    Role,
    Status,
    Verdict,
)  # fmt: skip
from app.models import Application, CaseEvent, ClockInterval, Material, Notice, Payout, Staff
from app.services import cases, ledger, payouts
from app.services.review import decisions, flags
from app.services.review.decisions import ReturnLine
from app.transaction import transaction
from tests.factories import (
    NOON,
    actor_of,
    change_roles,
    make_account,
    make_applicant,
    make_application,
    make_staff,
)  # fmt: skip
from tests.money import put_settings


def walked(session, to, chen, **columns):
    """Make a case with its money held that stands at a step of the review."""
    account = make_account(session, make_applicant(session), 100_000)
    case = make_application(session, account, status=Status.SUBMITTED, **columns)
    ledger.hold(session, case, case.amount, now=NOON)
    if to is not Status.SUBMITTED:
        decisions.take_up(session, case, actor=chen, now=NOON)
    if to is Status.SECOND_REVIEW:
        decisions.pass_first(session, case, actor=chen, now=NOON)
    return case


def actions_of(session, case):
    """Return the history of a case as words."""
    return list(
        session.scalars(
            sa.select(CaseEvent.action)
            .where(CaseEvent.application_id == case.id)
            .order_by(CaseEvent.id)
        )
    )


def staff_actor(session, username, *roles, **more):
    """Return a further member of staff as an actor."""
    return actor_of(session, make_staff(session, username, *roles, **more))


def test_two_signatures_make_one_payment(session, chen, dai):
    case = walked(session, Status.SECOND_REVIEW, chen)

    decisions.approve(session, case, actor=dai, now=NOON)

    [payout] = session.scalars(sa.select(Payout))
    assert case.status is Status.APPROVED
    assert payout.status is PayoutStatus.APPROVED
    assert (payout.amount, payout.payee_last_four) == (case.amount, case.payee_last_four)
    assert payout.decision_hash == case.decision_hash == payouts.decision_hash(case)
    assert payouts.signers(session, case) == [chen.user_id, dai.user_id]


def test_two_log_ins_of_one_person_are_one_signature(session, chen, dai):
    case = walked(session, Status.SECOND_REVIEW, chen)
    decisions.approve(session, case, actor=dai, now=NOON)
    [payout] = session.scalars(sa.select(Payout))
    payouts.shift(session, payout, PayoutStatus.CLAIMED)
    payouts.check_to_send(session, payout, now=NOON)

    first = session.scalars(sa.select(Staff).filter_by(user_id=chen.user_id)).one()
    second = session.scalars(sa.select(Staff).filter_by(user_id=dai.user_id)).one()
    second.id_number_index = first.id_number_index
    session.flush()

    with pytest.raises(payouts.DecisionBroken, match="different people"):
        payouts.check_to_send(session, payout, now=NOON)


def test_three_levels_need_three_people(session, chen, dai):
    case = walked(session, Status.SECOND_REVIEW, chen, approvals_required=3)
    kim = staff_actor(session, "kim", Role.SECOND_REVIEWER)

    decisions.approve(session, case, actor=dai, now=NOON)
    assert case.status is Status.SECOND_REVIEW
    with pytest.raises(NotAllowed) as refused:
        decisions.approve(session, case, actor=dai, now=NOON)
    assert refused.value.code == "four_eyes"
    decisions.approve(session, case, actor=kim, now=NOON)

    assert case.status is Status.APPROVED
    assert actions_of(session, case)[-2:] == [Action.PASS_LEVEL, Action.APPROVE]


@pytest.mark.parametrize(("limit", "levels"), [("999.99", 3), ("1000.00", 2), ("", 2)])
def test_above_a_sum_one_more_person_signs(session, chen, dai, limit, levels):
    case = walked(session, Status.SECOND_REVIEW, chen, amount=Decimal(1000))
    put_settings(session, case, third_level_amount=limit)
    kim = staff_actor(session, "kim", Role.SECOND_REVIEWER)

    decisions.approve(session, case, actor=dai, now=NOON)
    if levels == 3:
        assert (case.status, case.approvals_required) == (Status.SECOND_REVIEW, 3)
        decisions.approve(session, case, actor=kim, now=NOON)

    assert (case.status, case.approvals_required) == (Status.APPROVED, levels)
    assert len(payouts.signers(session, case)) == levels


def test_after_a_return_the_levels_are_signed_anew(session, chen, dai):
    case = walked(session, Status.SECOND_REVIEW, chen, approvals_required=3)
    kim = staff_actor(session, "kim", Role.SECOND_REVIEWER)
    decisions.approve(session, case, actor=dai, now=NOON)
    decisions.return_for_correction(session, case, [ReturnLine("R05")], actor=kim, now=NOON)
    applicant = actor_of(session, case.applicant)
    cases.move(session, case, Action.SUBMIT, actor=applicant, now=NOON)
    decisions.take_up(session, case, actor=chen, now=NOON)
    decisions.pass_first(session, case, actor=chen, now=NOON)

    decisions.approve(session, case, actor=dai, now=NOON)
    assert case.status is Status.SECOND_REVIEW
    decisions.approve(session, case, actor=kim, now=NOON)

    assert case.status is Status.APPROVED
    assert not session.scalars(sa.select(Payout)).one().ended_at


@pytest.mark.parametrize("wrong", ["role", "own", "agency", "same"])
def test_the_wrong_person_never_approves(session, chen, dai, wrong):
    turned = staff_actor(session, "kai", Role.FIRST_REVIEWER)
    case = walked(session, Status.SECOND_REVIEW, turned if wrong == "same" else chen)
    turned = change_roles(session, turned, Role.SECOND_REVIEWER)
    actors = {
        "role": chen,
        "own": dai,
        "agency": staff_actor(session, "li", Role.SECOND_REVIEWER, agency="liaoning"),
        "same": turned,
    }
    if wrong == "own":
        case.applicant.id_number_index = dai.identity_index

    with pytest.raises(NotAllowed) as refused:
        decisions.approve(session, case, actor=actors[wrong], now=NOON)

    codes = {
        "role": "role_missing", "own": "own_case", "agency": "not_found", "same": "four_eyes",
    }  # fmt: skip
    assert refused.value.code == codes[wrong]
    session.rollback()
    assert not session.scalars(sa.select(Payout)).all()


def test_more_than_the_account_allows_is_not_approved(session, chen, dai):
    case = walked(session, Status.SECOND_REVIEW, chen)
    case.account.frozen_amount = Decimal(99_000)
    session.flush()

    with pytest.raises(Invalid) as refused:
        decisions.approve(session, case, actor=dai, now=NOON)

    assert refused.value.code == "amount_over"


def test_a_return_reopens_only_what_it_names(session, chen):
    case = walked(session, Status.IN_REVIEW, chen)
    lines = [ReturnLine("R05"), ReturnLine("R13", note="租赁合同备案证明")]

    decisions.return_for_correction(session, case, lines, actor=chen, now=NOON)

    assert case.status is Status.RETURNED
    assert case.reopened == ("materials", "payee")
    assert case.correction_due_on == dt.date(2026, 12, 2)
    assert [item.round for item in case.return_items] == [1, 1]
    assert "租赁合同备案证明" in case.return_items[1].text_zh
    assert case.account.held == case.amount


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ([], "return_needs_lines"),
        ([ReturnLine("R00")], "return_reason_unknown"),
        ([ReturnLine("N02")], "return_reason_unknown"),
        ([ReturnLine("R02")], "note_needed"),
        ([ReturnLine("R01", page_id=1, mark={"x": 1.0})], "page_unknown"),
    ],
)
def test_a_return_that_says_nothing_is_refused(session, chen, lines, code):
    case = walked(session, Status.IN_REVIEW, chen)

    with pytest.raises(Invalid) as refused:
        decisions.return_for_correction(session, case, lines, actor=chen, now=NOON)

    assert refused.value.code == code


@pytest.mark.parametrize(
    ("deed", "code", "status"),
    [(decisions.decline, "N02", Status.DECLINED), (decisions.reject, "X02", Status.REJECTED)],
)
def test_a_refusal_frees_the_money_and_says_why(session, chen, deed, code, status):
    case = walked(session, Status.IN_REVIEW, chen)

    deed(session, case, ReturnLine(code), actor=chen, now=NOON)

    assert case.status is status
    assert (case.account.held, case.account.available) == (0, 100_000)
    assert case.return_items[0].text_zh == case.events[-1].note
    assert session.scalar(
        sa.select(sa.func.count()).select_from(Notice).where(Notice.application_id == case.id)
    )


def test_a_void_cancels_the_waiting_payment(session, chen, dai):
    case = walked(session, Status.SECOND_REVIEW, chen)
    decisions.approve(session, case, actor=dai, now=NOON)
    eve = staff_actor(session, "eve", Role.SUPERVISOR)

    decisions.void(session, case, actor=eve, now=NOON, reason="法院通知")

    assert case.status is Status.VOIDED
    assert session.scalars(sa.select(Payout)).one().status is PayoutStatus.CANCELLED
    assert case.account.held == 0


@pytest.mark.parametrize("status", [PayoutStatus.CLAIMED, PayoutStatus.UNKNOWN])
def test_nothing_is_voided_or_held_while_the_bank_may_pay(session, chen, dai, status):
    case = walked(session, Status.SECOND_REVIEW, chen)
    decisions.approve(session, case, actor=dai, now=NOON)
    session.execute(sa.update(Payout).values(status=status))
    eve = staff_actor(session, "eve", Role.SUPERVISOR)

    for deed in (decisions.void, flags.hold):
        with pytest.raises(IllegalMove) as refused:
            deed(session, case, actor=eve, now=NOON, reason="法院通知")
        assert refused.value.code == "payout_in_flight"


def test_the_corrected_account_needs_two_people(session, chen, dai):
    case = walked(session, Status.SECOND_REVIEW, chen)
    decisions.approve(session, case, actor=dai, now=NOON)
    session.execute(sa.update(Payout).values(status=PayoutStatus.REJECTED, ended_at=NOON))
    session.execute(sa.update(Application).values(status=Status.PAYEE_FIX))
    session.expire_all()
    applicant = actor_of(session, case.applicant)
    with pytest.raises(IllegalMove):
        decisions.confirm_payee(session, case, actor=chen, now=NOON)
    cases.remark(session, case, Note.CHANGE_PAYEE, actor=applicant, now=NOON)
    session.flush()
    decisions.check_payee(session, case, actor=chen, now=NOON)
    session.flush()

    with pytest.raises(NotAllowed) as refused:
        decisions.confirm_payee(session, case, actor=chen, now=NOON)
    decisions.confirm_payee(session, case, actor=dai, now=NOON)

    assert refused.value.code == "four_eyes"
    assert case.status is Status.APPROVED
    attempts = session.scalars(sa.select(Payout.attempt).order_by(Payout.attempt)).all()
    assert attempts == [1, 2]


def test_an_old_check_does_not_count_for_a_newer_account(session, chen, dai):
    case = make_application(session, status=Status.PAYEE_FIX)
    applicant = actor_of(session, case.applicant)
    cases.remark(session, case, Note.CHANGE_PAYEE, actor=applicant, now=NOON)
    session.flush()
    decisions.check_payee(session, case, actor=chen, now=NOON)
    session.flush()
    cases.remark(session, case, Note.CHANGE_PAYEE, actor=applicant, now=NOON)
    session.flush()

    with pytest.raises(IllegalMove) as refused:
        decisions.confirm_payee(session, case, actor=dai, now=NOON)

    assert refused.value.code == "payee_unchecked"


def test_an_heirs_case_waits_for_the_relation(session, chen):
    case = walked(session, Status.IN_REVIEW, chen, capacity=Capacity.HEIR)
    with pytest.raises(IllegalMove) as refused:
        decisions.pass_first(session, case, actor=chen, now=NOON)

    flags.confirm_relation(session, case, actor=chen, now=NOON)
    decisions.pass_first(session, case, actor=chen, now=NOON)

    assert refused.value.code == "relation_unconfirmed"
    assert case.status is Status.SECOND_REVIEW


def test_a_verdict_on_a_paper_is_kept_in_the_history(session, chen):
    case = walked(session, Status.IN_REVIEW, chen)
    kinds = sa.select(sa.column("id")).select_from(sa.table("material_type")).limit(1)
    paper = Material(
        application_id=case.id, agency_id=case.agency_id, material_code="A1",
        material_type_id=session.scalar(kinds), origin="upload", created_at=NOON,
    )  # fmt: skip
    session.add(paper)
    session.flush()

    decisions.set_verdict(session, paper, Verdict.ACCEPTED, actor=chen, now=NOON)
    session.flush()

    assert paper.verdict is Verdict.ACCEPTED
    assert actions_of(session, case)[-1] == Note.VERDICT


def test_the_clock_of_the_office_stops_with_the_return(session, chen):
    case = walked(session, Status.IN_REVIEW, chen)

    decisions.return_for_correction(session, case, [ReturnLine("R05")], actor=chen, now=NOON)
    session.flush()

    stretches = session.scalars(
        sa.select(ClockInterval).where(ClockInterval.application_id == case.id)
    ).all()
    assert [(one.holder, one.ended_at is None) for one in stretches] == [
        (ClockHolder.OFFICE, False),
        (ClockHolder.APPLICANT, True),
    ]


@pytest.mark.both
def test_of_two_who_approve_at_once_one_wins(app, session, chen, dai):
    case = walked(session, Status.SECOND_REVIEW, chen)
    kim = staff_actor(session, "kim", Role.SECOND_REVIEWER)
    session.commit()
    case_id, start, ends = case.id, threading.Barrier(2), []

    def decide(actor):
        with app.app_context():
            try:
                start.wait(10)
                with transaction() as own:
                    found = cases.get_case(own, case_id, actor=actor)
                    decisions.approve(own, found, actor=actor, now=NOON)
                ends.append("approved")
            except IllegalMove as late:
                ends.append(late.code)

    threads = [threading.Thread(target=decide, args=(actor,)) for actor in (dai, kim)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert sorted(ends) == ["approved", "moved_on"]
    session.rollback()
    assert session.scalar(sa.select(sa.func.count()).select_from(Payout)) == 1
    assert actions_of(session, case).count(Action.APPROVE) == 1


@pytest.mark.both
def test_approval_and_void_at_once_leave_one_of_them(app, session, chen, dai):
    case = walked(session, Status.SECOND_REVIEW, chen)
    eve = staff_actor(session, "eve", Role.SUPERVISOR)
    session.commit()
    case_id, start, ends = case.id, threading.Barrier(2), []

    def at_once(deed, actor, **more):
        with app.app_context():
            try:
                start.wait(10)
                with transaction() as own:
                    deed(own, own.get_one(Application, case_id), actor=actor, now=NOON, **more)
                ends.append(deed.__name__)
            except IllegalMove:
                ends.append("late")

    threads = [
        threading.Thread(target=at_once, args=(decisions.approve, dai)),
        threading.Thread(target=at_once, args=(decisions.void, eve), kwargs={"reason": "重复"}),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    session.rollback()
    live = session.scalars(
        sa.select(Payout).where(Payout.status == PayoutStatus.APPROVED)
    ).all()
    assert len(ends) == 2
    assert len(live) == (1 if case.status is Status.APPROVED else 0)
    assert case.account.held == (case.amount if live else 0)
