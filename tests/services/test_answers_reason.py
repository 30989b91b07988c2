"""Changing the reason of a draft: what follows from it, and what it may not become."""

from decimal import Decimal

import pytest
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from app.domain.errors import IllegalMove, ManyProblems
from app.domain.page_words import Page
from app.domain.terms import Capacity, Kind
from app.extensions import db
from app.models import Applicant, Application
from app.services import applications
from app.services.applying import answers
from app.transaction import transaction
from tests.factories import NOON, make_account, make_application
from tests.services.cases_walk import begin, save, typed


@pytest.fixture
def account(session, ana):
    return make_account(session, session.get_one(Applicant, ana.applicant_id))


def refused(session, case, actor, **more):
    with pytest.raises(ManyProblems) as problems:
        save(session, case, actor, Page.BASIC, typed(**more))
    session.rollback()
    return {(problem.field, problem.code) for problem in problems.value.problems}


def test_a_closing_that_becomes_an_ordinary_reason_is_no_closing(session, account, ana):
    case = begin(session, account, ana)
    case.kind = Kind.CLOSING
    session.commit()
    form = {"reason_code": "GMZF", **typed()}

    answers.try_answers(session, case, form, actor=ana, now=NOON, card_check=None)

    assert case.reason.code == "GMZF"
    assert case.kind is Kind.FIRST


def test_a_draft_does_not_take_the_place_of_another(session, account, ana):
    begin(session, account, ana, "GMZF")
    case = begin(session, account, ana, "ZFFZ")

    assert ("reason_code", "draft_there") in refused(session, case, ana, reason_code="GMZF")


def test_the_holder_cannot_turn_a_draft_into_an_inheritance(session, account, ana):
    case = begin(session, account, ana)
    heirs = next(
        reason.code
        for reason, _ in applications.may_start(session, account, now=NOON)
        if reason.payee_rule == "heir"
    )

    assert ("reason_code", "heir_only") in refused(session, case, ana, reason_code=heirs)


@pytest.mark.both
def test_the_same_draft_begun_twice_at_once_is_a_sentence(kind, session, account):
    first = make_application(session, account)
    columns = {
        "account_id": account.id, "reason_code": first.reason_code, "kind": Kind.FIRST,
        "applicant_id": first.applicant_id, "agency_id": first.agency_id,
        "scheme_id": first.scheme_id, "reason_id": first.reason_id, "created_at": NOON,
        "updated_at": NOON, "capacity": Capacity.SELF,
    }  # fmt: skip

    with pytest.raises(IllegalMove) as refusal, transaction() as writing:
        writing.add(Application(**columns))

    assert refusal.value.code == "draft_there"


@pytest.mark.both
def test_an_answer_that_comes_after_the_submission_changes_nothing(kind, session, account):
    case = make_application(session, account, amount=100)
    late = Session(db.engine, expire_on_commit=False)
    seen = late.get_one(Application, case.id)
    late.commit()

    with transaction() as writing:
        writing.get_one(Application, case.id).amount = Decimal(150)
    seen.amount = Decimal(900)

    with pytest.raises(StaleDataError):
        late.commit()
    late.close()
