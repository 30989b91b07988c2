"""The name of who looks, burnt into every page that staff see (SE04)."""

import io
from functools import lru_cache

from PIL import Image, ImageDraw, ImageFont

from app.gateways.paper.fonts_there import SC, VENDORED, whole

SLANT = 22
INK, HALO = (60, 60, 70, 80), (255, 255, 255, 90)
QUALITY = 85


def stamped(picture: bytes, *, name: str, number: str, day: str, purpose: str) -> bytes:
    """Return the picture (JPEG) with who looks, what it is for and the day all over it."""
    with Image.open(io.BytesIO(picture)) as opened:
        page = opened.convert("RGBA")
    font = chinese_font(max(11, min(page.size) // 30))
    tile = _tile(f"{name} {number}  {purpose}  {day}", font)
    layer = Image.new("RGBA", page.size, (0, 0, 0, 0))
    for row, top in enumerate(range(-tile.height // 3, page.height, max(tile.height, 1))):
        left = -tile.width // 2 if row % 2 else -tile.width // 6
        for x in range(left, page.width, tile.width):
            layer.alpha_composite(tile, (max(x, 0), max(top, 0)), (max(-x, 0), max(-top, 0)))
    done = io.BytesIO()
    Image.alpha_composite(page, layer).convert("RGB").save(done, "JPEG", quality=QUALITY)
    return done.getvalue()


@lru_cache(maxsize=8)
def chinese_font(size: int) -> ImageFont.FreeTypeFont:
    """Return the font with the most Chinese letters here: the machine's, else the hall's own."""
    found = whole()
    if found is None:
        return ImageFont.truetype(VENDORED, size)
    return ImageFont.truetype(found, size, index=SC)


@lru_cache(maxsize=64)
def _tile(text: str, font: ImageFont.FreeTypeFont) -> Image.Image:
    left, top, right, bottom = font.getbbox(text)
    wide, high = int(right - left), int(bottom - top)
    words = Image.new("RGBA", (wide + 4 * high, high * 3), (0, 0, 0, 0))
    pen = ImageDraw.Draw(words)
    pen.text((1 - left, high + 1 - top), text, font=font, fill=HALO)
    pen.text((-left, high - top), text, font=font, fill=INK)
    return words.rotate(SLANT, expand=True, resample=Image.Resampling.BICUBIC)
