"""The icons of the hall: the part of Font Awesome that pages use, cut from FAB's copy.

Run ``python -m app.display.icons`` after adding a name to ``static/icons/names.txt``.
"""

import re
import sys
from importlib import import_module
from pathlib import Path

import flask_appbuilder

ICONS = Path(__file__).parents[1] / "static" / "icons"
WHOLE = Path(flask_appbuilder.__file__).parent / "static" / "appbuilder" / "css"
FACE = """/* Font Awesome Free 6.2.1 by Fonticons, https://fontawesome.com: icons CC BY 4.0, font SIL OFL 1.1,
   cut to what the hall uses by app/display/icons.py. */
@font-face{font-family:"Font Awesome 6 Free";font-style:normal;font-weight:900;font-display:block;src:url(icons.woff) format("woff")}
.fa,.fas,.fa-solid{display:inline-block;font:900 1em/1 "Font Awesome 6 Free";font-style:normal;font-variant:normal;text-rendering:auto;-webkit-font-smoothing:antialiased}
.fa-fw{width:1.25em;text-align:center}.fa-spin{animation:aj-turn 2s linear infinite}
"""


def glyphs() -> dict[str, str]:
    """Return the code point of each name, as FAB's copy of Font Awesome has it."""
    known: dict[str, str] = {}
    for sheet in ("fontawesome.min.css", "v4-shims.min.css"):
        text = (WHOLE / "fontawesome" / sheet).read_text(encoding="utf-8")
        for names, code in re.findall(r'((?:\.fa[\w.-]*:before,?)+){content:"\\(\w+)"', text):
            for name in re.findall(r"\.fa-([\w-]+):before", names):
                known.setdefault(name, code)
    wanted = (ICONS / "names.txt").read_text(encoding="utf-8").split()
    return {name: known[name] for name in wanted}


def main() -> int:
    """Write the stylesheet and the font; return the code of the exit."""
    found = glyphs()
    rules = "".join(f'.fa-{name}:before{{content:"\\{code}"}}' for name, code in found.items())
    (ICONS / "icons.css").write_text(FACE + rules + "\n", encoding="utf-8")
    codes = ",".join(sorted({f"U+{code}" for code in found.values()}))
    import_module("fontTools.subset").main(
        [
            str(WHOLE / "webfonts" / "fa-solid-900.ttf"),
            f"--unicodes={codes}",
            f"--output-file={ICONS / 'icons.woff'}",
            "--flavor=woff",
            "--layout-features=",
            "--no-hinting",
        ]
    )
    sys.stdout.write(f"{len(found)} icons\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
