"""Receipts: given once a payment, printed with a code, proven by whoever has the paper."""

import datetime as dt
import json
import subprocess
import sys
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pypdfium2
import pytest
import sqlalchemy as sa

from app import anju_verify, outside
from app.domain.errors import NotAllowed
from app.gateways.paper import fonts_there
from app.gateways.paper.receipt_pdf import code_of, receipt_pdf
from app.jobs.money_days import close_all
from app.jobs.payouts import run_payouts
from app.models import AuditEvent, Bank, Receipt
from app.services.paying import payments, receipt_proof, receipts
from app.services.records import money_days
from tests.factories import NOON, make_account, make_applicant
from tests.money import PaperBank, make_approved

ADDRESS = "https://hall.example.cn"
ONE_DAY = dt.timedelta(days=1)
AMOUNT = Decimal("107000.53")
RARE = "𠮷·买买提"


@pytest.fixture
def case(session, chen, dai, clock):
    """A case of somebody with a rare name, paid at noon."""
    holder = make_applicant(session, RARE)
    account = make_account(session, holder, 200_000)
    made = make_approved(
        session, chen, dai, account=account, amount=AMOUNT, payee_name="𠮷·买买提"
    )
    run_payouts(PaperBank(clock), now=NOON)
    session.expire_all()
    return made


@pytest.fixture
def receipt(session, case):
    """The receipt of the case."""
    return session.scalars(sa.select(Receipt)).one()


def printed(session, receipt):
    return receipts.printed(session, receipt, storage=outside.storage(), address=ADDRESS)


def text_of(pdf):
    with pypdfium2.PdfDocument(pdf) as document:
        return document[0].get_textpage().get_text_range()


def verified(*files):
    """Run the verifier as anybody would who has nothing but Python."""
    script = Path(anju_verify.__file__)
    ran = subprocess.run(
        [sys.executable, "-I", "-S", script, *files], capture_output=True, text=True, timeout=30
    )
    return ran.returncode, ran.stdout + ran.stderr


@pytest.mark.both
def test_a_payment_has_one_receipt_whatever_comes_twice(session, case, receipt):
    payout = case.payouts[-1]
    payments.pay(session, payout, now=NOON + ONE_DAY)

    assert receipts.issue(session, payout, now=NOON + ONE_DAY).id == receipt.id
    assert session.scalar(sa.select(sa.func.count(Receipt.id))) == 1
    assert len(receipt.check_code) * 4.954 >= 128
    facts = receipts.facts_of(receipt)
    assert facts["amount"] == "107000.53"
    assert facts["entry"] == f"paid-{payout.id}-{payout.fence}"
    assert RARE not in receipt.facts


def test_the_paper_says_sum_capitals_and_rare_characters(session, receipt):
    text = text_of(receipt_pdf(printed(session, receipt)))

    assert "¥ 107,000.53" in text
    assert "人民币壹拾万柒仟元零伍角叁分" in text
    assert "𠮷***提" in text
    assert "临时回单" in text
    assert receipt.number in text
    assert "住 房 货 币 化 补 贴 支 取 回 单" in text
    assert "本回单可在线验证" in text
    assert "电子回单专用章" in text


def test_the_paper_says_who_paid_and_whether_the_agency_is_a_specimen(session, case, receipt):
    paper, agency = printed(session, receipt), case.agency

    assert paper.facts["payer"] == agency.payer_name
    assert paper.facts["payer_card"] == f"**** {agency.payer_account[-4:]}"
    assert paper.title == "住房货币化补贴支取回单"
    assert (paper.state, paper.is_specimen, paper.hotline) == ("open", True, agency.hotline)
    facts = {name: said for name, said in paper.facts.items() if name != "payer"}
    assert replace(paper, twin=paper.twin | {"facts": facts}).said("payer") == agency.name_zh


def test_a_closed_day_makes_it_final_and_prints_the_root(session, receipt):
    close_all(now=NOON + ONE_DAY)

    text = text_of(receipt_pdf(printed(session, receipt)))

    assert "本回单为最终回单" in text
    assert money_days.day_of_receipt(session, receipt).root in text


@pytest.mark.whole
def test_the_code_on_the_paper_is_that_of_the_address(session, receipt):
    paper = printed(session, receipt)
    with pypdfium2.PdfDocument(receipt_pdf(paper)) as document:
        page = document[0].render(scale=4).to_pil().convert("1")
    matrix = code_of(f"{ADDRESS}/check/{receipt.check_code}").matrix
    dark = page.crop((0, 0, page.width // 3, page.height)).point(lambda value: value)
    top = next(
        y for y in range(page.height // 3, page.height - 8)
        if all(sum(dark.getpixel((x, y + on)) == 0 for x in range(204, 240)) > 25
               for on in (0, 8))
    )  # fmt: skip
    side = 34 / 25.4 * 72 * 4 / len(matrix)
    found = [
        [int(page.getpixel((int(204.1 + (x + 0.5) * side), int(top + (y + 0.5) * side))) == 0)
         for x in range(len(matrix))]
        for y in range(len(matrix))
    ]  # fmt: skip

    assert found == [[int(cell) for cell in row] for row in matrix]


def test_a_character_no_font_has_is_printed_by_its_number(monkeypatch):
    monkeypatch.setattr(fonts_there, "whole", lambda: None)

    assert fonts_there.spelled("𠮷·𱁬") == ("𠮷·〔U+3106C〕", False)


def test_the_verifier_proves_paper_and_day_with_nothing_but_python(session, receipt, tmp_path):
    close_all(now=NOON + ONE_DAY)
    paper, day = tmp_path / "receipt.pdf", tmp_path / "day.jsonl.gz"
    paper.write_bytes(receipt_pdf(printed(session, receipt)))
    kept = money_days.day_of_receipt(session, receipt)
    day.write_bytes(outside.storage().get(kept.storage_key))

    code, said = verified(day, paper)

    assert code == 0, said
    assert kept.root in said
    assert verified(paper)[0] == 0
    assert verified("--root", kept.root, paper)[0] == 0
    assert verified("--root", "ab" * 32, paper)[0] == 1


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda twin: twin["facts"].update(amount="907000.53"), "what it says was changed"),
        (lambda twin: twin["proof"].update(way=[]), "does not belong to the day"),
        (lambda twin: twin["proof"]["day"].update(root="ab" * 32), "the root of 2026-11-18"),
        (lambda twin: twin["proof"]["day"].update(day="2026-11-17"), "the root of 2026-11-17"),
        (lambda twin: twin.update(proof=None), "not proven yet"),
    ],
)
def test_a_receipt_that_was_changed_is_named(session, receipt, tmp_path, change, named):
    close_all(now=NOON + ONE_DAY)
    twin = json.loads(json.dumps(printed(session, receipt).twin))
    file = tmp_path / "receipt.json"
    change(twin)
    file.write_text(json.dumps(twin))

    holds, line = next(iter(anju_verify.Checker().all([str(file)])))

    assert not holds
    assert named in line


def unguard(session):
    """Let receipts be changed, as somebody with the database in hand could."""
    on = " ON receipt" if session.get_bind().dialect.name == "postgresql" else ""
    session.execute(sa.text(f"DROP TRIGGER receipt_no_update{on}"))


@pytest.mark.both
@pytest.mark.parametrize(
    ("name", "forged"),
    [
        ("payee", "王*五"), ("bank", "招商银行"), ("bank", ""), ("card", "**** 9999"),
        ("paid_on", "2026-01-01"), ("check", "ab" * 32), ("entry", "paid-99-1"),
        ("capitals", "玖仟元整"), ("interest", "1.00"), ("case", "BT1"), ("kind", "销户"),
        ("approved_on", "2026-01-01"), ("bank_reference", "AJ1"), ("number", "HD1"),
    ],
)  # fmt: skip
def test_a_fact_that_is_not_the_payments_is_named(session, case, receipt, name, forged):
    assert [*receipt_proof.verify(session)] == []
    facts = receipts.facts_of(receipt)
    assert facts.get(name) != forged
    unguard(session)
    receipt.facts = anju_verify.canonical(facts | {name: forged})
    session.commit()

    [named] = receipt_proof.verify(session)

    assert (named.code, named.row_id) == ("receipt_differs", receipt.id)
    assert not receipt_proof.is_confirmed(session, receipt)


@pytest.mark.parametrize("facts", ["", "[]", "{}"])
def test_facts_that_cannot_be_read_are_named(session, receipt, facts):
    unguard(session)
    receipt.facts = facts
    session.commit()

    assert len([*receipt_proof.verify(session)]) == 1


def test_a_bank_that_was_renamed_since_is_no_other_bank(session, case, receipt):
    bank = session.scalars(
        sa.select(Bank).where(Bank.code == case.payouts[-1].payee_bank_code)
    ).one()
    bank.short_name_zh = "新名银行"
    session.commit()

    assert receipt_proof.is_confirmed(session, receipt)


@pytest.mark.whole
def test_a_receipt_of_money_that_came_back_is_void(session, case, receipt):
    payments.bounce(session, case.payouts[-1], "AC04", "", now=NOON + ONE_DAY)

    assert receipts.is_superseded(receipt)
    text = text_of(receipt_pdf(printed(session, receipt)))
    assert "本回单作废" in text
    assert "作废 Void" in text
    assert "专用章" not in text
    assert "最终回单" not in text


@pytest.mark.parametrize("typed", ["", "abc", "a" * 27, "é" * 27, "%" * 500])
def test_a_code_that_is_none_finds_nothing(session, receipt, typed):
    assert receipts.find_by_code(session, typed) is None


def test_a_code_is_found_however_it_is_typed(session, receipt):
    code = receipt.check_code.upper()
    assert receipts.find_by_code(session, f" {code[:5]} {code[5:]}-").id == receipt.id


def test_only_the_applicant_and_the_agency_take_it_and_it_is_written(
    session, case, receipt, bo, chen, people
):
    stranger = people["bo"].actor
    with pytest.raises(NotAllowed):
        receipts.take_own(session, case.id, actor=stranger, now=NOON)
    with pytest.raises(NotAllowed):
        receipts.take(session, case.id, actor=stranger, now=NOON)

    assert receipts.take(session, case.id, actor=chen, now=NOON).id == receipt.id
    acts = session.scalars(sa.select(AuditEvent.act).where(AuditEvent.act == "receipt_taken"))
    assert acts.all() == ["receipt_taken"]
