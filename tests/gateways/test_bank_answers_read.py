"""Answers and statements of a bank as files: read whole, or refused with line and column."""

import datetime as dt
from decimal import Decimal

import pytest

from app.domain.numbers import bank_reference
from app.gateways.bank import BankState
from app.gateways.bank.csv_batch import CsvBatch
from app.gateways.bank.orders import Advice, Unreadable
from app.gateways.bank.pain001 import Pain001

ONE, TWO = "AJ20261118000000018", "AJ20261118000000026"
PAIN002 = "urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"
CAMT053 = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"


def report(group="PART", lines="", more=""):
    """Return a status report."""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="{PAIN002}"><CstmrPmtStsRpt>
<GrpHdr><MsgId>B1</MsgId><CreDtTm>2026-11-18T12:00:00Z</CreDtTm></GrpHdr>
<OrgnlGrpInfAndSts><OrgnlMsgId>PC202611180001</OrgnlMsgId><OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId>
<OrgnlNbOfTxs>2</OrgnlNbOfTxs><OrgnlCtrlSum>30.00</OrgnlCtrlSum><GrpSts>{group}</GrpSts>{more}</OrgnlGrpInfAndSts>
<OrgnlPmtInfAndSts><OrgnlPmtInfId>PC202611180001</OrgnlPmtInfId>{lines}</OrgnlPmtInfAndSts>
</CstmrPmtStsRpt></Document>""".encode()


def line(
    reference=ONE, status="RJCT", reason="<StsRsnInf><Rsn><Cd>AC04</Cd></Rsn></StsRsnInf>"
):
    """Return what a report says of one payment."""
    return (
        f"<TxInfAndSts><OrgnlEndToEndId>{reference}</OrgnlEndToEndId><TxSts>{status}</TxSts>"
        f"{reason}</TxInfAndSts>"
    )


def entry(amount="10.00", side="DBIT", reference=ONE, more=""):
    """Return one entry of a statement."""
    return (
        f'<Ntry><Amt Ccy="CNY">{amount}</Amt><CdtDbtInd>{side}</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>'
        f"<BookgDt><Dt>2026-11-18</Dt></BookgDt><NtryDtls><TxDtls><Refs><EndToEndId>{reference}"
        f"</EndToEndId></Refs>{more}</TxDtls></NtryDtls></Ntry>"
    )


def balance(code, amount):
    """Return one balance of a statement."""
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>"
        f'<Amt Ccy="CNY">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-11-18</Dt></Dt></Bal>'
    )


def statement(*entries, opening="100.00", closing="90.00", summary=""):
    """Return a day's statement."""
    return (
        f'<Document xmlns="{CAMT053}"><BkToCstmrStmt><GrpHdr><MsgId>S1</MsgId></GrpHdr><Stmt>'
        f"<Id>1</Id><Acct><Id><Othr><Id>340001</Id></Othr></Id></Acct>{balance('OPBD', opening)}"
        f"{balance('CLBD', closing)}{summary}{''.join(entries)}</Stmt></BkToCstmrStmt></Document>"
    ).encode()


def refused(form, data):
    """Return what a file is refused for, and where."""
    with pytest.raises(Unreadable) as why:
        form.read(data)
    return why.value


class TestStatusReports:
    def test_a_part_is_refused_with_its_reason_and_its_place(self):
        said = Pain001().read(report(lines=line() + line(TWO, "ACCP", "")))

        assert (said.about, said.count, said.total) == ("PC202611180001", 2, Decimal("30.00"))
        assert [(one.reference, one.state, one.code) for one in said.lines] == [
            (ONE, BankState.REJECTED, "AC04"), (TWO, BankState.ACCEPTED, "ACCP"),
        ]  # fmt: skip
        assert said.lines[0].line == 6

    @pytest.mark.parametrize(
        ("status", "state"),
        [
            ("RCVD", BankState.ACCEPTED), ("ACSP", BankState.PROCESSING),
            ("ACSC", BankState.PAID), ("ACCC", BankState.PAID), ("XXXX", BankState.UNKNOWN),
        ],
    )  # fmt: skip
    def test_every_status_says_what_it_is(self, status, state):
        assert Pain001().read(report(status)).whole.state is state

    def test_a_refusal_of_the_only_block_refuses_the_batch(self):
        said = Pain001().read(report("PART", lines="<PmtInfSts>RJCT</PmtInfSts>"))

        assert said.whole.state is BankState.REJECTED

    def test_a_number_used_before_is_a_duplicate_whatever_its_code(self):
        reason = "<StsRsnInf><Rsn><Cd>DU01</Cd></Rsn></StsRsnInf>"

        assert Pain001().read(report("RJCT", more=reason)).whole.code == "DUPL"

    def test_a_payment_named_twice_makes_the_file_unreadable(self):
        why = refused(Pain001(), report(lines=line() + line()))

        assert (why.code, why.what, why.line) == ("twice", ONE, 6)


class TestXml:
    @pytest.mark.parametrize(
        "head",
        [
            '<!DOCTYPE a [<!ENTITY x "y">]>',
            '<!DOCTYPE a SYSTEM "file:///etc/passwd">',
            '<!DOCTYPE a [<!ENTITY % x SYSTEM "http://127.0.0.1:9/"> %x;]>',
        ],
    )
    def test_a_document_type_is_refused(self, head):
        text = report().decode().replace("<Document", f"{head}<Document", 1)

        assert refused(Pain001(), text.encode()).code == "dtd"

    @pytest.mark.parametrize("cut", [0, 1, 100, 300, 500, -1])
    def test_half_a_file_is_refused_with_its_place(self, cut):
        why = refused(Pain001(), report(lines=line())[:cut])

        assert why.line >= 1
        assert why.column >= 1

    @pytest.mark.parametrize("alone", [entry(), line(), "<Ntry/>"])
    def test_a_record_without_its_message_is_refused(self, alone):
        assert refused(Pain001(), alone.encode()).line == 1

    def test_a_sum_that_no_account_holds_is_refused(self):
        data = statement(entry("1" + "0" * 17), opening="1" + "0" * 17, closing="0.00")

        assert (refused(Pain001(), data).code, refused(Pain001(), data).line) == ("value", 1)

    def test_a_closing_moment_in_another_zone_is_a_day_in_shanghai(self):
        data = statement(entry()).replace(
            b"<Dt>2026-11-18</Dt></Dt></Bal>", b"<DtTm>2026-11-17T20:00:00Z</DtTm></Dt></Bal>"
        )

        assert f"{Pain001().read(data).day}" == "2026-11-18"

    def test_another_message_is_refused_by_name(self):
        data = report().replace(b"pain.002.001.10", b"pacs.008.001.08")

        assert refused(Pain001(), data).what == "pacs.008.001.08"

    def test_an_advice_is_kept_and_says_nothing(self):
        data = b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.054.001.08"><A><GrpHdr><MsgId>N1</MsgId></GrpHdr></A></Document>'

        assert Pain001().read(data) == Advice("N1")

    def test_depth_and_length_have_an_end(self):
        deep = b"<a>" * 50 + b"</a>" * 50
        long = b"<a>" + b"x" * 30_000 + b"</a>"

        assert refused(Pain001(), deep).code == "not_known"
        assert refused(Pain001(), long).code == "too_long"


class TestStatements:
    def test_a_payment_out_is_positive_and_one_that_came_back_negative(self):
        back = "<RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf>"
        said = Pain001().read(
            statement(entry("30.00"), entry("10.00", "CRDT", more=back), closing="80.00")
        )

        assert [(one.amount, one.code) for one in said.lines] == [
            (Decimal("30.00"), ""), (Decimal("-10.00"), "AC04"),
        ]  # fmt: skip
        assert (said.day, said.closing) == (dt.date(2026, 11, 18), Decimal("80.00"))

    def test_a_fee_carries_the_banks_code_for_fees(self):
        kind = "<BkTxCd><Domn><Cd>ACMT</Cd><Fmly><Cd>MDOP</Cd><SubFmlyCd>CHRG</SubFmlyCd></Fmly></Domn></BkTxCd>"
        fee = entry().replace("<NtryDtls>", f"{kind}<NtryDtls>").replace(ONE, "")

        [line] = Pain001().read(statement(fee)).lines

        assert (line.reference, line.amount, line.code) == ("", Decimal("10.00"), "CHRG")

    def test_money_in_from_others_is_in_the_balance_and_no_line(self):
        said = Pain001().read(statement(entry("7.00", "CRDT", "INVOICE-1"), closing="107.00"))

        assert said.lines == ()

    def test_a_statement_whose_balances_differ_from_its_entries_is_refused(self):
        assert refused(Pain001(), statement(entry("10.01"))).code == "total"

    def test_a_wrong_number_of_entries_is_refused(self):
        summary = "<TxsSummry><TtlNtries><NbOfNtries>2</NbOfNtries></TtlNtries></TxsSummry>"

        assert refused(Pain001(), statement(entry(), summary=summary)).code == "count"

    def test_a_batch_booked_as_one_sum_shows_its_payments(self):
        parts = "".join(
            f"<TxDtls><Refs><EndToEndId>{name}</EndToEndId></Refs>"
            f'<Amt Ccy="CNY">5.00</Amt></TxDtls>'
            for name in (ONE, TWO)
        )
        data = statement(entry()).replace(
            b"<TxDtls><Refs><EndToEndId>" + ONE.encode() + b"</EndToEndId></Refs></TxDtls>",
            parts.encode(),
        )

        assert [one.reference for one in Pain001().read(data).lines] == [ONE, TWO]


def table(*rows):
    """Return a file of rows as GB18030."""
    return "\r\n".join(rows).encode("gb18030")


HEAD = "H,ANJU-HP1,HP1,PC202611180001,2,30.00,,,"
BACK = bank_reference(dt.date(2026, 11, 18), 3)
LONG_AGO = "H,ANJU-DZ1,DZ1,340001,0001-01-01,100.00,90.00"


class TestTables:
    def test_an_answer_names_what_became_of_each_payment(self):
        said = CsvBatch().read(
            table(HEAD, f"D,1,{ONE},10.00,0,,", f"D,2,{TWO},20.00,1,AC04,已销户", "T,2,30.00")
        )

        assert [(one.state, one.code, one.text) for one in said.lines] == [
            (BankState.PAID, "", ""), (BankState.REJECTED, "AC04", "已销户"),
        ]  # fmt: skip
        assert (said.about, said.count, said.whole) == ("PC202611180001", 2, None)

    def test_a_days_statement_has_balances_that_agree(self):
        rows = (
            f"D,1,{ONE},10.00,𠮷野,6217,12:00:00,",
            f"D,2,{TWO},-4.00,张三,6217,13:00:00,AC04",
        )
        said = CsvBatch().read(
            table("H,ANJU-DZ1,DZ1,340001,2026-11-18,100.00,94.00", *rows, "T,2,6.00")
        )

        assert [(one.amount, one.code) for one in said.lines] == [
            (Decimal("10.00"), ""), (Decimal("-4.00"), "AC04"),
        ]  # fmt: skip
        assert said.lines[0].payee_name == "𠮷野"

    def test_other_money_in_counts_for_the_balance_only(self):
        rows = (
            f"D,1,{ONE},10.00,张三,6217,12:00:00,",
            "D,2,TOPUP1,-500.00,某单位,3400,12:30:00,",
            "D,3,0042,-0.31,,,12:40:00,INTR",
            f"D,4,{BACK},-4.00,张三,6217,13:00:00,",
            "D,5,0043,-7.00,张三,6217,13:00:00,AC04",
            "D,6,0044,-8.00,张三,6217,13:00:00,RRTN",
            "D,7,0045,9.00,水电费,3400,13:00:00,",
        )
        said = CsvBatch().read(
            table("H,ANJU-DZ1,DZ1,340001,2026-11-18,100.00,600.31", *rows, "T,7,-500.31")
        )

        assert [one.reference for one in said.lines] == [ONE, BACK, "0043", "0044", "0045"]
        assert (said.opening, said.closing) == (Decimal("100.00"), Decimal("600.31"))

    @pytest.mark.parametrize(
        ("rows", "code", "line", "column"),
        [
            ((HEAD, f"D,1,{ONE},10.00,0,,"), "missing", 2, 1),
            ((HEAD, f"D,1,{ONE},10.00,0,,", "T,2,10.00"), "count", 3, 2),
            ((HEAD, f"D,1,{ONE},10.00,0,,", "T,1,10.01"), "total", 3, 3),
            ((HEAD, f"D,2,{ONE},10.00,0,,", "T,1,10.00"), "count", 2, 2),
            ((HEAD, f"D,1,{ONE},ten,0,,", "T,1,10.00"), "value", 2, 4),
            ((HEAD, f"D,1,{ONE},10.00,9,,", "T,1,10.00"), "value", 2, 5),
            ((HEAD, f"D,1,{ONE},5,0,,", f"D,2,{ONE},5,0,,", "T,2,10"), "twice", 3, 3),
            (("H,XX",), "not_known", 1, 2),
            ((HEAD, 'D,1,"AJ'), "syntax", 2, 1),
            ((LONG_AGO, "D,1,x,10.00,n,6217,00:00:00,", "T,1,10.00"), "value", 1, 5),
        ],
    )
    def test_a_table_that_is_not_whole_is_refused_at_its_cell(self, rows, code, line, column):
        why = refused(CsvBatch(), table(*rows))

        assert (why.code, why.line, why.column) == (code, line, column)

    def test_bytes_that_are_no_gb18030_are_refused_at_their_place(self):
        why = refused(CsvBatch(), table(HEAD, "D,1,") + b"\xff\xff")

        assert (why.code, why.line, why.column) == ("syntax", 2, 5)
