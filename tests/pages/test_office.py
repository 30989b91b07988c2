"""The office: agencies, packages, calendar, import of accounts, proof of the audit, health."""

import io

import pytest

from app.domain.terms import Role
from app.models import Agency, AuditEvent, WorkingDay
from tests.factories import PASSWORD, Person, actor_of, make_staff


@pytest.fixture
def sign_in(rows, browse):
    """Sign in a member of staff made for the test."""

    def signed_in(*roles, agency="anhui"):
        with rows() as session:
            name = f"{agency}-{'-'.join(roles)}"
            member = make_staff(session, name, *roles, agency=agency)
            person = Person(name, PASSWORD, actor_of(session, member), member.name)
        return browse().sign_in(person)

    return signed_in


@pytest.mark.parametrize(
    ("role", "path"),
    [
        (Role.INSTALLATION_ADMIN, "/office/agencies/list/"),
        (Role.INSTALLATION_ADMIN, "/office/packages/list/"),
        (Role.INSTALLATION_ADMIN, "/office/imports/list/"),
        (Role.INSTALLATION_ADMIN, "/office/accounts-import/"),
        (Role.INSTALLATION_ADMIN, "/office/health/"),
        (Role.INSTALLATION_ADMIN, "/office/job-runs/list/"),
        (Role.INSTALLATION_ADMIN, "/office/calendar/"),
        (Role.PACKAGE_EDITOR, "/office/calendar/2026/"),
        (Role.AUDITOR, "/office/audit-proof/"),
    ],
)
def test_a_page_opens_for_whom_it_is_meant(sign_in, role, path):
    assert sign_in(role).open(path).heading


def test_an_agencys_hotline_is_changed_and_written_down(sign_in, rows):
    browser = sign_in(Role.INSTALLATION_ADMIN)
    page = browser.open("/office/agencies/edit/1")

    after = browser.press(page, "保存", hotline="0551-99999999")

    assert "0551-99999999" in after.text
    with rows() as session:
        assert session.get_one(Agency, 1).hotline == "0551-99999999"
        act = session.query(AuditEvent).filter_by(act="agency_changed").one()
        assert "0551-99999999" in act.details["changes"]["hotline"]


def test_loading_again_changes_nothing(sign_in):
    browser = sign_in(Role.INSTALLATION_ADMIN)
    page = browser.open("/office/packages/list/")

    after = browser.press(page, "载入较新的版本")

    assert "没有更高的版本" in after.text


def test_a_package_editor_names_a_day_and_takes_it_away(sign_in, rows):
    browser = sign_in(Role.PACKAGE_EDITOR)
    page = browser.open("/office/calendar/")

    named = browser.press(page, "保存这一天", date="2026-12-24", kind="holiday", name="盘点")

    assert "盘点" in named.text
    with rows() as session:
        assert session.query(WorkingDay).filter_by(name_zh="盘点").count() == 1
    form = next(
        form for form in named.soup.select("form")
        if form.select_one("input[name=date][value='2026-12-24']")
    )  # fmt: skip
    browser.send(named, form, {})
    with rows() as session:
        assert session.query(WorkingDay).filter_by(name_zh="盘点").count() == 0


def test_a_file_with_faults_is_shown_line_by_line_and_not_taken(sign_in):
    browser = sign_in(Role.SUPERVISOR)
    page = browser.open("/office/accounts-import/")
    token = page.soup.select_one("input[name=csrf_token]")["value"]

    answer = browser.client.post(
        "/office/accounts-import/look",
        data={"csrf_token": token, "file": (io.BytesIO(b"agency,scheme\nx,y\n"), "a.csv")},
    )

    assert answer.status_code == 200
    assert "暂时不能接收" in answer.text


def test_a_whole_audit_is_said_to_be_whole(sign_in):
    browser = sign_in(Role.AUDITOR)
    page = browser.open("/office/audit-proof/")

    assert "审计记录完整" in browser.press(page, "逐条核对").text


def test_alive_ready_and_numbers_answer(app):
    client = app.test_client()

    assert client.get("/healthz").json == {"status": "alive"}
    ready = client.get("/readyz")
    assert (ready.status_code, ready.json["status"]) == (200, "ready"), ready.json
    assert b"anju_cases" in client.get("/metrics").data


def test_numbers_are_not_for_strangers(app):
    client = app.test_client()

    far = client.get("/metrics", environ_base={"REMOTE_ADDR": "10.1.2.3"})
    through_proxy = client.get("/metrics", headers={"X-Forwarded-For": "10.1.2.3"})

    assert far.status_code == through_proxy.status_code == 404
