"""The pen a paper is written with: lines of text that fit, boxes, the squares of a code."""

import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from app.gateways.paper.fonts_there import SC, VENDORED, spelled, whole

if TYPE_CHECKING:
    import segno

INK, GREY, LINE, TINT = (23, 33, 47), (90, 102, 121), (150, 164, 184), (243, 246, 251)
LEFT, WIDTH = 18.0, 174.0
SMALLEST = 5.0


class Pen:
    """One A4 page, written from the top; sums and places in millimetres."""

    def __init__(
        self, title: str, author: str, made_at: dt.datetime, texts: Iterable[str]
    ) -> None:
        """Take a page; ``texts`` are what may need the machine's own font."""
        from fpdf import FPDF

        self.pdf = pdf = FPDF(format="A4")
        pdf.set_creation_date(made_at)
        pdf.set_title(title)
        pdf.set_author(author)
        pdf.set_lang("zh-CN")
        pdf.add_font("hall", fname=VENDORED)
        if any(spelled(text)[1] for text in texts):
            pdf.add_font("whole", fname=whole(), collection_font_number=SC)
            pdf.set_fallback_fonts(["whole"])
        pdf.set_auto_page_break(auto=False)
        pdf.set_margins(LEFT, 16, LEFT)
        pdf.c_margin = 0
        pdf.add_page()

    def line(self, text: str, size: float, *, high: float, align: str = "L", **at: Any) -> None:
        """Write one line where the pen is, or at ``x`` and ``width``; smaller if need be."""
        pdf = self.pdf
        pdf.set_font("hall", size=size)
        pdf.set_text_color(*at.get("ink", INK))
        pdf.set_xy(at.get("x", LEFT), at.get("y", pdf.get_y()))
        text, width = spelled(text)[0], at.get("width", WIDTH)
        while size > SMALLEST and pdf.get_string_width(text) > width:
            size -= 0.5
            pdf.set_font_size(size)
        pdf.cell(width, high, text, align=align,
                 new_x="LEFT", new_y="NEXT")  # fmt: skip

    def box(
        self, x: float, y: float, width: float, high: float, *, tinted: bool = False
    ) -> None:
        """Draw a cell in fine lines, tinted if it holds a label."""
        self.pdf.set_draw_color(*LINE)
        self.pdf.set_line_width(0.15)
        self.pdf.set_fill_color(*TINT)
        self.pdf.rect(x, y, width, high, style="DF" if tinted else "D")

    def rule(self, y: float) -> None:
        """Draw a fine line across the page."""
        self.pdf.set_draw_color(*LINE)
        self.pdf.set_line_width(0.15)
        self.pdf.line(LEFT, y, LEFT + WIDTH, y)

    def squares(self, code: "segno.QRCode", y: float, width: float) -> None:
        """Draw the dark squares of a code at the left, row by row, runs in one piece."""
        side = width / len(code.matrix)
        self.pdf.set_fill_color(0, 0, 0)
        for down, row in enumerate(code.matrix):
            across = 0
            while across < len(row):
                run = across
                while run < len(row) and row[run]:
                    run += 1
                if run > across:
                    self.pdf.rect(LEFT + across * side, y + down * side, (run - across) * side,
                                  side, style="F")  # fmt: skip
                across = run + 1
