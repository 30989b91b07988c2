"""Somebody who says to be an heir or proxy holds nothing and learns nothing until staff agree."""

from decimal import Decimal

import pytest

from app.domain.errors import IllegalMove, Invalid, ManyProblems
from app.domain.page_words import Page
from app.domain.terms import Capacity, Status
from app.gateways.storage import LocalStorage
from app.models import Applicant
from app.services import applications
from app.services.accounting import verification
from app.services.review import decisions, flags
from app.transaction import transaction
from tests.factories import NOON, make_account, make_applicant, make_application
from tests.services.cases_walk import SIGNED, add_papers, begin, save, typed


@pytest.fixture
def storage(tmp_path):
    return LocalStorage(tmp_path)


def asked_as_proxy(session, account, ana, storage):
    """Ana says to act for the holder of an account and submits."""
    case = applications.start(
        session, account, reason_code="ZFFZ", capacity=Capacity.PROXY, actor=ana, now=NOON
    )
    save(session, case, ana, Page.BASIC, typed(family_applies="no"))
    add_papers(session, case, ana, storage)
    applications.submit(session, case, actor=ana, now=NOON, signature=SIGNED)
    session.commit()
    return case


@pytest.mark.both
def test_nothing_is_held_before_the_relation_is_confirmed(session, ana, chen, storage, kind):
    account = make_account(session, make_applicant(session))
    case = asked_as_proxy(session, account, ana, storage)
    assert (account.available, account.held) == (Decimal(100_000), 0)
    assert [*verification.verify(session)] == []

    decisions.take_up(session, case, actor=chen, now=NOON)
    flags.confirm_relation(session, case, actor=chen, now=NOON)
    session.commit()

    assert (account.available, account.held) == (Decimal(91_000), Decimal(9000))
    assert [*verification.verify(session)] == []


@pytest.mark.both
def test_the_holder_applies_beside_an_unproven_case(session, ana, bo, chen, storage, kind):
    account = make_account(session, session.get_one(Applicant, bo.applicant_id))
    stranger = asked_as_proxy(session, account, ana, storage)
    own = begin(session, account, bo)
    save(session, own, bo, Page.BASIC, typed())
    add_papers(session, own, bo, storage)

    applications.submit(session, own, actor=bo, now=NOON, signature=SIGNED)
    session.commit()

    assert own.status is Status.SUBMITTED
    decisions.take_up(session, stranger, actor=chen, now=NOON)
    with pytest.raises(IllegalMove) as refused:
        flags.confirm_relation(session, stranger, actor=chen, now=NOON)
    assert refused.value.code == "open_case"


def test_one_person_has_one_open_case_on_anothers_account(session, ana, storage):
    account = make_account(session, make_applicant(session))
    asked_as_proxy(session, account, ana, storage)

    with pytest.raises(ManyProblems, match="open_application"):
        applications.start(
            session, account, reason_code="CHDK", capacity=Capacity.PROXY, actor=ana, now=NOON
        )


@pytest.mark.both
def test_the_database_itself_lets_one_proven_case_stand(app, session, ana, kind):
    account = make_account(session, make_applicant(session))
    make_application(session, account, status=Status.SUBMITTED)

    with pytest.raises(IllegalMove) as clash, transaction() as writing:
        make_application(
            writing, account, status=Status.SUBMITTED, applicant_id=ana.applicant_id,
            capacity=Capacity.PROXY, relation_confirmed_at=NOON,
        )  # fmt: skip

    assert clash.value.code == "open_case"


@pytest.mark.parametrize("balance", [100_000, 5_000])
def test_trying_amounts_tells_nothing_of_the_balance(session, ana, balance):
    account = make_account(session, make_applicant(session), balance)
    case = applications.start(
        session, account, reason_code="ZFFZ", capacity=Capacity.PROXY, actor=ana, now=NOON
    )

    save(session, case, ana, Page.BASIC, typed(family_applies="no", amount="8999"))
    with pytest.raises(ManyProblems) as over:
        save(session, case, ana, Page.BASIC, typed(family_applies="no", amount="9001"))

    assert case.amount == Decimal(8999)
    assert [problem.code for problem in over.value.problems] == ["amount_over_hidden"]


def test_more_than_there_is_goes_back_and_never_on(session, ana, chen, storage):
    account = make_account(session, make_applicant(session), 5_000)
    case = applications.start(
        session, account, reason_code="ZFFZ", capacity=Capacity.PROXY, actor=ana, now=NOON
    )
    save(session, case, ana, Page.BASIC, typed(family_applies="no", amount="8999"))
    add_papers(session, case, ana, storage)
    applications.submit(session, case, actor=ana, now=NOON, signature=SIGNED)
    decisions.take_up(session, case, actor=chen, now=NOON)

    flags.confirm_relation(session, case, actor=chen, now=NOON)
    with pytest.raises(Invalid) as refused:
        decisions.pass_first(session, case, actor=chen, now=NOON)

    assert refused.value.code == "amount_over"
    assert (account.available, account.held) == (Decimal(5000), 0)
    assert [*verification.verify(session)] == []


def test_a_relation_is_confirmed_once_and_only_under_review(session, chen, ana):
    account = make_account(session, make_applicant(session))
    case = make_application(
        session, account, status=Status.RETURNED, capacity=Capacity.PROXY,
        applicant_id=ana.applicant_id,
    )  # fmt: skip

    with pytest.raises(IllegalMove):
        flags.confirm_relation(session, case, actor=chen, now=NOON)
