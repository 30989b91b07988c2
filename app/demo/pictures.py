"""Pictures that look like papers: a card of either side, or a sheet with a seal; all invented."""

import io
import math
import random
from dataclasses import dataclass
from functools import cache

from PIL import Image, ImageDraw, ImageFont

from app.gateways.paper.fonts_there import VENDORED

SHEET, CARD = (1000, 1400), (1600, 1010)
"""Pixels of a sheet of A4 and of a card."""

MARGIN = 90
LINES, PARAGRAPH = 15, 6
INK, FAINT, LINE = (34, 42, 54), (168, 176, 188), (206, 212, 221)
SEAL, GOLD = (196, 44, 38), (226, 196, 120)
PAPER, SKY, BLUE = (252, 252, 249), (222, 236, 245), (28, 84, 150)
Colour = tuple[int, int, int]
SAMPLE = "样本"
"""On every picture: none of them may be taken for a document."""


@dataclass(frozen=True, slots=True)
class Shown:
    """Whose paper it is, and the file's name: the same ones give the same bytes."""

    name: str
    id_number: str
    card_number: str
    employer: str
    file: str


def paper(slug: str, title: str, of: Shown) -> bytes:
    """Return a JPEG of an invented paper of a kind of material."""
    if slug.endswith("id_document"):
        picture = _emblem_side(of) if of.file.endswith("-2.jpg") else _portrait_side(of)
    elif slug.endswith("bank_card"):
        picture = _bank_card(of)
    else:
        picture = _sheet(title, of)
    drawn = io.BytesIO()
    picture.save(drawn, "JPEG", quality=82)
    return drawn.getvalue()


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(VENDORED, size)


def _chance(text: str) -> random.Random:
    return random.Random(text)  # noqa: S311 - a picture, no secret


def _portrait_side(of: Shown) -> Image.Image:
    picture, pen = _card(SKY)
    year, month, day = of.id_number[6:10], int(of.id_number[10:12]), int(of.id_number[12:14])
    born = f"{year} 年 {month} 月 {day} 日"
    rows = ("姓名", of.name), ("出生", born), ("住址", "示例市示例区安居路 1 号")
    for row, (label, said) in enumerate(rows):
        top = 180 + 160 * row
        pen.text((120, top), label, fill=BLUE, font=_font(45))
        pen.text((300, top - 6), said, fill=INK, font=_font(56))
    pen.text((120, 800), "公民身份号码", fill=BLUE, font=_font(45))
    pen.text((480, 792), of.id_number, fill=INK, font=_font(61))
    pen.rounded_rectangle((1130, 160, 1450, 570), 16, fill=PAPER)
    pen.ellipse((1220, 215, 1365, 380), fill=FAINT)
    pen.pieslice((1170, 400, 1410, 740), 180, 360, fill=FAINT)
    return picture


def _emblem_side(of: Shown) -> Image.Image:
    picture, pen = _card(SKY)
    chance = _chance(of.name)
    year, month, day = chance.randrange(2010, 2024), chance.randrange(12), chance.randrange(28)
    until = f"{month + 1:02d}.{day + 1:02d}"
    _star(pen, (280, 300), 145, fill=SEAL)
    pen.text((530, 215), "居民身份证", fill=INK, font=_font(112))
    rows = (
        ("签发机关", "示例市公安局示例分局"),
        ("有效期限", f"{year}.{until} — {year + 20}.{until}"),
    )
    for row, (label, said) in enumerate(rows):
        pen.text((350, 630 + 120 * row), label, fill=BLUE, font=_font(48))
        pen.text((600, 627 + 120 * row), said, fill=INK, font=_font(53))
    return picture


def _bank_card(of: Shown) -> Image.Image:
    picture, pen = _card(BLUE)
    pen.text((120, 130), "示例银行", fill=PAPER, font=_font(80))
    pen.text((1200, 146), "借记卡", fill=PAPER, font=_font(58))
    pen.rounded_rectangle((120, 330, 320, 480), 20, fill=GOLD)
    groups = " ".join(of.card_number[at : at + 4] for at in range(0, len(of.card_number), 4))
    pen.text((120, 600), groups, fill=PAPER, font=_font(90))
    pen.text((120, 810), of.name, fill=PAPER, font=_font(58))
    return picture


def _sheet(title: str, of: Shown) -> Image.Image:
    chance = _chance(f"{of.name}{title}{of.file}")
    picture = Image.new("RGB", SHEET, PAPER)
    pen = ImageDraw.Draw(picture)
    _mark(picture, pen, PAPER)
    heading = title.split("（", maxsplit=1)[0]
    pen.text((SHEET[0] // 2, 130), heading, fill=INK, font=_heading(heading), anchor="mm")
    number = f"编号：{chance.randrange(10**10):010d}"
    pen.text((SHEET[0] - MARGIN, 210), number, fill=INK, font=_font(26), anchor="rm")
    top = _table(
        pen, (("姓名", of.name), ("证件号码", of.id_number), ("工作单位", of.employer))
    )
    for row in range(LINES):
        last = row % PARAGRAPH == PARAGRAPH - 1
        right = SHEET[0] - MARGIN - (chance.randrange(120, 600) if last else 0)
        left = MARGIN + (60 if row % PARAGRAPH == 0 else 0)
        pen.rounded_rectangle((left, top + 44 * row, right, top + 44 * row + 14), 7, fill=LINE)
    _seal(pen, (SHEET[0] - 260, SHEET[1] - 250))
    said = f"2026 年 {chance.randrange(1, 10)} 月 {chance.randrange(1, 29)} 日"
    pen.text((SHEET[0] - 260, SHEET[1] - 90), said, fill=INK, font=_font(30), anchor="mm")
    return picture


def _table(pen: ImageDraw.ImageDraw, rows: tuple[tuple[str, str], ...]) -> int:
    """Draw what is said of the holder; return where the text below may begin."""
    left, right, high = MARGIN, SHEET[0] - MARGIN, 66
    for row, (label, said) in enumerate(rows):
        top = 250 + high * row
        pen.rectangle((left, top, right, top + high), outline=FAINT, width=2)
        pen.text((left + 20, top + high // 2), label, fill=INK, font=_font(28), anchor="lm")
        pen.text((left + 200, top + high // 2), said, fill=INK, font=_font(30), anchor="lm")
    pen.line((left + 180, 250, left + 180, 250 + high * len(rows)), fill=FAINT, width=2)
    return 250 + high * len(rows) + 60


def _heading(text: str) -> ImageFont.FreeTypeFont:
    """Return the largest font in which a heading fits between the margins."""
    return _font(min(52, (SHEET[0] - 2 * MARGIN) // max(1, len(text))))


def _card(ground: Colour) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    picture = Image.new("RGB", CARD, FAINT)
    pen = ImageDraw.Draw(picture)
    pen.rounded_rectangle((40, 40, CARD[0] - 40, CARD[1] - 40), 54, fill=ground)
    _mark(picture, pen, ground)
    return picture, pen


def _mark(picture: Image.Image, pen: ImageDraw.ImageDraw, ground: Colour) -> None:
    """Write the word for a sample pale and large, under all that follows."""
    red, green, blue = (
        part + (mark - part) // 3 for part, mark in zip(ground, SEAL, strict=True)
    )
    middle = picture.width // 2, picture.height // 2 + 60
    pen.text(middle, SAMPLE, fill=(red, green, blue), font=_font(300), anchor="mm")


def _seal(pen: ImageDraw.ImageDraw, centre: tuple[int, int]) -> None:
    x, y = centre
    pen.ellipse((x - 120, y - 120, x + 120, y + 120), outline=SEAL, width=7)
    _star(pen, centre, 44, fill=SEAL)
    pen.text((x, y + 78), "演示专用章", fill=SEAL, font=_font(25), anchor="mm")


def _star(
    pen: ImageDraw.ImageDraw,
    centre: tuple[int, int],
    radius: int,
    *,
    fill: Colour,
) -> None:
    corners = []
    for corner in range(10):
        far = radius if corner % 2 == 0 else radius * 0.382
        turn = math.pi * (corner / 5 - 0.5)
        corners.append((centre[0] + far * math.cos(turn), centre[1] + far * math.sin(turn)))
    pen.polygon(corners, fill=fill)
