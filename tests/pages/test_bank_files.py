"""The page of bank files: one person brings a file, another confirms it, each download is known."""

import io
import shutil

import pytest
import sqlalchemy as sa

from app import outside
from app.domain.policy import WORKER
from app.domain.terms import PayoutStatus, Role
from app.gateways.bank.ways import FORMS
from app.jobs.paying import pay_all
from app.models import Agency, AuditEvent, BankFile, Payout
from app.services.accounting import verification
from app.services.paying import bank_arrivals
from tests.factories import NOON
from tests.money import make_approved

PATH = "/desk/bank-files/"


@pytest.fixture
def order(app, rows, chen, dai):
    """A batch of one payment that was put out as a table: its number, sum and reference."""
    with rows() as session:
        agency = session.scalar(sa.select(Agency).where(Agency.code == "anhui"))
        agency.pays_by = "csv"
        make_approved(session, chen, dai, amount=5000)
        pay_all(now=NOON)
        file, payout = session.scalar(sa.select(BankFile)), session.scalar(sa.select(Payout))
        found = file.id, file.message_id, payout.bank_reference
        folder = outside.bank(agency).folder.root
    yield found
    shutil.rmtree(folder, ignore_errors=True)


def send(browser, data, name="hp.csv"):
    """Send a file over the page's form."""
    page = browser.open(PATH)
    form = page.soup.select_one('form[enctype="multipart/form-data"]')
    fields = {one["name"]: one["value"] for one in form.select('input[type="hidden"]')}
    return browser.client.post(
        form["action"], data=fields | {"file": (io.BytesIO(data), name)}, follow_redirects=True
    )


def answer(number, reference, amount="5000.00"):
    """Return the bank's answer: paid."""
    return (
        f"H,ANJU-HP1,HP1,{number},1,{amount},,,\r\nD,1,{reference},{amount},0,,\r\nT,1,{amount}"
    ).encode()


def test_what_one_person_brings_another_confirms_and_the_run_works_in(
    app, rows, order, sign_in
):
    _, number, reference = order
    payer, releaser = sign_in(Role.PAYER), sign_in(Role.RELEASER)
    brought = send(payer, answer(number, reference))
    with rows():
        pay_all(now=NOON)
    with rows() as session:
        assert session.scalar(sa.select(Payout.status)) is PayoutStatus.SENT

    confirmed = releaser.press(releaser.open(PATH), "确认并处理")
    with rows():
        pay_all(now=NOON)

    assert "等另一人确认" in brought.text
    assert "已确认" in confirmed.text
    with rows() as session:
        assert session.scalar(sa.select(Payout.status)) is PayoutStatus.PAID
        assert [*verification.verify(session)] == []


def test_a_file_that_is_not_whole_is_refused_by_line_and_column(rows, order, sign_in):
    _, number, reference = order

    page = send(sign_in(Role.PAYER), answer(number, reference)[:-1] + b"9")

    assert page.status_code == 422
    assert "第 3 行第 3 列" in page.text
    with rows() as session:
        kept = session.scalar(sa.select(BankFile).where(BankFile.kind == "refused"))
        assert kept.problem


def test_a_refused_file_changes_nothing_and_says_why(rows, order, sign_in):
    _, number, reference = order
    send(sign_in(Role.PAYER), answer(number, reference))
    releaser = sign_in(Role.RELEASER)

    page = releaser.press(releaser.open(PATH), "不予接收", reason="与银行电话核对不符")

    assert "与银行电话核对不符" in page.text
    with rows() as session:
        assert session.scalar(sa.select(Payout.status)) is PayoutStatus.SENT


def test_a_statement_that_waits_says_which_balance_it_does_not_follow(rows, order, sign_in):
    with rows() as session:
        agency = session.scalar(sa.select(Agency).where(Agency.code == "anhui"))
        for day, balance in (("2026-11-15", "100.00"), ("2026-11-17", "90.00")):
            head = f"H,ANJU-DZ1,{day},{agency.payer_account},{day},{balance},{balance}"
            bank_arrivals.take(
                session, agency, f"{day}.csv", f"{head}\r\nT,0,0.00".encode(),
                form=FORMS["csv"], actor=WORKER, now=NOON,
            )  # fmt: skip

    page = sign_in(Role.AUDITOR).open(PATH)

    assert page.text.count("2026-11-15 的期末余额（100.00 元）不衔接") == 1


def test_two_people_put_a_wrong_statement_aside(rows, order, sign_in):
    with rows() as session:
        agency = session.scalar(sa.select(Agency).where(Agency.code == "anhui"))
        head = f"H,ANJU-DZ1,1,{agency.payer_account},2026-11-17,1.00,1.00"
        bank_arrivals.take(
            session, agency, "dz.csv", f"{head}\r\nT,0,0.00".encode(),
            form=FORMS["csv"], actor=WORKER, now=NOON,
        )  # fmt: skip
    payer, releaser = sign_in(Role.PAYER), sign_in(Role.RELEASER)

    asked = payer.press(payer.open(PATH), "申请搁置", reason="期初余额有误")
    done = releaser.press(releaser.open(PATH), "确认搁置")

    assert "期初余额有误" in asked.text
    assert "已记录。两人确认搁置的对账单不再比对。" in done.text
    assert releaser.open(PATH).text.count("已搁置") == 1
    with rows() as session:
        file = session.scalar(sa.select(BankFile).where(BankFile.kind == "statement"))
        assert file.problem == "期初余额有误"


def test_every_download_is_written_down(rows, order, sign_in):
    key, number, _ = order

    got = sign_in(Role.PAYER).client.get(f"{PATH}{key}/file")

    assert number.encode() in got.data
    assert got.headers["Content-Disposition"].startswith("attachment")
    with rows() as session:
        [act] = session.scalars(
            sa.select(AuditEvent).where(AuditEvent.act == "bank_file_handed_out")
        )
        assert act.object_id == str(key) or act.object_id == key


def test_full_accounts_are_in_nobody_elses_hands(order, sign_in):
    visitors = (
        (Role.AUDITOR, "anhui", 403), (Role.PAYER, "liaoning", 404),
        (Role.FIRST_REVIEWER, "anhui", 403),
    )  # fmt: skip

    for role, agency, status in visitors:
        assert (
            sign_in(role, agency=agency).client.get(f"{PATH}{order[0]}/file").status_code
            == status
        )
