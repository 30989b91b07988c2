"""The office: agencies, packages, calendar, import of accounts, proof of the audit, health."""

import hashlib
import io
import re
import shutil
from decimal import Decimal

import pytest
from bs4 import BeautifulSoup

from app.domain.terms import Role
from app.models import Account, AccountFile, Agency, AuditEvent, ImportBatch, Staff, WorkingDay
from app.packages.reader import PACKAGES
from tests.factories import (
    PASSWORD,
    make_account,
    make_applicant,
    make_id_number,
)


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


GOOD_FILE = (
    "agency,scheme,id_type,id_number,name,account_number,employer,opened_on,state,balance\n"
    "{agency},subsidy,resident_id_card,{number},林知夏,A1,示例公司,2015-03-01,01,1000.50\n"
    "#TRAILER,1,1000.50\n"
)


def look(browser, agency="anhui", id_number=None):
    """Send a right file to be looked at; return the page of the answer and a token."""
    page = browser.open("/office/accounts-import/")
    token = page.soup.select_one("input[name=csrf_token]")["value"]
    data = GOOD_FILE.format(agency=agency, number=id_number or make_id_number()).encode()
    answer = browser.client.post(
        "/office/accounts-import/look",
        data={"csrf_token": token, "file": (io.BytesIO(data), "accounts.csv")},
    )
    return BeautifulSoup(answer.data, "html.parser"), token


@pytest.fixture
def bring(rows):
    """Look at a file and hand it on; return the key under which it waits."""

    def brought(browser, id_number=None):
        seen, token = look(browser, id_number=id_number)
        sha256 = seen.select_one("input[name=sha256]")["value"]
        answer = browser.client.post(
            "/office/accounts-import/take",
            data={"csrf_token": token, "sha256": sha256, "name": "accounts.csv"},
        )
        assert answer.status_code == 302
        with rows() as session:
            assert session.query(Account).count() == 0
            return session.query(AccountFile).one().id

    return brought


def test_a_file_is_brought_by_one_and_posted_by_another(sign_in, rows, bring):
    supervisor = sign_in(Role.SUPERVISOR)
    key = bring(supervisor)
    mine = supervisor.open("/office/accounts-import/")
    assert "由另一位工作人员入账" in mine.text
    assert not mine.soup.select(f"form[action$='{key}/post']")
    releaser = sign_in(Role.RELEASER)
    page = releaser.open("/office/accounts-import/")
    assert "1,000.50" in page.text
    assert not page.soup.select("input[type=file]")
    data = releaser.client.get(f"/office/accounts-import/{key}/file").data

    done = releaser.press(page, "确认开户入账")

    assert "已接收 1 个账户" in done.text
    with rows() as session:
        assert session.query(Account).one().available == Decimal("1000.50")
        batch, file = session.query(ImportBatch).one(), session.get_one(AccountFile, key)
        assert (file.batch_id, file.sha256) == (batch.id, hashlib.sha256(data).hexdigest())
    assert "accounts.csv" in releaser.open("/office/imports/list/").text


def test_a_file_is_refused_with_a_reason(sign_in, rows, bring):
    key = bring(sign_in(Role.SUPERVISOR))
    releaser = sign_in(Role.RELEASER)
    page = releaser.open("/office/accounts-import/")

    again = releaser.press(page, "不予接收", 422)
    assert "请写明理由" in again.text
    releaser.press(again, "不予接收", reason="总额与移交清单不符")

    with rows() as session:
        assert session.get_one(AccountFile, key).refused_why == "总额与移交清单不符"
        assert session.query(Account).count() == 0


def test_posting_takes_a_fresh_proof(sign_in, rows, bring, clock):
    bring(sign_in(Role.SUPERVISOR))
    releaser = sign_in(Role.RELEASER)
    clock.pass_by(minutes=11)
    page = releaser.open("/office/accounts-import/")

    asked = releaser.press(page, "确认开户入账", 403)
    with rows() as session:
        assert session.query(Account).count() == 0
    releaser.press(asked, "确认并继续", again_password=PASSWORD)

    with rows() as session:
        assert session.query(Account).count() == 1


def test_nobody_posts_a_file_with_an_own_account(sign_in, rows, bring):
    releaser = sign_in(Role.RELEASER)
    with rows() as session:
        own = session.query(Staff).filter(Staff.name == "anhui-releaser").one().id_number
    bring(sign_in(Role.SUPERVISOR), id_number=own)

    page = releaser.press(releaser.open("/office/accounts-import/"), "确认开户入账", 403)

    assert "您本人或提交人本人的账户" in page.text
    with rows() as session:
        assert session.query(Account).count() == 0


def test_a_fault_that_came_up_since_is_shown_by_line(sign_in, rows, bring):
    bring(sign_in(Role.SUPERVISOR))
    with rows() as session:
        make_account(session, make_applicant(session)).number = "A1"
    releaser = sign_in(Role.RELEASER)

    page = releaser.press(releaser.open("/office/accounts-import/"), "确认开户入账", 422)

    assert "账号已存在" in page.text
    assert "没有入账" in page.text


def test_a_file_of_another_agency_is_refused(sign_in):
    seen, _token = look(sign_in(Role.SUPERVISOR, agency="liaoning"))

    assert "暂时不能接收" in seen.get_text()
    assert not seen.select_one("input[name=sha256]")


def test_nobody_takes_a_file_that_somebody_else_looked_at(sign_in, rows):
    mine, _token = look(sign_in(Role.SUPERVISOR))
    other = sign_in(Role.SUPERVISOR, Role.PACKAGE_EDITOR)
    page = other.open("/office/accounts-import/")
    token = page.soup.select_one("input[name=csrf_token]")["value"]
    sha256 = mine.select_one("input[name=sha256]")["value"]

    other.client.post(
        "/office/accounts-import/take", data={"csrf_token": token, "sha256": sha256}
    )

    with rows() as session:
        assert session.query(AccountFile).count() == 0


def test_a_package_with_faults_is_shown_line_by_line_and_not_loaded(sign_in, app, tmp_path):
    shutil.copytree(PACKAGES, tmp_path / "packages")
    folder = tmp_path / "packages" / "anhui_subsidy"
    title = folder / "package.csv"
    newer = re.sub(
        r"^anhui_subsidy,\d+", "anhui_subsidy,99", title.read_text("utf-8"), flags=re.M
    )
    title.write_text(newer, encoding="utf-8")
    reasons = folder / "reasons.csv"
    reasons.write_text(
        reasons.read_text(encoding="utf-8").replace("GMZF,", "gmzf!,", 1), encoding="utf-8"
    )
    app.config["ANJU_PACKAGES"] = tmp_path / "packages"
    browser = sign_in(Role.INSTALLATION_ADMIN)

    answer = browser.press(browser.open("/office/packages/list/"), "载入较新的版本")

    del app.config["ANJU_PACKAGES"]
    assert "没有载入任何内容" in answer.text
    assert "reasons.csv" in answer.text
