"""Masked values are shown in full one at a time, for a while, to whom the row concerns."""

import pytest
import sqlalchemy as sa

from app.domain.terms import Role, Status
from app.models import Application, AuditEvent
from tests.factories import (
    PASSWORD,
    Person,
    actor_of,
    make_account,
    make_applicant,
    make_application,
    make_staff,
)
from tests.money import make_approved


@pytest.fixture
def case_id(rows, people):
    """A case in Anhui that stands in review."""
    with rows() as session:
        account = make_account(session, make_applicant(session, "沈清怡"))
        return make_application(session, account, status=Status.IN_REVIEW).id


@pytest.fixture
def staff(rows, browse):
    """Open the browser of a member of staff with one role."""

    def opened(role, agency="anhui"):
        with rows() as session:
            member = make_staff(session, f"only-{role}-{agency}", role, agency=agency)
            person = Person(member.user.username, PASSWORD, actor_of(session, member), "")
        return browse().sign_in(person)

    return opened


def number_of(rows, case_id):
    with rows() as session:
        return session.get_one(Application, case_id).applicant.id_number


def asked(browser, address, page="/password/", **form):
    token = browser.open(page).soup.select_one("input[name=csrf_token]")["value"]
    form = {"reveal-reason": "compare"} | {key.replace("_", "-"): v for key, v in form.items()}
    return browser.client.post(address, data=form | {"csrf_token": token})


def test_one_value_is_shown_once_and_the_look_is_recorded(rows, browse, case_id, chen):
    browser = browse("chen")
    page = browser.open(f"/desk/case/{case_id}/")
    eye = page.soup.select_one("button[formaction$='/id-number']")
    number = number_of(rows, case_id)
    assert number not in page.text

    answer = asked(browser, eye["formaction"], page.url)

    assert number in answer.text
    assert answer.headers["Refresh"] == f"60; url=/desk/case/{case_id}/"
    assert "no-store" in answer.headers["Cache-Control"]
    assert number not in browser.open(f"/desk/case/{case_id}/").text
    with rows() as session:
        [row] = session.scalars(sa.select(AuditEvent).where(AuditEvent.act == "reveal"))
        assert (row.actor_id, row.object_type, row.object_id) == (
            chen.user_id, "application", str(case_id),
        )  # fmt: skip
        assert row.applicant_id == session.get_one(Application, case_id).applicant_id
        assert (row.reason, row.details, row.address) == (
            "与材料核对", {"value": "id-number"}, "127.0.0.1",
        )  # fmt: skip


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"reveal_reason": ""}, 422),
        ({"reveal_reason": "other", "reveal_note": "x"}, 422),
        ({"reveal_reason": "other", "reveal_note": "核对 340199198806150018 发票"}, 200),
    ],
)
def test_a_look_needs_a_reason_and_keeps_no_number_of_it(rows, browse, case_id, form, status):
    address = f"/desk/reveal/application/{case_id}/mobile"

    answer = asked(browse("chen"), address, f"/desk/case/{case_id}/", **form)

    assert answer.status_code == status
    with rows() as session:
        reasons = session.scalars(
            sa.select(AuditEvent.reason).where(AuditEvent.act == "reveal")
        ).all()
    assert reasons == (["核对 ****0018 发票"] if status == 200 else [])


@pytest.mark.whole
def test_looks_within_an_hour_are_limited(app, browse, case_id, clock, monkeypatch):
    monkeypatch.setitem(app.config, "ANJU_REVEALS_PER_HOUR", 2)
    browser, address = browse("chen"), f"/desk/reveal/application/{case_id}/mobile"

    page = f"/desk/case/{case_id}/"
    codes = [asked(browser, address, page).status_code for _ in range(3)]
    clock.pass_by(minutes=10)
    still = asked(browser, address, page).status_code

    assert [*codes, still] == [200, 200, 429, 429]


@pytest.mark.parametrize(
    ("role", "agency", "status"),
    [
        (Role.SUPERVISOR, "anhui", 200),
        (Role.SECOND_REVIEWER, "liaoning", 404),
        (Role.AUDITOR, "anhui", 302),
        (Role.PAYER, "anhui", 403),
    ],
)
def test_a_case_is_shown_to_those_who_may_act_on_it(rows, staff, case_id, role, agency, status):
    answer = asked(staff(role, agency), f"/desk/reveal/application/{case_id}/id-number")

    assert answer.status_code in ({302, 403} if status == 302 else {status})
    assert (number_of(rows, case_id) in answer.text) is (status == 200)


def test_a_payer_sees_the_payee_of_a_payment_and_no_more(rows, staff, chen, dai):
    with rows() as session:
        case = make_approved(session, chen, dai)
        key, card = case.payouts[-1].id, case.payouts[-1].payee_card
    browser = staff(Role.PAYER)

    page = browser.open(f"/payouts/show/{key}")
    assert card not in page.text
    assert page.soup.select_one("button[formaction$='/card']")
    assert card in asked(browser, f"/desk/reveal/payout/{key}/card", page.url).text
    assert asked(browser, f"/desk/reveal/payout/{key}/mobile", page.url).status_code == 403


def test_a_holder_is_shown_on_the_own_page(rows, browse, case_id):
    with rows() as session:
        person = session.get_one(Application, case_id).applicant
        key, mobile = person.id, person.mobile
    browser = browse("chen")

    page = browser.open(f"/applicants/show/{key}")
    assert mobile not in page.text
    assert mobile in asked(browser, f"/desk/reveal/applicant/{key}/mobile", page.url).text
    assert asked(browser, f"/desk/reveal/applicant/{key}/card", page.url).status_code == 403
    assert asked(browser, "/desk/reveal/applicant/999/mobile", page.url).status_code == 404


def test_a_refused_deed_is_one_row_of_the_audit(rows, staff, case_id):
    address = f"/desk/reveal/application/{case_id}/id-number"

    assert asked(staff(Role.PAYER), address).status_code == 403

    with rows() as session:
        acts = session.scalars(
            sa.select(AuditEvent.act).where(
                AuditEvent.act.in_(("deed_refused", "access_refused"))
            )
        ).all()
    assert acts == ["deed_refused"]
