"""Beginning, submitting and taking back an application."""

import datetime as dt
from decimal import Decimal

import pytest

from app.domain.errors import IllegalMove, Invalid, ManyProblems, NotAllowed
from app.domain.page_words import Page
from app.domain.terms import AccountState, Capacity, Kind, Note, Status
from app.gateways.storage import LocalStorage
from app.models import Applicant, PaidHistory
from app.services import applications
from app.services.applying import wizard
from tests.factories import NOON, make_account, make_applicant, make_application
from tests.services.cases_walk import SIGNED, add_papers, begin, save, submitted, typed


@pytest.fixture
def account(session, ana):
    return make_account(session, session.get_one(Applicant, ana.applicant_id))


@pytest.fixture
def storage(tmp_path):
    return LocalStorage(tmp_path)


def codes(problems):
    return {problem.code for problem in problems.value.problems}


@pytest.mark.both
def test_a_submitted_case_holds_its_money_and_has_a_number(
    session, account, ana, storage, kind
):
    case = submitted(session, account, ana, storage)

    assert (case.status, case.amount) == (Status.SUBMITTED, Decimal(9000))
    assert case.number.startswith("BT20261118")
    assert (account.available, account.held) == (Decimal(91000), Decimal(9000))
    assert case.due_on == dt.date(2026, 11, 23)
    assert case.signed_at == NOON


def test_starting_again_gives_the_draft_there_is(session, account, ana):
    assert begin(session, account, ana).id == begin(session, account, ana).id


def test_nobody_begins_for_another_without_naming_the_right(session, account, bo):
    with pytest.raises(NotAllowed):
        begin(session, account, bo)


@pytest.mark.both
def test_a_second_open_application_is_refused(session, account, ana, kind):
    make_application(session, account, status=Status.SUBMITTED)

    with pytest.raises(ManyProblems) as problems:
        begin(session, account, ana, "CHDK")
    assert codes(problems) == {"open_application"}


@pytest.mark.parametrize(
    ("state", "code"),
    [(AccountState.FROZEN, "account_frozen"),
     (AccountState.CLOSED_BY_WITHDRAWAL, "account_closed")],
)  # fmt: skip
def test_a_frozen_or_closed_account_is_refused(session, account, ana, state, code):
    account.state = state
    session.commit()

    with pytest.raises(ManyProblems) as problems:
        begin(session, account, ana)
    assert codes(problems) == {code}


def test_too_early_names_the_next_day(session, account, ana):
    session.add(
        PaidHistory(
            agency_id=account.agency_id, account_id=account.id, reason_code="ZFFZ",
            paid_on=dt.date(2026, 3, 16), amount=Decimal(18000),
        )
    )  # fmt: skip
    session.commit()

    with pytest.raises(ManyProblems) as problems:
        begin(session, account, ana)
    [problem] = problems.value.problems
    assert (problem.code, problem.facts["next_date"]) == ("too_early", dt.date(2027, 3, 16))


def test_an_imported_payment_makes_the_next_one_a_later_one(session, account, ana):
    session.add(
        PaidHistory(
            agency_id=account.agency_id, account_id=account.id, reason_code="ZZZG",
            paid_on=dt.date(2026, 9, 1), amount=Decimal(2180),
        )
    )  # fmt: skip
    session.commit()

    case = begin(session, account, ana, "ZZZG")

    assert case.kind is Kind.SUBSEQUENT
    assert wizard.pages_of(session, case, now=NOON)[0] is Page.CONFIRM


def test_what_is_missing_is_told_at_once_and_nothing_is_submitted(session, account, ana):
    case = begin(session, account, ana)
    save(session, case, ana, Page.BASIC, typed())

    with pytest.raises(ManyProblems) as problems:
        applications.submit(session, case, actor=ana, now=NOON)
    session.rollback()
    assert codes(problems) == {"agree_missing", "material_missing"}
    assert case.status is Status.DRAFT
    assert account.held == 0


def test_a_draft_whose_account_was_frozen_meanwhile_is_refused(session, account, ana, storage):
    case = begin(session, account, ana)
    save(session, case, ana, Page.BASIC, typed())
    add_papers(session, case, ana, storage)
    account.state = AccountState.FROZEN
    session.commit()

    with pytest.raises(ManyProblems) as problems:
        applications.submit(session, case, actor=ana, now=NOON, signature=SIGNED)
    assert codes(problems) == {"account_frozen"}


@pytest.mark.both
def test_taking_back_frees_the_money(session, account, ana, storage, kind):
    case = submitted(session, account, ana, storage)

    applications.cancel(session, case, actor=ana, now=NOON)
    session.commit()

    assert case.status is Status.CANCELLED
    assert (account.available, account.held) == (Decimal(100_000), Decimal(0))


def test_a_submitted_case_cannot_be_submitted_again(session, account, ana, storage):
    case = submitted(session, account, ana, storage)

    with pytest.raises(IllegalMove):
        applications.submit(session, case, actor=ana, now=NOON, signature=SIGNED)


def test_nobody_else_submits_or_takes_back(session, account, ana, bo, storage):
    case = submitted(session, account, ana, storage)

    with pytest.raises(NotAllowed):
        applications.cancel(session, case, actor=bo, now=NOON)
    with pytest.raises(NotAllowed):
        applications.get_own(session, case.id, actor=bo)


class TestForAnother:
    def holder(self, session):
        person = make_applicant(session, "郑怀远", registered=False)
        return person, make_account(session, person)

    def test_an_heir_names_the_account_by_number_and_name(self, session, ana):
        person, account = self.holder(session)

        found = applications.account_of_holder(
            session, id_number_index=person.id_number_index, name=" 郑怀远",
            scheme_id=account.scheme_id,
        )  # fmt: skip

        assert found.id == account.id

    def test_a_wrong_name_finds_nothing(self, session):
        person, account = self.holder(session)

        with pytest.raises(Invalid) as wrong:
            applications.account_of_holder(
                session, id_number_index=person.id_number_index, name="郑怀",
                scheme_id=account.scheme_id,
            )  # fmt: skip
        assert wrong.value.code == "holder_not_found"

    def test_an_inheritance_is_asked_for_by_an_heir_only(self, session, ana):
        _person, account = self.holder(session)

        case = applications.start(
            session, account, reason_code="SWJC", capacity=Capacity.HEIR, actor=ana, now=NOON
        )

        assert (case.kind, case.applicant_id) == (Kind.CLOSING, ana.applicant_id)
        with pytest.raises(Invalid):
            applications.start(
                session,
                account,
                reason_code="ZFFZ",
                capacity=Capacity.HEIR,
                actor=ana,
                now=NOON,
            )

    def test_a_proxy_pays_to_the_card_of_the_holder(self, session, ana):
        person, account = self.holder(session)
        case = applications.start(
            session, account, reason_code="ZFFZ", capacity=Capacity.PROXY, actor=ana, now=NOON
        )

        save(session, case, ana, Page.BASIC, typed(family_applies="no"))

        assert case.payee_name == person.name
        assert session.get_one(Applicant, ana.applicant_id).cards == []


def test_the_history_begins_with_the_start(session, account, ana):
    case = begin(session, account, ana)
    session.refresh(case)

    assert [event.action for event in case.events] == [Note.STARTED]
