"""A receipt as PDF: Chinese with rare characters, a code to check it, its JSON twin attached."""

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import segno

from app.gateways.paper.fonts_there import SC, VENDORED, spelled, whole

TITLE = "支取回单"
SUBTITLE = "Withdrawal receipt"
LABELS: tuple[tuple[str, str, str], ...] = (
    ("payee", "收款人", "Payee"),
    ("card", "收款账号", "Account"),
    ("bank", "开户银行", "Bank"),
    ("service", "业务", "Service"),
    ("reason", "支取原因", "Reason"),
    ("kind", "支取类型", "Kind"),
    ("principal", "本金（元）", "Principal"),
    ("interest", "利息（元）", "Interest"),
    ("case", "业务流水号", "Application"),
    ("approved_on", "审批日期", "Approved on"),
    ("paid_on", "到账日期", "Paid on"),
    ("bank_reference", "银行流水号", "Bank reference"),
    ("entry", "记账凭证号", "Ledger entry"),
)
"""What a receipt says: its name among the facts, its labels."""

FINAL = "当日账务已日终，本回单为最终回单。 Final: the day of this payment is closed."
NOT_FINAL = (
    "当日账务尚未日终，本回单为临时回单；日终后请重新下载。 "
    "Provisional: the day of this payment is not closed yet; please save it again tomorrow."
)
SUPERSEDED = "已退票，本回单作废 Returned by the bank: this receipt is void"
INK, GREY, LINE, RED = (23, 33, 47), (90, 102, 121), (198, 206, 216), (176, 16, 48)
LEFT, WIDTH, ROW = 18.0, 174.0, 8.4
QR_WIDTH = 34.0
SMALLEST = 5.0


@dataclass(frozen=True, slots=True)
class Printed:
    """What goes on the paper: the JSON twin, the address that checks it, whether it counts."""

    twin: Mapping[str, Any]
    check_url: str
    check_code: str
    is_superseded: bool
    issued_at: dt.datetime

    @property
    def facts(self) -> Mapping[str, str]:
        """Return what the receipt says."""
        found: Mapping[str, str] = self.twin["facts"]
        return found


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
    """One page, written from the top."""

    def __init__(self, printed: Printed) -> None:
        from fpdf import FPDF

        self.printed = printed
        self.pdf = pdf = FPDF(format="A4")
        pdf.set_creation_date(printed.issued_at)
        pdf.set_title(f"{TITLE} {printed.facts['number']}")
        pdf.set_author(printed.facts["agency"])
        pdf.set_lang("zh-CN")
        pdf.add_font("hall", fname=VENDORED)
        if any(spelled(str(value))[1] for value in printed.facts.values()):
            pdf.add_font("whole", fname=whole(), collection_font_number=SC)
            pdf.set_fallback_fonts(["whole"])
        pdf.set_auto_page_break(auto=False)
        pdf.set_margins(LEFT, 16, LEFT)
        pdf.add_page()

    def line(self, text: str, size: float, *, high: float, align: str = "L", **at: Any) -> None:
        """Write one line where the pen is, or at ``x`` and ``width``; smaller if need be."""
        pdf = self.pdf
        pdf.set_font("hall", size=size)
        pdf.set_text_color(*at.get("ink", INK))
        pdf.set_x(at.get("x", LEFT))
        text, width = spelled(text)[0], at.get("width", WIDTH)
        while size > SMALLEST and pdf.get_string_width(text) > width:
            size -= 0.5
            pdf.set_font_size(size)
        pdf.cell(width, high, text, align=align,
                 new_x="LEFT", new_y="NEXT")  # fmt: skip

    def head(self) -> None:
        """Write who gives the receipt, what it is, its number; and that it is void."""
        facts = self.printed.facts
        self.line(facts["agency"], 12, high=8, align="C")
        self.line(TITLE, 24, high=13, align="C")
        self.line(SUBTITLE, 9, high=5, align="C", ink=GREY)
        self.pdf.ln(3)
        self.line(f"回单编号 No. {facts['number']}", 10, high=6, align="R")
        if self.printed.is_superseded:
            self.line(SUPERSEDED, 13, high=9, align="C", ink=RED)

    def table(self) -> None:
        """Write the sum in figures and capitals, then every fact with its label."""
        facts = self.printed.facts
        pdf = self.pdf
        pdf.set_draw_color(*LINE)
        pdf.set_line_width(0.3)
        top = pdf.get_y() + 1
        pdf.set_y(top + 2)
        self.line("金额（小写） Amount", 9, high=6, ink=GREY, x=LEFT + 4, width=60)
        self.line(f"¥ {_figures(facts['amount'])}", 22, high=11, x=LEFT + 4, width=166)
        self.line("金额（大写） In capitals", 9, high=6, ink=GREY, x=LEFT + 4, width=60)
        self.line(facts["capitals"], 13, high=9, x=LEFT + 4, width=166)
        pdf.ln(2)
        for name, label, english in LABELS:
            if facts.get(name):
                self._row(label, english, _figures_of(name, facts[name]))
        pdf.rect(LEFT, top, WIDTH, pdf.get_y() - top)

    def _row(self, label: str, english: str, value: str) -> None:
        pdf = self.pdf
        y = pdf.get_y()
        pdf.line(LEFT, y, LEFT + WIDTH, y)
        self.line(label, 10, high=ROW, x=LEFT + 4, width=30)
        pdf.set_y(y)
        self.line(english, 8, high=ROW, x=LEFT + 32, width=30, ink=GREY)
        pdf.set_y(y)
        self.line(value, 11, high=ROW, x=LEFT + 64, width=106)

    def check(self) -> None:
        """Draw the code that leads to the check, and the place of the seal."""
        pdf = self.pdf
        y = pdf.get_y() + 6
        self._squares(y)
        beside = LEFT + QR_WIDTH + 6
        pdf.set_y(y + 3)
        self.line("扫码或在网上核验", 11, high=7, x=beside, width=80)
        self.line("Scan, or check this receipt online", 8, high=5, x=beside, width=80, ink=GREY)
        self.line(self.printed.check_url.rsplit("/", 1)[0] + "/", 8, high=6, x=beside, width=90)
        self.line(f"核验码 {grouped(self.printed.check_code)}", 9, high=6, x=beside, width=90)
        pdf.set_draw_color(*RED)
        pdf.set_dash_pattern(dash=1.2, gap=1.2)
        pdf.ellipse(LEFT + WIDTH - 36, y, 34, 34)
        pdf.set_dash_pattern()
        pdf.set_y(y + 11)
        self.line("印章位置", 10, high=6, x=LEFT + WIDTH - 36, width=34, align="C", ink=RED)
        self.line("Seal", 8, high=5, x=LEFT + WIDTH - 36, width=34, align="C", ink=RED)
        pdf.set_y(y + QR_WIDTH + 5)

    def _squares(self, y: float) -> None:
        """Draw the dark squares of the code, row by row, runs in one piece."""
        matrix = code_of(self.printed.check_url).matrix
        side = QR_WIDTH / len(matrix)
        self.pdf.set_fill_color(0, 0, 0)
        for down, row in enumerate(matrix):
            across = 0
            while across < len(row):
                run = across
                while run < len(row) and row[run]:
                    run += 1
                if run > across:
                    self.pdf.rect(LEFT + across * side, y + down * side, (run - across) * side,
                                  side, style="F")  # fmt: skip
                across = run + 1

    def foot(self) -> None:
        """Write whether it is final, and the root of its day."""
        proof = self.printed.twin["proof"]
        day = proof["day"] if proof else {}
        chinese, english = (FINAL if proof else NOT_FINAL).split("。 ", 1)
        self.line(f"{chinese}。", 9, high=6)
        self.line(english, 8, high=5, ink=GREY)
        if proof:
            self.line(f"资金日 {day['day']} 根值 Root of the day of money", 8, high=6, ink=GREY)
            self.line(day["root"], 9, high=6)
        self.line(
            "附件 receipt.json 可用 anju_verify.py 离线核验。 Attached: receipt.json, to be "
            "checked offline with anju_verify.py.", 8, high=6, ink=GREY,
        )  # fmt: skip

    def finished(self) -> bytes:
        """Attach the twin and give the file."""
        twin = json.dumps(self.printed.twin, ensure_ascii=False, indent=1).encode()
        self.pdf.embed_file(
            bytes=twin, basename="receipt.json", mime_type="application/json",
            modification_date=self.printed.issued_at,
        )  # fmt: skip
        return bytes(self.pdf.output() or b"")


def grouped(code: str) -> str:
    """Return a check code in groups, as it is read aloud."""
    return " ".join(code[at : at + 5] for at in range(0, len(code), 5))


def _figures(amount: str) -> str:
    """Return yuan with separators."""
    whole_part, _, fen = amount.partition(".")
    return f"{int(whole_part):,}.{fen}"


def _figures_of(name: str, value: str) -> str:
    return _figures(value) if name in ("principal", "interest") else value
