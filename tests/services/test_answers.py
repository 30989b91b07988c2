"""Saving a page: all its problems at once, only what is open, what follows from it."""

from decimal import Decimal

import pytest

from app.domain.errors import IllegalMove, ManyProblems
from app.domain.page_words import Page
from app.domain.terms import Status
from app.gateways.cardcheck import LocalCardCheck
from app.models import Applicant
from app.services.applying import answers, wizard
from tests.factories import NOON, make_account
from tests.services.cases_walk import begin, save, typed


@pytest.fixture
def account(session, ana):
    return make_account(session, session.get_one(Applicant, ana.applicant_id))


@pytest.fixture
def case(session, account, ana):
    return begin(session, account, ana)


def told(session, case, ana, page, form):
    with pytest.raises(ManyProblems) as problems:
        save(session, case, ana, page, form)
    session.rollback()
    return {(problem.field, problem.code) for problem in problems.value.problems}


@pytest.mark.both
def test_a_right_page_is_kept_with_amount_and_payee(session, case, ana, kind):
    form = typed(amount="8,000.00")

    save(session, case, ana, Page.BASIC, form)

    assert case.amount == Decimal(8000)
    assert case.answers["rent_months"] == 6
    assert case.payee_last_four == form["bank_account_no"][-4:]
    assert wizard.done(case) == (Page.BASIC,)


def test_all_problems_of_a_page_are_told_at_once(session, case, ana):
    form = {"mobile": "12", "bank_account_no": "1", "rent_months": "99", "amount": "-1"}

    problems = told(session, case, ana, Page.BASIC, form)

    assert ("mobile", "mobile_format") in problems
    assert ("bank_code", "bank_missing") in problems
    assert ("rent_months", "number_range") in problems
    assert ("lease_filed", "answer_missing") in problems
    assert ("amount", "amount_negative") in problems
    assert case.answers == {}


def test_the_rent_is_asked_for_only_when_the_lease_is_filed(session, case, ana):
    problems = told(session, case, ana, Page.BASIC, typed(lease_filed="yes"))

    assert ("monthly_rent", "answer_missing") in problems


def test_an_empty_amount_takes_the_entitlement(session, case, ana):
    save(session, case, ana, Page.BASIC, typed())

    assert case.amount == Decimal(9000)
    assert case.calculation[-1]["amount"] == "9000.00"


def test_more_than_the_entitlement_names_the_most(session, case, ana):
    with pytest.raises(ManyProblems) as problems:
        save(session, case, ana, Page.BASIC, typed(amount="9000.01"))
    [problem] = problems.value.problems

    assert (problem.code, problem.facts["max_amount"]) == ("amount_over", Decimal(9000))


@pytest.mark.parametrize(
    ("number", "code"),
    [("621700000000000000x", "card_digits"), ("6217000000000000000", "card_luhn"),
     ("62170000", "card_length"), ("4367450000000014", "card_credit"), ("", "card_missing")],
)  # fmt: skip
def test_a_card_that_cannot_be_is_told(session, case, ana, number, code):
    problems = told(session, case, ana, Page.BASIC, typed(bank_account_no=number))

    assert ("bank_account_no", code) in problems


def test_a_page_left_with_stars_keeps_card_and_mobile(session, case, ana):
    save(session, case, ana, Page.BASIC, typed())
    card, mobile = case.payee_card, case.mobile

    form = typed(bank_account_no="6217 **** **** 0001", mobile="139****5678")
    save(session, case, ana, Page.BASIC, form)

    assert (case.payee_card, case.mobile) == (card, mobile)


def test_a_case_with_the_office_is_not_open(session, case, ana):
    case.status = Status.IN_REVIEW
    session.commit()

    with pytest.raises(IllegalMove):
        save(session, case, ana, Page.BASIC, typed())


def test_trying_an_answer_keeps_nothing(session, case, ana):
    problems = answers.try_answers(
        session, case, typed(), actor=ana, now=NOON, card_check=LocalCardCheck()
    )

    assert problems == []
    session.rollback()
    assert case.answers == {}


def test_a_changed_page_asks_to_sign_the_letter_again(session, ana):
    account = make_account(session, session.get_one(Applicant, ana.applicant_id), scheme="fund")
    case = begin(session, account, ana, "HDTQ")
    form = typed(agree="yes", repaid_12m="5000", loan_settled="no", family_applies="no")
    for page in wizard.pages_of(session, case, now=NOON)[:-1]:
        save(session, case, ana, page, form)
    assert wizard.is_signed(session, case, on=NOON.date())

    save(session, case, ana, Page.PAYEE, form)

    assert not wizard.is_signed(session, case, on=NOON.date())
    assert Page.COMMITMENT not in wizard.done(case)
