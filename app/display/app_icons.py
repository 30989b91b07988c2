"""The pictures under which a phone keeps the hall, drawn from its seal ``seals/anju.svg``.

Run ``python -m app.display.app_icons`` after changing the seal.
"""

import re
import sys
from pathlib import Path
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import parse
from PIL import Image, ImageDraw

STATIC = Path(__file__).parents[1] / "static"
SEAL = STATIC / "seals" / "anju.svg"
FOLDER = STATIC / "icons" / "app"
FINE = 4
"""So many times larger it is drawn, then made small: Pillow's lines have no soft edges."""

SAFE = 0.96
"""How much of a maskable icon the seal fills: phones cut a circle of 0.8 out of it."""

PICTURES = {
    "icon-192.png": (192, False), "icon-512.png": (512, False),
    "maskable-192.png": (192, True), "maskable-512.png": (512, True),
    "touch-180.png": (180, True),
}  # fmt: skip
"""File: how large, and whether it fills the whole square (a phone cuts its own shape)."""

Point = tuple[float, float]


def draw(size: int, *, filled: bool) -> Image.Image:
    """Return the seal as a picture."""
    seal = parse(SEAL).getroot()
    assert seal is not None, "the seal has a root"
    whole = size * FINE
    share = SAFE if filled else 1.0
    scale = whole * share / float(seal.get("width", "44"))
    shift = whole * (1 - share) / 2
    image = Image.new("RGBA", (whole, whole))
    pen = ImageDraw.Draw(image)
    for part in seal:
        if part.tag.endswith("rect"):
            ground = str(part.get("fill"))
            corner = 0 if filled else float(part.get("rx", "0")) * scale
            pen.rounded_rectangle((0, 0, whole - 1, whole - 1), corner, fill=ground)
        else:
            _line(pen, part, scale, shift)
    small = image.resize((size, size), Image.Resampling.LANCZOS)
    return small.convert("RGB") if filled else small


def _line(pen: ImageDraw.ImageDraw, part: Element, scale: float, shift: float) -> None:
    """Draw one stroke with round ends and corners."""
    width = float(part.get("stroke-width", "1")) * scale
    ink = str(part.get("stroke"))
    points = [(x * scale + shift, y * scale + shift) for x, y in path(part.get("d", ""))]
    pen.line(points, fill=ink, width=round(width))
    for x, y in points:
        pen.ellipse((x - width / 2, y - width / 2, x + width / 2, y + width / 2), fill=ink)


def path(text: str) -> list[Point]:
    """Return the corners of a path of straight lines: M, L, H, V, absolute or relative."""
    points: list[Point] = []
    x = y = 0.0
    for word, numbers in re.findall(r"([MLHVmlhv])([^A-Za-z]*)", text):
        values = [float(each) for each in re.findall(r"-?\d+(?:\.\d+)?", numbers)]
        step = 1 if word.lower() in "hv" else 2
        for place in range(0, len(values), step):
            over, down = _to(word, values[place : place + step], (x, y))
            x, y = over, down
            points.append((x, y))
    return points


def _to(word: str, values: list[float], here: Point) -> Point:
    base = here if word.islower() else (0.0, 0.0)
    if word.lower() == "h":
        return base[0] + values[0], here[1]
    if word.lower() == "v":
        return here[0], base[1] + values[0]
    return base[0] + values[0], base[1] + values[1]


def main() -> int:
    """Write the pictures; return the code of the exit."""
    FOLDER.mkdir(exist_ok=True)
    for name, (size, filled) in PICTURES.items():
        draw(size, filled=filled).save(FOLDER / name, optimize=True)
        sys.stdout.write(f"{name} {(FOLDER / name).stat().st_size} bytes\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
