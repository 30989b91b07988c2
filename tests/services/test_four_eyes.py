"""Nobody is two: every pair of steps on one case by one person, whatever the roles by then."""

import datetime as dt
import itertools
from dataclasses import dataclass, replace

import pytest

from app.domain.errors import Invalid, NotAllowed
from app.domain.terms import PayoutStatus, Role, Status
from app.models import CaseEvent, Payout
from app.services import cases
from app.services.paying import batches, resolutions
from app.services.review import decisions, flags
from app.services.review.decisions import ReturnLine
from tests.bars import FULL
from tests.factories import NOON, actor_of, change_roles, make_staff
from tests.money import make_approved, make_signed

LATER = NOON + dt.timedelta(days=1, hours=1)


@dataclass(frozen=True)
class Step:
    """A step of a case: whose role it is, how the case stands before it, how it is done."""

    role: Role
    status: Status | None
    work: object


def pay_of(session, case):
    return session.query(Payout).filter_by(application_id=case.id).one()


def prepare(session, case, actor):
    return batches.prepare_batch(session, [pay_of(session, case).id], actor=actor, now=NOON)


def release(session, case, actor):
    batches.release_batch(session, pay_of(session, case).batch, actor=actor, now=NOON)


def resolve(session, case, actor):
    pay_of(session, case).status = PayoutStatus.UNKNOWN
    resolutions.resolve_unknown(
        session, pay_of(session, case), actor=actor, now=LATER, outcome=PayoutStatus.REJECTED,
        proof="letter of the bank",
    )  # fmt: skip


def give_back(session, case, actor):
    line = [ReturnLine("R05")]
    decisions.return_for_correction(session, case, line, actor=actor, now=NOON)


def decision(name, **more):
    def work(session, case, actor):
        getattr(decisions, name)(session, case, actor=actor, now=NOON, **more)

    return work


F, S, V = Role.FIRST_REVIEWER, Role.SECOND_REVIEWER, Role.SUPERVISOR
STEPS = {
    "take_up": Step(F, Status.SUBMITTED, decision("take_up")),
    "pass_first": Step(F, Status.IN_REVIEW, decision("pass_first")),
    "return_first": Step(F, Status.IN_REVIEW, give_back),
    "return_second": Step(S, Status.SECOND_REVIEW, give_back),
    "approve": Step(S, Status.SECOND_REVIEW, decision("approve")),
    "undo": Step(V, Status.SECOND_REVIEW, decision("undo_first", reason="wrong")),
    "void": Step(V, Status.SECOND_REVIEW, decision("void", reason="wrong")),
    "prepare": Step(Role.PAYER, None, prepare),
    "release": Step(Role.RELEASER, None, release),
    "propose": Step(Role.PAYER, None, resolve),
    "confirm": Step(Role.RELEASER, None, resolve),
}
DECIDED = {
    "take_up": ("take_up", Status.SUBMITTED), "pass_first": ("pass_first", Status.IN_REVIEW),
    "return_first": ("return_for_correction", Status.IN_REVIEW),
    "return_second": ("return_for_correction", Status.SECOND_REVIEW),
    "approve": ("approve", Status.SECOND_REVIEW), "undo": ("undo", Status.SECOND_REVIEW),
    "void": ("void", Status.SECOND_REVIEW),
}  # fmt: skip
MONEY = ("prepare", "release", "propose", "confirm")
PAIRS = [
    (one, other)
    for one, other in itertools.product(STEPS, repeat=2)
    if STEPS[one].role is not STEPS[other].role
    and not (one in MONEY and other not in MONEY)  # a paid case is never reviewed again
]


@pytest.fixture
def kim(session):
    return actor_of(session, make_staff(session, "kim", F))


def remember(session, case, earlier, kim, payer):
    """Let Kim have taken the earlier step of the case."""
    if earlier in DECIDED:
        action, before = DECIDED[earlier]
        session.add(
            CaseEvent(
                agency_id=case.agency_id, application_id=case.id, actor_id=kim.user_id,
                actor_name="kim", action=action, from_status=before, to_status=case.status,
                at=NOON,
            )
        )  # fmt: skip
        return
    kim = change_roles(session, kim, STEPS[earlier].role)
    for step in ("prepare",) * (earlier == "release") + ("propose",) * (earlier == "confirm"):
        STEPS[step].work(session, case, payer)
    STEPS[earlier].work(session, case, kim)


@pytest.mark.bar(7)
@pytest.mark.parametrize(("earlier", "later"), PAIRS if FULL else PAIRS[::5])
def test_no_person_takes_two_steps_in_different_roles(session, chen, dai, kim, earlier, later):
    payer = actor_of(session, make_staff(session, "pay", Role.PAYER))
    case = make_approved(session, chen, dai) if later in MONEY else make_signed(session, chen)
    remember(session, case, earlier, kim, payer)
    if later == "release" and pay_of(session, case).batch is None:
        pay_of(session, case).status = PayoutStatus.APPROVED
        prepare(session, case, payer)
    if later == "confirm" and earlier != "propose":
        resolve(session, case, payer)
    case.status = STEPS[later].status or case.status
    session.commit()
    kim = change_roles(session, kim, STEPS[later].role)

    with pytest.raises(NotAllowed) as refused:
        STEPS[later].work(session, case, kim)

    assert refused.value.code == "four_eyes"


@pytest.mark.parametrize("role", [Role.INSTALLATION_ADMIN, Role.USER_ADMIN, Role.AUDITOR])
@pytest.mark.parametrize("step", STEPS if FULL else ["approve", "release"])
def test_who_looks_after_rights_or_reads_takes_no_step(session, chen, dai, role, step):
    case = make_approved(session, chen, dai) if step in MONEY else make_signed(session, chen)
    if step == "release":
        prepare(session, case, actor_of(session, make_staff(session, "pay", Role.PAYER)))
    case.status = STEPS[step].status or case.status
    session.commit()
    actor = actor_of(session, make_staff(session, "boss", role))

    with pytest.raises(NotAllowed) as refused:
        STEPS[step].work(session, case, actor)

    assert refused.value.code == "role_missing"


@pytest.mark.parametrize("step", ["check_payee", "confirm_payee"])
def test_who_paid_does_not_say_where_the_money_goes(session, chen, dai, kim, step):
    case = make_approved(session, chen, dai)
    kim = change_roles(session, kim, Role.PAYER)
    prepare(session, case, kim)
    case.status = Status.PAYEE_FIX
    session.commit()
    kim = change_roles(session, kim, F)

    with pytest.raises(NotAllowed) as refused:
        getattr(decisions, step)(session, case, actor=kim, now=NOON)

    assert refused.value.code == "four_eyes"


def test_a_second_log_in_of_one_person_is_the_same_person(session, chen):
    case = make_signed(session, chen)
    twin = make_staff(session, "twin", S)
    session.query(type(twin)).filter_by(user_id=chen.user_id).one().user.active = False
    twin.id_number_index = chen.identity_index
    session.commit()

    with pytest.raises(NotAllowed) as refused:
        decisions.approve(session, case, actor=actor_of(session, twin), now=NOON)

    assert refused.value.code == "four_eyes"


@pytest.mark.parametrize("whose", ["applicant", "holder"])
def test_a_payment_of_the_own_case_is_touched_by_nobody(session, chen, dai, whose):
    case = make_approved(session, chen, dai)
    payer = actor_of(session, make_staff(session, "pay", Role.PAYER))
    person = case.applicant if whose == "applicant" else case.account.applicant
    payer = replace(payer, identity_index=person.id_number_index)

    with pytest.raises(NotAllowed) as refused:
        prepare(session, case, payer)

    assert refused.value.code == "own_case"


def test_a_supervisor_gives_a_passed_case_back_to_its_first_review(session, chen, dai):
    case = make_signed(session, chen)
    eve = actor_of(session, make_staff(session, "eve", V))

    decisions.undo_first(session, case, actor=eve, now=NOON, reason="对方姓名有误")

    assert (case.status, case.assignee_id) == (Status.IN_REVIEW, chen.user_id)
    decisions.pass_first(session, case, actor=chen, now=NOON)
    decisions.approve(session, case, actor=dai, now=NOON)
    assert case.status is Status.APPROVED


def test_after_a_further_signature_nothing_is_undone(session, chen, dai):
    case = make_signed(session, chen, approvals_required=3)
    decisions.approve(session, case, actor=dai, now=NOON)
    eve = actor_of(session, make_staff(session, "eve", V))

    with pytest.raises(Exception, match="signed") as refused:
        decisions.undo_first(session, case, actor=eve, now=NOON, reason="late")

    assert refused.value.code == "signed_further"


def test_undoing_needs_a_reason_and_a_supervisor(session, chen, dai):
    case = make_signed(session, chen)
    eve = actor_of(session, make_staff(session, "eve", V))

    with pytest.raises(Invalid):
        decisions.undo_first(session, case, actor=eve, now=NOON, reason=" ")
    with pytest.raises(NotAllowed):
        decisions.undo_first(session, case, actor=dai, now=NOON, reason="wish")


def test_a_supervisor_hands_a_case_to_a_colleague(session, chen):
    case = make_signed(session, chen)
    eve = actor_of(session, make_staff(session, "eve", V))
    kim = actor_of(session, make_staff(session, "kim", S))

    flags.assign(session, case, user_id=kim.user_id, actor=eve, now=NOON)

    assert case.assignee_id == kim.user_id
    assert cases.open_actions(session, case, actor=chen) == frozenset()
