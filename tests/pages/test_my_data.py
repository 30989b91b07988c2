"""The page of a person's rights over the own data, and the desk's answers."""

import datetime as dt
import io
import zipfile

import pytest
import sqlalchemy as sa
from flask_appbuilder.security.sqla.models import User

from app.domain.terms import ExportStatus, Role, Status
from app.jobs.data_exports import make_exports
from app.models import Applicant, AuditEvent, DataExport, LoginSession
from tests.factories import (
    NOON,
    PASSWORD,
    Person,
    actor_of,
    make_account,
    make_application,
    make_staff,
)


@pytest.fixture
def proven(rows, clock):
    """Let every session count as proven just now."""

    def prove():
        with rows() as session:
            session.execute(
                sa.update(LoginSession).values(proven_at=clock(), sms_proven_at=clock())
            )

    return prove


def test_the_copy_needs_a_fresh_proof_and_is_fetched_as_a_file(app, browse, proven, ana):
    browser = browse("ana")
    page = browser.open("/hall/my-data/")
    token = {"csrf_token": page.soup.select_one("input[name=csrf_token]")["value"]}

    asked = browser.client.post("/hall/my-data/copy/", data=token)
    proven()
    done = browser.client.post("/hall/my-data/copy/", data=token)
    with app.app_context():
        assert make_exports(now=NOON) == 1
    page = browser.open("/hall/my-data/")
    [form] = page.soup.select("form[action^='/hall/my-data/copy/1']")
    file = browser.client.post(form["action"], data=token)

    assert (asked.status_code, done.status_code) == (403, 302)
    assert "no-store" in file.headers["Cache-Control"]
    with zipfile.ZipFile(io.BytesIO(file.data)) as archive:
        assert "林知夏" in archive.read("data.json").decode()
    assert browser.client.get(form["action"]).status_code != 200


def test_a_stranger_does_not_fetch_the_copy_of_another(app, browse, proven):
    browser, other = browse("ana"), browse("bo")
    proven()
    browser.press(browser.open("/hall/my-data/"), "申请副本")
    with app.app_context():
        make_exports(now=NOON)
    page = other.open("/hall/my-data/")
    token = {"csrf_token": page.soup.select_one("input[name=csrf_token]")["value"]}

    assert other.client.post("/hall/my-data/copy/1", data=token).status_code == 404


def test_a_correction_goes_to_the_office_and_its_answer_comes_back(rows, browse, ana):
    with rows() as session:
        make_account(session, session.get_one(Applicant, ana.applicant_id))
        member = make_staff(session, "head", Role.SUPERVISOR, name="何主管")
        head = Person("head", PASSWORD, actor_of(session, member), member.name)
    browser = browse("ana")
    page = browser.press(
        browser.open("/hall/my-data/"), "提交申请",
        subject="name", **{"wanted-name": "林知霞", "why": "见身份证"},
    )  # fmt: skip
    assert "2026年12月9日前答复" in page.text.replace(" ", "") or "前答复" in page.text

    desk = browse().sign_in(head)
    answered = desk.press(desk.open("/desk/corrections/"), "同意并更正", answer="已核对")

    assert "没有待答复的申请" in answered.text
    page = browser.open("/hall/my-data/")
    assert "已核对" in page.text
    assert "何主管" not in page.text
    assert "同意并更正" not in page.text
    with rows() as session:
        assert session.get_one(Applicant, ana.applicant_id).name == "林知霞"


@pytest.mark.whole
def test_a_log_in_is_closed_once_confirmed_and_no_case_is_open(rows, browse, proven, ana):
    with rows() as session:
        account = make_account(session, session.get_one(Applicant, ana.applicant_id))
        case = make_application(session, account, status=Status.IN_REVIEW)
        key = case.id
    browser = browse("ana")
    proven()
    page = browser.open("/hall/my-data/")
    assert "请确认注销账号" in browser.press(page, "注销账号", 422).text
    assert "还有办理中的申请" in browser.press(page, "注销账号", 422, leave="yes").text
    with rows() as session:
        session.get_one(type(case), key).status = Status.REJECTED
        for status in (ExportStatus.READY, ExportStatus.QUEUED):
            session.add(
                DataExport(
                    applicant_id=ana.applicant_id,
                    status=status,
                    requested_at=NOON,
                    expires_at=NOON + dt.timedelta(days=7),
                )
            )

    closed = browser.press(browser.open("/hall/my-data/"), "注销账号", leave="yes")

    assert "账号已注销" in closed.text
    assert browser.client.get("/hall/").status_code == 302
    with rows() as session:
        assert not session.get_one(User, ana.user_id).active
        row = session.scalars(
            sa.select(AuditEvent).where(AuditEvent.act == "log_in_closed")
        ).one()
        assert row.applicant_id == ana.applicant_id
        copies = session.scalars(sa.select(DataExport).order_by(DataExport.id)).all()
        assert copies[0].expires_at < NOON + dt.timedelta(days=1)
        assert copies[1].status is ExportStatus.EXPIRED
