"""Pictures that look like papers: a frame, a heading, lines, and SAMPLE across."""

import io
import random

from PIL import Image, ImageDraw, ImageFont

SIZE = (1000, 1400)
MARGIN = 80
INK, PALE, PAPER = (40, 46, 56), (214, 120, 110), (252, 252, 249)


def paper(title: str, seed: str) -> bytes:
    """Return a JPEG of an invented paper; the same title and seed give the same bytes."""
    chance = random.Random(seed)  # noqa: S311 - a picture, no secret
    picture = Image.new("RGB", SIZE, PAPER)
    draw = ImageDraw.Draw(picture)
    width, height = SIZE
    draw.rectangle((MARGIN // 2, MARGIN // 2, width - MARGIN // 2, height - MARGIN // 2),
                   outline=INK, width=4)  # fmt: skip
    heading = ImageFont.load_default(size=40)
    small = ImageFont.load_default(size=24)
    draw.text((MARGIN, MARGIN), title[:40], fill=INK, font=heading)
    draw.text((MARGIN, MARGIN + 60), f"No. {chance.randrange(10**8):08d}", fill=INK, font=small)
    for top in range(MARGIN + 140, height - MARGIN, 46):
        left = MARGIN
        while left < width - MARGIN - 160:
            right = left + chance.randrange(40, 160)
            draw.rectangle((left, top, right, top + 16), fill=INK)
            left = right + 18
    mark = ImageFont.load_default(size=150)
    draw.text((width // 5, height // 2 - 80), "SAMPLE", fill=PALE, font=mark)
    drawn = io.BytesIO()
    picture.save(drawn, "JPEG", quality=80)
    return drawn.getvalue()
