"""What people take away of a case tells no more than the page: no balance, no word of colleagues."""

import pytest

from app.domain.terms import Action, Capacity, Kind, Status
from app.models import Applicant, CaseEvent, Dossier
from app.services.dossiers import contents
from app.services.privacy import own_data
from tests.factories import NOON, make_account, make_applicant, make_application

BALANCE = 88_888
OPINION = "与上一笔同一中介，请留意"


@pytest.fixture
def copies(session):
    """Return what file and copy say of a case: ``copies(case)``, its applicant's both."""

    def made(case, *, is_full=False):
        dossier = Dossier(application=case, application_id=case.id, is_full=is_full)
        record, _pictures = contents.gathered(session, dossier)
        [copy] = own_data.gathered(session, case.applicant)["applications"]
        return record, copy

    return made


def as_heir(session, ana, **columns):
    """Ana says to be an heir and asks for all there is: the amount is the balance."""
    return make_application(
        session, make_account(session, make_applicant(session), BALANCE),
        status=Status.IN_REVIEW, kind=Kind.CLOSING, capacity=Capacity.HEIR, amount=BALANCE,
        applicant_id=ana.applicant_id, **columns,
    )  # fmt: skip


def test_an_unproven_heir_reads_no_balance_in_file_and_copy(session, ana, copies):
    record, copy = copies(as_heir(session, ana))

    assert (record["case"]["amount_asked"], copy["amount_asked"]) == (None, None)
    assert str(BALANCE) not in f"{record}{copy}"


def test_a_proven_heir_and_oversight_read_the_amount(session, ana, copies):
    case = as_heir(session, ana)
    assert copies(case, is_full=True)[0]["case"]["amount_asked"] == BALANCE

    case.relation_confirmed_at = NOON
    record, copy = copies(case)

    assert (record["case"]["amount_asked"], copy["amount_asked"]) == (BALANCE, BALANCE)


def test_what_a_reviewer_wrote_at_approval_is_for_oversight_alone(session, ana, dai, copies):
    account = make_account(session, session.get_one(Applicant, ana.applicant_id))
    case = make_application(session, account, status=Status.APPROVED)
    for action in (Action.APPROVE, Action.VOID):
        session.add(
            CaseEvent(
                application_id=case.id, agency_id=case.agency_id, actor_id=dai.user_id,
                actor_name=dai.name, action=action.value, to_status=case.status,
                note=f"{action}: {OPINION}", public=True, at=NOON,
            )
        )  # fmt: skip
    session.flush()

    own, copy = copies(case)
    full, _copy = copies(case, is_full=True)

    told = ["", f"void: {OPINION}"]
    assert [event["note"] for event in own["history"]] == told
    assert [event["note"] for event in copy["history"]] == told
    assert [event["note"] for event in full["history"]] == [f"approve: {OPINION}", told[1]]
