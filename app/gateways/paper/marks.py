"""What makes a printed paper look official, all drawn in lines: the round mark, waves, a stamp."""

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fpdf import FPDF

RED, PALE = (190, 24, 44), (222, 231, 243)
RADIUS = 19.0
"""The mark is 38 mm wide, as marks for one purpose (专用章) are."""

PURPOSE = "电子回单专用章"
SPECIMEN = "样章 SPECIMEN"
ARC = 232.0
"""Degrees of the circle that the longest name takes."""

STEP = 21.0
"""Degrees between two characters of a short name."""

SIZE = 11.0


def round_mark(pdf: "FPDF", name: str, x: float, y: float, *, is_specimen: bool) -> None:
    """Draw an agency's round mark about a point: its name on the ring, a star, the purpose.

    ``is_specimen`` says so on the mark: the agency has not put its own data in yet.
    """
    with pdf.local_context(fill_opacity=0.82, stroke_opacity=0.82):
        pdf.set_draw_color(*RED)
        pdf.set_fill_color(*RED)
        pdf.set_text_color(*RED)
        pdf.set_line_width(0.9)
        pdf.circle(x, y, RADIUS, style="D")
        pdf.set_line_width(0.2)
        pdf.circle(x, y, RADIUS - 1.1, style="D")
        pdf.polygon(_star(x, y - 0.5, 5.6), style="F")
        _on_the_ring(pdf, name, x, y)
        _middle(pdf, PURPOSE, 7.5, x, y + 10.4)
        if is_specimen:
            _middle(pdf, SPECIMEN, 6.5, x, y + 14)


def _star(x: float, y: float, radius: float) -> list[tuple[float, float]]:
    """Return the ten corners of a star of five points."""
    corners = []
    for place in range(10):
        far = radius if place % 2 == 0 else radius * 0.382
        angle = math.radians(36 * place - 90)
        corners.append((x + far * math.cos(angle), y + far * math.sin(angle)))
    return corners


def _on_the_ring(pdf: "FPDF", name: str, x: float, y: float) -> None:
    """Write a name along the upper ring, each character turned to the middle."""
    step = min(STEP, ARC / max(len(name) - 1, 1))
    size = min(SIZE, SIZE * step / 17)
    pdf.set_font("hall", size=size)
    for place, sign in enumerate(name):
        turned = step * (place - (len(name) - 1) / 2)
        wide = pdf.get_string_width(sign)
        with pdf.rotation(-turned, x, y):
            pdf.text(x - wide / 2, y - RADIUS + 2.2 + size * 0.31, sign)


def _middle(pdf: "FPDF", text: str, size: float, x: float, y: float) -> None:
    pdf.set_font("hall", size=size)
    pdf.text(x - pdf.get_string_width(text) / 2, y, text)


def waves(pdf: "FPDF", x: float, y: float, width: float, high: float) -> None:
    """Draw fine crossing waves, the ground of a sum: a sum that was painted over breaks them."""
    pdf.set_draw_color(*PALE)
    pdf.set_line_width(0.12)
    for line in range(10):
        phase, swing = line * math.pi / 5, high / 2 - 0.8
        pdf.polyline([
            (x + width * at / 90,
             y + high / 2 + swing * math.sin(at / 90 * 6 * math.pi + phase)
             * math.cos(at / 90 * 2 * math.pi + phase / 2))
            for at in range(91)
        ])  # fmt: skip


def across(pdf: "FPDF", text: str, x: float, y: float) -> None:
    """Write a word large and pale across the paper, about a point."""
    pdf.set_font("hall", size=96)
    pdf.set_text_color(*RED)
    with pdf.local_context(fill_opacity=0.16), pdf.rotation(24, x, y):
        pdf.text(x - pdf.get_string_width(text) / 2, y + 12, text)
