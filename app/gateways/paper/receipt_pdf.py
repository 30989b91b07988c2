"""A receipt as PDF: Chinese with rare characters, a code to check it, its JSON twin attached."""

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import segno

from app.domain.signs import grouped
from app.domain.workdays import local_date
from app.gateways.paper import marks
from app.gateways.paper.pen import GREY, INK, LEFT, WIDTH, Pen

SUBTITLE = "Withdrawal receipt"
PARTIES = (
    (("付", "款", "人"), "Payer",
     (("payer", "户名", "Name"), ("payer_card", "账号", "Account"), ("payer_bank", "开户银行", "Bank"))),
    (("收", "款", "人"), "Payee",
     (("payee", "户名", "Name"), ("card", "账号", "Account"), ("bank", "开户银行", "Bank"))),
)  # fmt: skip
"""Who paid whom: their names among the facts, their labels."""

PAIRS = (
    (("service", "业务", "Service"), ("reason", "{word}原因", "Reason")),
    (("kind", "{word}类型", "Kind"), ("case", "业务流水号", "Application")),
    (("principal", "本金（元）", "Principal"), ("interest", "利息（元）", "Interest")),
    (("approved_on", "审批日期", "Approved on"), ("paid_on", "到账日期", "Paid on")),
    (
        ("bank_reference", "银行流水号", "Bank reference"),
        ("entry", "记账凭证号", "Ledger entry"),
    ),
)
"""What else a receipt says, two facts a row."""

SUMS = ("principal", "interest")
FINAL = "当日账务已日终，本回单为最终回单。 Final: the day of this payment is closed."
NOT_FINAL = (
    "当日账务尚未日终，本回单为临时回单；日终后请重新下载。 "
    "Provisional: the day of this payment is not closed yet; please save it again tomorrow."
)
SUPERSEDED = "已退票，本回单作废 Returned by the bank: this receipt is void"
STATES = {"void": "作废 Void", "final": "最终 Final", "open": "临时 Provisional"}
NOTES = (
    ("同一编号的回单可多次下载，均指同一笔付款。",
     "A number stands for one payment, however often it is saved."),
    ("印记由系统按机构名称绘制，真伪以在线核验结果为准。",
     "The mark is drawn by the hall: what the check online says decides."),
    ("附件 receipt.json 可用 anju_verify.py 离线核验。",
     "Attached: receipt.json, to be checked offline with anju_verify.py."),
)  # fmt: skip
NAVY, RED = (14, 44, 82), (176, 16, 48)
ROW, BAND, LABEL, SUM_ROW = 9.6, 11.0, 25.0, 17.0
QR_WIDTH = 34.0
CODE_GROUP = 5


@dataclass(frozen=True, slots=True)
class Printed:
    """What goes on the paper: the JSON twin, the address that checks it, whether it counts."""

    twin: Mapping[str, Any]
    check_url: str
    check_code: str
    is_superseded: bool
    issued_at: dt.datetime
    hotline: str = ""
    is_specimen: bool = False

    @property
    def facts(self) -> Mapping[str, str]:
        """Return what the receipt says."""
        found: Mapping[str, str] = self.twin["facts"]
        return found

    def said(self, name: str) -> str:
        """Return one fact; receipts that name no payer were paid by the agency itself."""
        otherwise = self.facts["agency"] if name == "payer" else ""
        return self.facts.get(name, otherwise)

    @property
    def title(self) -> str:
        """Return what the paper is called: the service, its word, receipt."""
        return f"{self.facts.get('service', '')}{self.word}回单"

    @property
    def word(self) -> str:
        """Return the word of the service: 支取 or 提取."""
        return self.facts.get("word", "支取")

    @property
    def state(self) -> str:
        """Return whether it counts: void, final, or open until the day is closed."""
        if self.is_superseded:
            return "void"
        return "final" if self.twin["proof"] else "open"


def code_of(url: str) -> segno.QRCode:
    """Return the code that leads to an address."""
    return segno.make_qr(url, error="m")


def receipt_pdf(printed: Printed) -> bytes:
    """Return the PDF of a receipt; the same receipt printed again gives the same text."""
    paper = _Paper(printed)
    paper.head()
    paper.table()
    paper.check()
    paper.foot()
    return paper.finished()


class _Paper:
    """A receipt, written part by part from the top."""

    def __init__(self, printed: Printed) -> None:
        self.printed = printed
        facts = printed.facts
        title = f"{printed.title} {facts['number']}"
        self.pen = Pen(title, facts["agency"], printed.issued_at, map(str, facts.values()))
        self.pdf, self.line = self.pen.pdf, self.pen.line

    def head(self) -> None:
        """Write who gives the receipt, what it is, its number, the day, whether it counts."""
        from fpdf.enums import TextMode

        pdf, facts = self.pdf, self.printed.facts
        self.line(facts["agency"], 13, high=8, align="C", ink=NAVY)
        pdf.set_draw_color(*NAVY)
        pdf.set_line_width(0.25)
        with pdf.local_context(text_mode=TextMode.FILL_STROKE):
            self.line(" ".join(self.printed.title), 21, high=12, align="C", ink=NAVY)
        self.line(SUBTITLE, 9, high=5, align="C", ink=GREY)
        y = pdf.get_y() + 2.5
        for wide, down in ((0.8, 0.0), (0.2, 1.0)):
            pdf.set_line_width(wide)
            pdf.line(LEFT, y + down, LEFT + WIDTH, y + down)
        y += 3
        self.line(f"回单编号 No. {facts['number']}", 9.5, high=6, y=y, width=80)
        issued = local_date(self.printed.issued_at).isoformat()
        self.line(f"出具日期 Issued {issued}", 9.5, high=6, y=y, align="C")
        state = STATES[self.printed.state]
        ink = RED if self.printed.is_superseded else INK
        self.line(f"状态 {state}", 9.5, high=6, y=y, align="R", ink=ink)
        if self.printed.is_superseded:
            self.line(SUPERSEDED, 13, high=9, align="C", ink=RED)

    def table(self) -> None:
        """Write who paid whom, the sum in capitals and figures, then the facts in pairs."""
        pdf, facts = self.pdf, self.printed.facts
        top = pdf.get_y() + 1
        self._parties(top)
        y = self._sum(top + 3 * ROW)
        for pair in PAIRS:
            if any(facts.get(name) for name, *_ in pair):
                self._pair(pair, y)
                y += ROW
        pdf.set_draw_color(*NAVY)
        pdf.set_line_width(0.45)
        pdf.rect(LEFT, top, WIDTH, y - top)
        if self.printed.is_superseded:
            marks.across(pdf, "作废", LEFT + WIDTH / 2, (top + y) / 2)
        pdf.set_y(y)

    def _parties(self, y: float) -> None:
        half = WIDTH / 2
        for side, (signs, english, rows) in enumerate(PARTIES):
            x = LEFT + side * half
            self.pen.box(x, y, BAND, 3 * ROW, tinted=True)
            for place, sign in enumerate(signs):
                self.line(
                    sign, 10.5, high=5.6, x=x, y=y + 4 + 5.6 * place, width=BAND, align="C"
                )
            self.line(english, 7, high=4, x=x, width=BAND, align="C", ink=GREY)
            for place, row in enumerate(rows):
                self._fact(row, x + BAND, y + place * ROW, half - BAND, 20)

    def _sum(self, y: float) -> float:
        """Write the sum on its waves; return where the next row begins."""
        pdf, facts = self.pdf, self.printed.facts
        x = LEFT + LABEL
        self.pen.box(LEFT, y, WIDTH, SUM_ROW)
        self.pen.box(LEFT, y, LABEL, SUM_ROW, tinted=True)
        marks.waves(pdf, x, y, WIDTH - LABEL, SUM_ROW)
        self.line("金额", 10.5, high=6, x=LEFT, y=y + 3.2, width=LABEL, align="C")
        self.line("Amount (yuan)", 7, high=4, x=LEFT, width=LABEL, align="C", ink=GREY)
        self.line("大写 In capitals", 7.5, high=5, x=x + 3, y=y + 1.6, width=60, ink=GREY)
        self.line(facts["capitals"], 12.5, high=8, x=x + 3, width=92)
        self.line("小写 In figures", 7.5, high=5, x=x + 98, y=y + 1.6, width=48, ink=GREY)
        self.line(f"¥ {_figures(facts['amount'])}", 18, high=8, x=x + 98, width=48)
        return y + SUM_ROW

    def _pair(self, pair: tuple[tuple[str, str, str], ...], y: float) -> None:
        for side, fact in enumerate(pair):
            self._fact(fact, LEFT + side * WIDTH / 2, y, WIDTH / 2, LABEL)

    def _fact(
        self, fact: tuple[str, str, str], x: float, y: float, width: float, label: float
    ) -> None:
        """Write one fact into its cell: the label in both languages, the value."""
        name, chinese, english = fact
        self.pen.box(x, y, width, ROW)
        self.pen.box(x, y, label, ROW, tinted=True)
        said = chinese.format(word=self.printed.word)
        self.line(said, 9, high=4.6, x=x, y=y + 1, width=label, align="C")
        self.line(english, 6.5, high=3, x=x, width=label, align="C", ink=GREY)
        value = _figures_of(name, self.printed.said(name))
        self.line(value, 10.5, high=ROW, x=x + label + 2.5, y=y, width=width - label - 4)

    def check(self) -> None:
        """Draw the code that leads to the check; the agency's mark unless the paper is void."""
        pdf = self.pdf
        y = pdf.get_y() + 6
        self.pen.squares(code_of(self.printed.check_url), y, QR_WIDTH)
        beside = LEFT + QR_WIDTH + 6
        pdf.set_y(y + 2)
        self.line("本回单可在线验证", 12, high=8, x=beside, width=84)
        self.line(
            "Scan, or check this receipt online at", 8, high=5, x=beside, width=84, ink=GREY
        )
        self.line(self.printed.check_url.rsplit("/", 1)[0] + "/", 9, high=6, x=beside, width=84)
        self.line("核验码 Check code", 8, high=6, x=beside, width=84, ink=GREY)
        self.line(
            grouped(self.printed.check_code, CODE_GROUP), 10.5, high=6, x=beside, width=84
        )
        if not self.printed.is_superseded:
            marks.round_mark(
                pdf, self.printed.facts["agency"], LEFT + WIDTH - 24, y + 13,
                is_specimen=self.printed.is_specimen,
            )  # fmt: skip
        pdf.set_y(y + QR_WIDTH + 5)

    def foot(self) -> None:
        """Write whether it is final, the root of its day, what to know, whom to call."""
        proof, pdf = self.printed.twin["proof"], self.pdf
        day = proof["day"] if proof else {}
        self.pen.rule(pdf.get_y())
        pdf.ln(2)
        if not self.printed.is_superseded:
            chinese, english = (FINAL if proof else NOT_FINAL).split("。 ", 1)
            self.line(f"{chinese}。", 9, high=6)
            self.line(english, 8, high=5, ink=GREY)
        if proof:
            self.line(f"资金日 {day['day']} 根值 Root of the day of money", 8, high=6, ink=GREY)
            self.line(day["root"], 9, high=6)
        pdf.ln(1)
        for note in NOTES:
            self.line(" ".join(note), 7.5, high=4.6, ink=GREY)
        if self.printed.hotline:
            self.line(f"咨询电话 Hotline {self.printed.hotline}", 7.5, high=4.6, ink=GREY)

    def finished(self) -> bytes:
        """Attach the twin and give the file."""
        twin = json.dumps(self.printed.twin, ensure_ascii=False, indent=1).encode()
        self.pdf.embed_file(
            bytes=twin, basename="receipt.json", mime_type="application/json",
            modification_date=self.printed.issued_at,
        )  # fmt: skip
        return bytes(self.pdf.output() or b"")


def _figures(amount: str) -> str:
    """Return yuan with separators."""
    whole_part, _, fen = amount.partition(".")
    return f"{int(whole_part):,}.{fen}"


def _figures_of(name: str, value: str) -> str:
    return _figures(value) if name in ("principal", "interest") else value
