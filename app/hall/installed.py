"""The hall as an app of the phone: its description, its worker, its page without a line."""

import functools
import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager

from flask import (
    Response,
    abort,
    current_app,
    g,
    jsonify,
    make_response,
    render_template,
    url_for,
)
from flask_appbuilder import BaseView, expose
from flask_babel import force_locale, gettext

from app import assets, navigation
from app.navigation import Brand

NEUTRAL = "anju"
"""Stands in an address in the place of an agency's code when none is chosen."""

SHELL = (
    "anju.css", "anju.js", "appbuilder/css/bootstrap.min.css", "favicon.svg", "icons/icons.css",
    "icons/icons.woff", "line.js", "people.js", "upload.js",
)  # fmt: skip
"""All that the worker keeps on the phone beside the page without a line: nothing personal."""

HOUR = 3600
DARK, PAPER = "#0E2C52", "#F4F6F9"
ADDRESS = "/app/<agency>/<language>"
SHORTCUTS = (("ApplyView.choose", "Apply online for a withdrawal"),
             ("ProgressView.index", "Progress of my applications"),
             ("MessagesView.index", "Messages"))  # fmt: skip
ICONS = (
    ("icon-192.png", "192x192", "any"), ("icon-512.png", "512x512", "any"),
    ("maskable-192.png", "192x192", "maskable"), ("maskable-512.png", "512x512", "maskable"),
)  # fmt: skip


class InstalledView(BaseView):
    """What a phone asks for when the hall is put on its home screen: public, nothing personal."""

    route_base = ""
    default_view = "offline"

    @expose(f"{ADDRESS}/manifest.webmanifest")
    def manifest(self, agency: str, language: str) -> Response:
        """Describe the app, with the agency's names."""
        with _face(agency, language) as brand:
            found = jsonify(_description(brand, language))
        found.mimetype = "application/manifest+json"
        found.cache_control.public, found.cache_control.max_age = True, HOUR
        return found

    @expose(f"{ADDRESS}/worker.js")
    def worker(self, agency: str, language: str) -> Response:
        """Return the script that stands between the pages and the line."""
        with _face(agency, language) as brand:
            offline = url_for("InstalledView.offline", agency=agency, language=language)
            mark = _mark(brand, _offices(brand), language)
        kept = [assets.address(name) for name in SHELL]
        told = json.dumps({"name": f"anju-{mark}", "files": kept, "offline": offline})
        source = (assets.OWN / "worker.js").read_text(encoding="utf-8")
        script = Response(f"const SHELL = {told};\n{source}", mimetype="text/javascript")
        script.headers["Service-Worker-Allowed"] = "/"
        return script

    @expose(f"{ADDRESS}/offline/")
    def offline(self, agency: str, language: str) -> Response:
        """Show what one can do while there is no line; the same for everybody."""
        with _face(agency, language) as brand:
            return make_response(_page(brand, _offices(brand)))

    @expose("/.well-known/assetlinks.json")
    def android(self) -> Response:
        """Name the Android packages that may show the hall without an address bar."""
        apps = current_app.config["ANJU_ANDROID"] or abort(404)
        return jsonify([one.statement() for one in apps])


@contextmanager
def _face(agency: str, language: str) -> Iterator[Brand]:
    """Give an agency's face in a language, whoever asks; an unknown one is not there."""
    if language not in current_app.config["LANGUAGES"]:
        abort(404)
    with force_locale(language):
        found = navigation.agency_by_code(agency)
        if found is None and agency != NEUTRAL:
            abort(404)
        brand = navigation.brand_of(found) if found else navigation.neutral()
        g.brand = brand
        yield brand


def _offices(brand: Brand) -> tuple[Brand, ...]:
    """Return whose hotlines are shown: the chosen agency's, or everybody's."""
    if brand.code:
        return (brand,)
    return tuple(navigation.brand_of(one) for one in navigation.agencies())


def _page(brand: Brand, offices: tuple[Brand, ...]) -> str:
    return render_template(
        "hall/offline.html", brand=brand, offices=offices, for_everybody=True
    )


@functools.lru_cache(maxsize=512)
def _mark(brand: Brand, offices: tuple[Brand, ...], _language: str) -> str:
    """Return the name of what is kept: another one when a file or the page has changed.

    Browsers ask for the worker at every visit; the page is made for it once a process.
    """
    page = _page(brand, offices).replace(g.get("nonce", " "), "")
    kept = "".join(assets.address(name) for name in SHELL)
    return hashlib.sha256((page + kept).encode()).hexdigest()[:12]


def _description(brand: Brand, language: str) -> dict[str, object]:
    start = url_for("FrontView.index", agency=brand.code or None)
    return {
        "id": f"/?app={brand.code or NEUTRAL}",
        "name": brand.line if brand.code else f"{brand.name} {brand.line}",
        "short_name": brand.short_name,
        "description": gettext("Withdraw your housing money online"),
        "lang": "zh-CN" if language == "zh" else language,
        "start_url": start,
        "scope": "/",
        "display": "standalone",
        "theme_color": DARK,
        "background_color": PAPER,
        "categories": ["government"],
        "icons": [
            {"src": _icon(file), "sizes": sizes, "type": "image/png", "purpose": purpose}
            for file, sizes, purpose in ICONS
        ],
        "shortcuts": [
            {"name": gettext(words), "url": url_for(endpoint)} for endpoint, words in SHORTCUTS
        ],
    }


def _icon(name: str) -> str:
    return url_for("static", filename=f"icons/app/{name}")
