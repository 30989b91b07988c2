"""The icons of the hall: the part of Font Awesome that pages use, cut from FAB's copy.

Run ``python -m app.display.icons`` after adding a name to ``NAMES``.
"""

import re
import sys
from pathlib import Path

import flask_appbuilder
from fontTools import subset

ICONS = Path(__file__).parents[1] / "static" / "icons"
WHOLE = Path(flask_appbuilder.__file__).parent / "static" / "appbuilder" / "css"
FACE = """/* Font Awesome Free 6.2.1 by Fonticons, https://fontawesome.com: icons CC BY 4.0, font SIL OFL 1.1,
   cut to what the hall uses by app/display/icons.py. */
@font-face{font-family:"Font Awesome 6 Free";font-style:normal;font-weight:900;font-display:block;src:url(icons.woff) format("woff")}
.fa,.fas,.fa-solid{display:inline-block;font:900 1em/1 "Font Awesome 6 Free";font-style:normal;font-variant:normal;text-rendering:auto;-webkit-font-smoothing:antialiased}
.fa-fw{width:1.25em;text-align:center}.fa-spin{animation:aj-turn 2s linear infinite}
"""
NAMES = """
address-card angle-down angle-left angle-right angle-up arrow-down arrow-left arrow-right
arrow-right-from-bracket arrow-right-to-bracket arrow-rotate-left arrow-rotate-right
arrow-up arrow-up-from-bracket arrows-rotate arrows-v asterisk ban bank bars bars-progress bell
bell-slash bolt book book-open box box-archive box-open briefcase broom bug building
building-columns building-user bullhorn calculator calendar calendar-check calendar-day
calendar-days calendar-minus calendar-plus calendar-xmark camera camera-rotate caret-down
caret-up chart-bar chart-column chart-line chart-pie check check-double chevron-down
chevron-left chevron-right chevron-up circle circle-arrow-right circle-check circle-dot
circle-down circle-exclamation circle-half-stroke circle-info circle-minus circle-notch
circle-pause circle-play circle-plus circle-question circle-stop circle-up circle-user
circle-xmark clipboard clipboard-check clipboard-list clock clock-rotate-left clone
cloud-arrow-down cloud-arrow-up code code-compare coins comment comment-dots comments compress
copy credit-card crop database desktop diagram-project door-open download edit ellipsis
ellipsis-vertical envelope envelope-open envelope-open-text equals expand eye eye-slash
face-frown face-meh face-smile file file-arrow-down file-arrow-up file-circle-check
file-circle-exclamation file-circle-plus file-circle-question file-circle-xmark file-contract
file-csv file-excel file-export file-image file-import file-invoice file-invoice-dollar
file-lines file-pdf file-pen file-shield file-signature file-zipper filter filter-circle-xmark
fingerprint flag floppy-disk folder folder-open folder-plus forward gauge gauge-high gavel gear
gears globe grip hand hand-holding-dollar handshake hashtag headset heart-pulse hospital
hourglass hourglass-end hourglass-half hourglass-start house house-chimney
house-circle-check house-user id-badge id-card image images inbox key landmark language
layer-group life-ring lightbulb link link-slash list list-check list-ol list-ul location-dot
lock lock-open magnifying-glass magnifying-glass-dollar magnifying-glass-minus
magnifying-glass-plus marker message minus mobile mobile-screen mobile-screen-button
money-bill money-bill-transfer money-bill-wave money-check money-check-dollar network-wired
newspaper note-sticky palette paper-plane paperclip passport pause pen pen-to-square people-group
people-roof percent person phone phone-flip play plug plus power-off print qrcode question
receipt reply right-from-bracket right-left right-to-bracket robot rotate rotate-left
rotate-right route save scale-balanced school search server shield shield-halved
shuffle signature signs-post sitemap sliders sort sort-down sort-up spinner square
square-check square-minus square-plus square-xmark stamp star stop stopwatch table table-cells
table-columns table-list tag tags terminal text-height thumbs-down thumbs-up timeline
toggle-off toggle-on trash trash-can triangle-exclamation truck-fast umbrella universal-access
unlock unlock-keyhole up-down upload user user-check user-clock user-gear user-group user-lock
user-minus user-pen user-plus user-shield user-slash user-tag user-tie user-xmark users
users-gear vault vector-square wallet wand-magic-sparkles warehouse wifi window-restore wrench
xmark yen-sign
""".split()


def glyphs() -> dict[str, str]:
    """Return the code point of each name, as FAB's copy of Font Awesome has it."""
    known: dict[str, str] = {}
    for sheet in ("fontawesome.min.css", "v4-shims.min.css"):
        text = (WHOLE / "fontawesome" / sheet).read_text(encoding="utf-8")
        for names, code in re.findall(r'((?:\.fa[\w.-]*:before,?)+){content:"\\(\w+)"', text):
            for name in re.findall(r"\.fa-([\w-]+):before", names):
                known.setdefault(name, code)
    return {name: known[name] for name in NAMES if name in known}


def main() -> int:
    """Write the stylesheet and the font; return the code of the exit."""
    found = glyphs()
    rules = "".join(f'.fa-{name}:before{{content:"\\{code}"}}' for name, code in found.items())
    ICONS.mkdir(exist_ok=True)
    (ICONS / "icons.css").write_text(FACE + rules + "\n", encoding="utf-8")
    codes = ",".join(sorted({f"U+{code}" for code in found.values()}))
    subset.main(
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
