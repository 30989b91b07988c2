"""Who may do what to which case."""

import pytest

from app.domain import policy
from app.domain.errors import NotAllowed
from app.domain.policy import LEVELS, WHO, WORKER, Actor, CaseFacts, Level, level_of
from app.domain.terms import Action, Role, Status

ANHUI, LIAONING = 1, 2
ANA = Actor(10, "ana", frozenset({Role.APPLICANT}), applicant_id=100, identity_index="ana")
BO = Actor(11, "bo", frozenset({Role.APPLICANT}), applicant_id=101, identity_index="bo")
STAFF_ACTIONS = [
    action for action, roles in WHO.items() if not roles & {Role.APPLICANT, Role.WORKER}
]


def staff(user_id, *roles, agency_id=ANHUI, identity_index="somebody"):
    """Make a member of staff."""
    return Actor(
        user_id, "staff", frozenset(roles), agency_id=agency_id, identity_index=identity_index
    )


def case(**acted):
    """Make the facts of Ana's case, with who took which steps."""
    steps = {Action(step): frozenset(users) for step, users in acted.items()}
    return CaseFacts(ANHUI, applicant_id=100, identities=frozenset({"ana"}), acted=steps)


CHEN = staff(20, Role.FIRST_REVIEWER)
DAI = staff(21, Role.SECOND_REVIEWER)
BOTH = staff(22, Role.FIRST_REVIEWER, Role.SECOND_REVIEWER)


def refusal(actor, action, facts):
    """Return the code with which somebody is refused."""
    with pytest.raises(NotAllowed) as refused:
        policy.check(actor, action, facts)
    return refused.value.code


def test_every_action_belongs_to_somebody():
    assert WHO.keys() == set(Action)
    assert all(WHO.values())


@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize("role", Role)
def test_the_role_alone_decides_whether_a_stranger_to_the_case_may_act(action, role):
    actor = staff(30, role)

    if role not in WHO[action]:
        assert refusal(actor, action, case()) == "role_missing"
    elif role is Role.APPLICANT:
        assert refusal(actor, action, case()) == "not_found"
    else:
        policy.check(actor, action, case())


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.PAYER, Role.INSTALLATION_ADMIN])
def test_roles_beside_the_review_take_no_action(role):
    assert not any(role in roles for roles in WHO.values())


@pytest.mark.parametrize("action", [Action.SUBMIT, Action.CANCEL])
def test_an_applicant_acts_on_the_own_case_only(action):
    policy.check(ANA, action, case())

    assert refusal(BO, action, case()) == "not_found"


@pytest.mark.parametrize("action", STAFF_ACTIONS)
def test_no_staff_action_reaches_another_agency(action):
    actor = staff(30, *WHO[action], agency_id=LIAONING)

    assert refusal(actor, action, case()) == "not_found"


@pytest.mark.parametrize("action", STAFF_ACTIONS)
@pytest.mark.parametrize("identity_index", ["ana", None])
def test_nobody_acts_on_a_case_of_their_own(action, identity_index):
    actor = staff(30, *WHO[action], identity_index=identity_index)

    assert refusal(actor, action, case()) == "own_case"


def test_a_case_belongs_to_the_holder_as_well_as_to_who_applies():
    facts = CaseFacts(ANHUI, 100, frozenset({"heir", "holder"}), {})

    for own in ("heir", "holder"):
        actor = staff(30, Role.FIRST_REVIEWER, identity_index=own)
        assert refusal(actor, Action.TAKE_UP, facts) == "own_case"


@pytest.mark.parametrize("action", [Action.PASS_LEVEL, Action.APPROVE])
def test_who_passed_the_first_review_does_not_pass_the_second(action):
    facts = case(pass_first=[BOTH.user_id])

    assert refusal(BOTH, action, facts) == "four_eyes"
    policy.check(DAI, action, facts)


@pytest.mark.parametrize("action", [Action.PASS_LEVEL, Action.APPROVE])
def test_each_level_of_the_second_review_is_another_person(action):
    facts = case(pass_first=[CHEN.user_id], pass_level=[DAI.user_id])

    assert refusal(DAI, action, facts) == "four_eyes"
    policy.check(BOTH, action, facts)


@pytest.mark.parametrize("reviewer", [CHEN, DAI])
def test_who_reviewed_a_case_may_confirm_its_new_payee(reviewer):
    facts = case(pass_first=[CHEN.user_id], approve=[DAI.user_id])

    policy.check(reviewer, Action.CONFIRM_PAYEE, facts)


def test_a_returned_case_is_passed_again_by_the_same_first_reviewer():
    policy.check(CHEN, Action.PASS_FIRST, case(pass_first=[CHEN.user_id]))


def test_taking_up_and_returning_bar_nobody_from_deciding():
    facts = case(take_up=[CHEN.user_id], return_for_correction=[CHEN.user_id])

    policy.check(CHEN, Action.PASS_FIRST, facts)


STEPS = sorted(LEVELS)
EVERYTHING = staff(40, *(role for role in Role if role is not Role.APPLICANT))


@pytest.mark.parametrize("earlier", STEPS)
@pytest.mark.parametrize("later", STEPS)
def test_nobody_acts_on_a_case_in_two_capacities_whatever_the_role_by_now(earlier, later):
    facts = case(**{earlier.value: [EVERYTHING.user_id]})

    if LEVELS[earlier] is not LEVELS[later] or (
        earlier is Action.PASS_LEVEL and later in (Action.PASS_LEVEL, Action.APPROVE)
    ):
        assert refusal(EVERYTHING, later, facts) == "four_eyes"
    else:
        policy.check(EVERYTHING, later, facts)


@pytest.mark.parametrize("action", [Action.RETURN_FOR_CORRECTION, Action.REJECT])
def test_a_return_belongs_to_the_review_in_which_it_is_made(action):
    assert level_of(action, Status.IN_REVIEW) is Level.FIRST
    assert level_of(action, Status.SECOND_REVIEW) is Level.SECOND


def test_who_returned_a_case_as_second_reviewer_does_not_pass_it_first_later():
    facts = CaseFacts(
        ANHUI, 100, frozenset({"ana"}), {}, Status.IN_REVIEW,
        {Level.SECOND: frozenset({CHEN.user_id})},
    )  # fmt: skip

    assert refusal(CHEN, Action.PASS_FIRST, facts) == "four_eyes"


@pytest.mark.parametrize(
    "action", [Action.PAY, Action.BANK_REFUSED, Action.BANK_RETURNED, Action.LAPSE]
)
def test_the_worker_acts_for_every_agency(action):
    policy.check(WORKER, action, case())


def test_the_worker_decides_nothing():
    assert refusal(WORKER, Action.APPROVE, case()) == "role_missing"


def test_the_workers_role_opens_no_door_for_a_person():
    actor = staff(30, Role.SUPERVISOR, Role.WORKER, agency_id=LIAONING)

    assert refusal(actor, Action.VOID, case()) == "not_found"


def test_a_row_is_found_by_its_owner_only():
    policy.check_own(ANA, applicant_id=100)

    for stranger in (BO, CHEN):
        with pytest.raises(NotAllowed) as refused:
            policy.check_own(stranger, applicant_id=100)
        assert refused.value.code == "not_found"


def test_one_of_several_roles_is_enough():
    policy.check_role(BOTH, Role.SUPERVISOR, Role.SECOND_REVIEWER)

    with pytest.raises(NotAllowed):
        policy.check_role(BOTH, Role.SUPERVISOR)
