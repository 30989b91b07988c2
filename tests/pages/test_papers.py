"""Papers that leave the hall: who gets a receipt, and what the check of it tells a stranger."""

import datetime as dt
import io
import re
import zipfile
from pathlib import Path

import pypdfium2
import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup

from app.anju_verify import Checker
from app.domain.terms import PayoutStatus, Role
from app.extensions import db
from app.jobs.dossiers import make_dossiers
from app.jobs.money_days import close_all
from app.jobs.payouts import run_payouts
from app.models import Applicant, AuditEvent, MoneyDay, Payout, Receipt
from tests.factories import NOON, make_account
from tests.money import PaperBank, make_approved


@pytest.fixture
def paid(app, rows, people, clock):
    """Ana's paid case: its key, and the check code of its receipt."""
    with rows() as session:
        chen, dai, ana = (people[who].actor for who in ("chen", "dai", "ana"))
        account = make_account(session, session.get_one(Applicant, ana.applicant_id), 90_000)
        case = make_approved(session, chen, dai, account=account)
        run_payouts(PaperBank(clock), now=NOON)
        return case.id, session.scalar(sa.select(Receipt.check_code))


def main_of(page):
    return re.sub(r"\s+", " ", page.soup.main.get_text())


@pytest.mark.whole
def test_the_applicant_saves_the_receipt_from_the_case(paid, browse, rows):
    browser = browse("ana")
    page = browser.open(f"/hall/progress/{paid[0]}/")
    [link] = page.soup.select("a[href$=receipt]")

    answer = browser.client.get(link["href"])

    assert answer.mimetype == "application/pdf"
    assert answer.headers["Cache-Control"] == "private, no-store"
    with pypdfium2.PdfDocument(answer.data) as document:
        assert "伍仟元整" in document[0].get_textpage().get_text_range()
    with rows() as session:
        acts = session.scalars(
            sa.select(AuditEvent.act).where(AuditEvent.act == "receipt_taken")
        )
        assert acts.all() == ["receipt_taken"]


@pytest.mark.whole
def test_nobody_else_gets_it(paid, browse, staff):
    place = f"/hall/papers/{paid[0]}/receipt"
    assert browse("bo").client.get(place).status_code == 404
    assert browse().client.get(place).status_code == 302
    desk = f"/desk/papers/{paid[0]}/receipt"
    assert staff("far", Role.AUDITOR, agency="liaoning").client.get(desk).status_code == 404
    assert staff("pay", Role.PAYER).client.get(desk).status_code == 403
    assert staff("eve", Role.AUDITOR).client.get(desk).mimetype == "application/pdf"


@pytest.mark.whole
def test_an_applicant_has_the_file_made_and_saves_it(paid, browse, rows, app):
    browser = browse("ana")
    page = browser.open(f"/hall/papers/{paid[0]}/")
    page = browser.press(page, "生成案卷")
    assert page.soup.select_one("progress")
    assert browser.client.get(page.url).headers["Refresh"]

    with app.app_context():
        assert make_dossiers(now=NOON) == 1
    page = browser.open(f"/hall/papers/{paid[0]}/")
    [link] = page.soup.select("a[href*=dossier]")
    answer = browser.client.get(link["href"])

    assert "Refresh" not in browser.client.get(page.url).headers
    assert zipfile.ZipFile(io.BytesIO(answer.data)).testzip() is None
    assert int(answer.headers["Content-Length"]) == len(answer.data)
    assert browse("bo").client.get(link["href"]).status_code == 404


@pytest.mark.whole
def test_staff_give_a_reason_and_only_oversight_is_asked_for_one(paid, staff, app):
    place = f"/desk/papers/{paid[0]}/"
    reviewer = staff("ray", Role.FIRST_REVIEWER).open(place)
    assert not reviewer.soup.select("form[action$=dossier]")

    browser = staff("eve", Role.AUDITOR)
    page = browser.press(browser.open(place), "生成案卷", status=422, reason="")
    assert "请写明理由" in main_of(page)
    page = browser.press(page, "生成案卷", reason="年度内部审计抽查")
    assert "年度内部审计抽查" in main_of(page)


@pytest.mark.whole
def test_an_auditor_keeps_days_and_chain_of_the_own_agency(paid, staff, app, clock, tmp_path):
    clock.set(NOON + dt.timedelta(days=1))
    with app.app_context():
        close_all(now=clock())
        db.session.remove()
    browser = staff("eve", Role.AUDITOR)
    page = browser.open("/office/money-days/")
    names = []
    for link in page.soup.select("a[href$=copy], a[href$=chain]"):
        answer = browser.client.get(link["href"])
        names.append(tmp_path / answer.headers["Content-Disposition"].split("=")[1])
        names[-1].write_bytes(answer.data)

    day = f"anju-money-anhui-{NOON.date()}.jsonl.gz"
    assert {one.name for one in names} == {day, "anju-chain-anhui.jsonl"}
    assert [holds for holds, _ in Checker().all([*map(str, names)])] == [True, True]
    assert (
        len(staff("sue", Role.AUDITOR, agency="liaoning").open(page.url).soup.select("tbody"))
        == 0
    )
    for role in (Role.SUPERVISOR, Role.PAYER):
        assert staff(f"a{role}", role).client.get(page.url).status_code == 403


@pytest.mark.whole
def test_a_receipt_whose_proof_is_gone_has_a_sentence(paid, browse, staff, app, clock):
    clock.set(NOON + dt.timedelta(days=1))
    with app.app_context():
        close_all(now=clock())
        key = db.session.scalar(sa.select(MoneyDay.storage_key))
        db.session.remove()
    file = Path(app.config["STORAGE_URL"].removeprefix("file://")) / key
    sentence = "本凭证的日结证明文件暂时无法读取"

    file.write_bytes(b"no file of a day")
    ana = browse("ana")
    page = ana.open(f"/hall/papers/{paid[0]}/receipt")
    assert sentence in page.text
    file.unlink()
    eve = staff("eve", Role.AUDITOR)
    assert sentence in eve.open(f"/desk/papers/{paid[0]}/receipt").text
    ana.press(page, "生成案卷")
    with app.app_context():
        assert make_dossiers(now=clock()) == 0


def test_whoever_holds_the_code_sees_that_it_is_genuine_and_masked(paid, browse, people):
    page = browse().open(f"/check/{paid[1]}")

    text = main_of(page)
    assert "回单属实" in text
    assert "5,000.00" in text
    assert "人民币伍仟元整" in text
    assert people["ana"].actor.name not in text


def test_a_typed_code_with_spaces_leads_to_the_same_page(paid, browse):
    code = paid[1]
    answer = browse().client.get("/check/", query_string={"code": f" {code[:5]} {code[5:]} "})

    assert answer.headers["Location"].endswith(f"/check/{code}")


def test_money_that_came_back_makes_it_void(paid, browse, rows):
    with rows() as session:
        session.execute(sa.update(Payout).values(status=PayoutStatus.RETURNED))

    assert "已作废" in main_of(browse().open(f"/check/{paid[1]}"))


def test_a_receipt_that_differs_from_its_payment_is_not_confirmed(paid, browse, rows):
    with rows() as session:
        session.execute(sa.text("DROP TRIGGER receipt_no_update"))
        session.execute(sa.text("UPDATE receipt SET facts = replace(facts, '*', '陈')"))

    text = main_of(browse().open(f"/check/{paid[1]}"))

    assert "未能核实" in text
    assert "回单属实" not in text
    assert "5,000.00" not in text


def test_unknown_codes_have_one_answer_and_are_soon_refused(paid, browse):
    browser = browse()
    answers = [browser.client.get(f"/check/{code}") for code in ("a" * 27, "1", "..%2Fetc")]
    said = {BeautifulSoup(answer.data, "html.parser").main.get_text() for answer in answers[:2]}

    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert len(said) == 1
    for _ in range(10):
        last = browser.client.get(f"/check/{'b' * 27}")
    assert last.status_code == 429
    assert browser.client.get(f"/check/{paid[1]}").status_code == 429
