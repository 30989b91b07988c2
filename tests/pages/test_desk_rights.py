"""The case page: what nobody may do on it, whatever is posted by hand."""

import sqlalchemy as sa

from app.domain.terms import Action, Note, Role, Status
from app.models import Application, Staff
from app.services import cases
from tests.factories import NOON, actor_of, change_roles
from tests.pages.desk import found, posted, refusals, url


def test_nobody_signs_a_case_twice(rows, staff, case_in):
    case_id = case_in(Status.IN_REVIEW)
    both = staff("kai", Role.FIRST_REVIEWER)
    page = both.press(both.open(url(case_id)), "通过，送复审", deed="pass_first")
    with rows() as session:
        kai = session.scalars(sa.select(Staff).where(Staff.name == "kai")).one()
        change_roles(session, actor_of(session, kai), Role.SECOND_REVIEWER)

    assert "复审通过" not in " ".join(page.buttons)
    answer = posted(both, case_id, deed="approve", rows=rows)

    assert answer.status_code == 403
    assert found(rows, case_id)[0] is Status.SECOND_REVIEW
    assert refusals(rows, case_id) == ["four_eyes"]


def test_a_first_reviewer_cannot_approve_by_posting(rows, browse, case_in):
    case_id = case_in(Status.SECOND_REVIEW)
    chen = browse("chen")

    answer = posted(chen, case_id, deed="approve", rows=rows)

    assert answer.status_code == 403
    assert found(rows, case_id)[0] is Status.SECOND_REVIEW
    assert refusals(rows, case_id) == ["role_missing"]


def test_nobody_decides_the_own_case(rows, browse, case_in, chen):
    case_id = case_in(Status.SUBMITTED)
    with rows() as session:
        person = session.get_one(Application, case_id).applicant
        person.id_number_index = chen.identity_index
    browser = browse("chen")
    page = browser.open(url(case_id))

    answer = posted(browser, case_id, deed="take_up", rows=rows)

    assert "受理" not in page.buttons
    assert answer.status_code == 403
    assert refusals(rows, case_id) == ["own_case"]


def test_staff_of_another_agency_find_nothing(rows, staff, case_in):
    case_id = case_in(Status.SUBMITTED)
    liao = staff("liao", Role.FIRST_REVIEWER, Role.SUPERVISOR, agency="liaoning")

    page = liao.open(url(case_id), 404)
    answer = posted(liao, case_id, deed="take_up", rows=rows)

    assert "沈" not in page.text
    assert answer.status_code == 404
    assert found(rows, case_id)[0] is Status.SUBMITTED
    assert "not_found" in refusals(rows, case_id)


def test_auditors_read_and_are_offered_nothing(rows, staff, case_in):
    case_id = case_in(Status.SECOND_REVIEW)
    uwe = staff("uwe", Role.AUDITOR)

    page = uwe.open(url(case_id))
    answer = posted(uwe, case_id, deed="hold", reason="x", rows=rows)

    assert not page.soup.select("form#decision")
    assert answer.status_code == 403


def test_a_corrected_account_is_offered_only_after_the_last_refusal(rows, browse, case_in, ana):
    case_id = case_in(Status.IN_REVIEW)
    offered = []
    steps = (
        Action.BANK_REFUSED, Note.CHANGE_PAYEE, Note.CHECK_PAYEE, Action.BANK_REFUSED,
        Note.CHANGE_PAYEE,
    )  # fmt: skip
    for step in steps:
        with rows() as session:
            case = session.get_one(Application, case_id)
            case.status = Status.PAYEE_FIX
            cases.remark(session, case, step, actor=ana, now=NOON)
        buttons = browse("chen").open(url(case_id)).buttons
        offered.append([one for one in ("账户无误", "确认并重新支付") if one in buttons])

    assert offered == [[], ["账户无误"], ["确认并重新支付"], [], ["账户无误"]]
