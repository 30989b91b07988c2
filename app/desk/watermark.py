"""The name of who looks, burnt into every page that staff see (SE04)."""

import io
from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

FONTS = (
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/google-noto-cjk/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
    "/System/Library/Fonts/PingFang.ttc",
    "/System/Library/Fonts/STHeiti Light.ttc",
)
"""Where systems keep a font with Chinese letters; without one the mark is in Latin letters."""

SLANT = 22
INK, HALO = (60, 60, 70, 80), (255, 255, 255, 90)
QUALITY = 85
Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


def stamped(picture: bytes, *, name: str, number: str, day: str, purpose: str) -> bytes:
    """Return the picture (JPEG) with who looks, what it is for and the day all over it."""
    with Image.open(io.BytesIO(picture)) as opened:
        page = opened.convert("RGBA")
    font = chinese_font(max(11, min(page.size) // 30))
    text = f"{name} {number}  {purpose}  {day}" if font else f"{number}  {day}"
    tile = _tile(text, font or ImageFont.load_default(max(11, min(page.size) // 30)))
    layer = Image.new("RGBA", page.size, (0, 0, 0, 0))
    for row, top in enumerate(range(-tile.height // 3, page.height, max(tile.height, 1))):
        left = -tile.width // 2 if row % 2 else -tile.width // 6
        for x in range(left, page.width, tile.width):
            layer.alpha_composite(tile, (max(x, 0), max(top, 0)), (max(-x, 0), max(-top, 0)))
    done = io.BytesIO()
    Image.alpha_composite(page, layer).convert("RGB").save(done, "JPEG", quality=QUALITY)
    return done.getvalue()


@lru_cache(maxsize=8)
def chinese_font(size: int) -> Font | None:
    """Return a font of this machine that has Chinese letters, or None."""
    for path in FONTS:
        if Path(path).exists():
            return ImageFont.truetype(path, size)
    return None


@lru_cache(maxsize=64)
def _tile(text: str, font: Font) -> Image.Image:
    left, top, right, bottom = font.getbbox(text)
    wide, high = int(right - left), int(bottom - top)
    words = Image.new("RGBA", (wide + 4 * high, high * 3), (0, 0, 0, 0))
    pen = ImageDraw.Draw(words)
    pen.text((1 - left, high + 1 - top), text, font=font, fill=HALO)
    pen.text((-left, high - top), text, font=font, fill=INK)
    return words.rotate(SLANT, expand=True, resample=Image.Resampling.BICUBIC)
