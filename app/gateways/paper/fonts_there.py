"""Which fonts papers are printed with: the hall's own, and what the machine has for the rest."""

from functools import cache
from pathlib import Path

VENDORED = Path(__file__).parent / "fonts" / "noto-sans-sc-hall.woff"
"""GB 2312 and the characters of names, cut from Noto Sans CJK SC by ``cut_font``."""

PLACES = tuple(
    Path(folder) / "NotoSansCJK-Regular.ttc"
    for folder in (
        "/usr/share/fonts/opentype/noto",
        "/usr/share/fonts/noto-cjk",
        "/usr/share/fonts/google-noto-cjk",
        "/usr/share/fonts/google-noto-sans-cjk-fonts",
        "/usr/share/fonts/truetype/noto",
    )
)
"""Where Debian, Arch, Alpine and Fedora put the whole of Noto Sans CJK."""

SC = 2
"""The simplified Chinese face of that collection."""


@cache
def whole() -> Path | None:
    """Return the whole font when this machine has it (package fonts-noto-cjk)."""
    return next((path for path in PLACES if path.exists()), None)


@cache
def characters(path: Path, face: int = -1) -> frozenset[int]:
    """Return the code points a font has."""
    from fontTools.ttLib import TTFont

    with TTFont(path, fontNumber=face, lazy=True) as font:
        return frozenset(font.getBestCmap())


def spelled(text: str) -> tuple[str, bool]:
    """Return a text that can be printed here, and whether it needs the machine's own font.

    A character that no font has is printed by its number, 〔U+2A6D6〕: it is never left out.
    """
    rare = {sign for sign in text if ord(sign) not in characters(VENDORED)}
    if not rare:
        return text, False
    found = whole()
    there = characters(found, SC) if found else frozenset()
    needs = any(ord(sign) in there for sign in rare)
    lost = {ord(sign): f"〔U+{ord(sign):X}〕" for sign in rare if ord(sign) not in there}
    return text.translate(lost), needs
