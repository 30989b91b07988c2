"""What the frame of every page shows: whose hall it is, where one may go, who is signed in."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa
from flask import Flask, current_app, g, redirect, request, session, url_for
from flask_appbuilder.menu import MenuItem
from flask_babel import get_locale, gettext
from flask_login import current_user
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.local import LocalProxy
from werkzeug.wrappers import Response

from app import current, outside
from app.display.addresses import page_of
from app.display.words import is_chinese, localized
from app.domain.terms import Channel, Role
from app.extensions import db
from app.models import Account, Agency, Notice

CHOSEN = "agency"
"""Key of the session under which a visitor's chosen agency is kept."""

NEUTRAL_SEAL = "anju.svg"

UP_FRONT = ("Desk", "Queue", "PayoutRuns")
"""Menu entries of staff that stand beside the menus and not in them: the day's work."""

REACHED_FROM = {"/desk/case/": "/desk/queue/", "/desk/papers/": "/desk/queue/"}
"""Pages that stand in no menu, with the entry that leads to them."""


@dataclass(frozen=True, slots=True)
class Brand:
    """Whose name, seal and hotline stand on a page; without an agency it is the hall's own."""

    code: str
    name: str
    short_name: str
    line: str
    seal: str
    home: str
    hotline: str = ""
    hours: str = ""
    address: str = ""
    office: str = ""
    placeholder: bool = False
    is_desk: bool = False

    @property
    def hotline_digits(self) -> str:
        """Return the hotline as a telephone dials it."""
        return "".join(sign for sign in self.hotline if sign.isdigit() or sign == "+")

    @property
    def wrap(self) -> str:
        """Return the classes of a page's width: staff get the wide one."""
        return "aj-wrap aj-wrap--desk" if self.is_desk else "aj-wrap"


@dataclass(frozen=True, slots=True)
class Place:
    """An entry of the navigation."""

    label: str
    url: str
    is_current: bool = False
    badge: int = 0
    children: tuple["Place", ...] = ()
    ends: bool = False


@dataclass(frozen=True, slots=True)
class Person:
    """Who is signed in, and the links of the menu under that name."""

    label: str
    links: tuple[Place, ...]


def init_app(app: Flask) -> None:
    """Give every template the frame's data."""
    app.before_request(remember_agency)
    app.before_request(switch_language)
    app.context_processor(frame)


def frame() -> dict[str, Any]:
    """Return what the frame asks for; ``brand`` is looked up only when a page names it."""
    return {
        "appbuilder": current_app.extensions["appbuilder"],
        "base_template": current_app.config["FAB_BASE_TEMPLATE"],
        "brand": LocalProxy(brand),
        "places": places,
        "person": person,
        "page_language": page_language,
        "other_language": other_language,
        "login_url": login_url,
        "way_in": way_in,
        "request_number": g.get("request_id", ""),
    }


def remember_agency() -> None:
    """Keep the agency a visitor names by ``?agency=`` for the pages that follow."""
    wanted = request.args.get("agency", "")
    if wanted and request.method == "GET" and agency_by_code(wanted):
        session[CHOSEN] = wanted


def switch_language() -> Response | None:
    """Change the language and go back to the page that was read."""
    if request.endpoint != "LocaleView.index" or not request.args.get("next"):
        return None
    locale = (request.view_args or {}).get("locale")
    if locale not in current_app.config["LANGUAGES"]:
        return None
    session["locale"] = locale
    return redirect(local_path(request.args["next"]))


def local_path(target: str) -> str:
    """Return ``target`` when it is a path of this site, else the front page."""
    try:
        parts = urlsplit(target)
    except ValueError:
        return "/"
    outside = parts.scheme or parts.netloc or not target.startswith("/")
    return "/" if outside or target.startswith("//") or "\\" in target else target


# --- whose hall -------------------------------------------------------------------------------


def brand() -> Brand:
    """Return whose page this is: staff's agency, the chosen one, or the hall's own face."""
    if "brand" not in g:
        try:
            agency, is_desk = _agency(), _is_desk()
            g.brand = brand_of(agency, is_desk=is_desk) if agency else neutral(is_desk=is_desk)
        except SQLAlchemyError:
            return neutral(is_desk=False)
    found: Brand = g.brand
    return found


def brand_of(agency: Agency, *, is_desk: bool = False) -> Brand:
    """Return the face of an agency in the reader's language."""
    line = gettext("Staff workplace") if is_desk else localized(agency, "hall_name")
    return Brand(
        code=agency.code,
        name=localized(agency, "name"),
        short_name=localized(agency, "short_name"),
        line=line,
        seal=url_for("static", filename=f"seals/{agency.seal}"),
        home=_home(is_desk=is_desk),
        hotline=agency.hotline,
        hours=localized(agency, "hours"),
        address=localized(agency, "address"),
        office=localized(agency, "office_word"),
        placeholder=agency.placeholder,
        is_desk=is_desk,
    )


def agencies() -> list[Agency]:
    """Return all agencies of the installation, in the order they were set up."""
    return list(db.session.scalars(sa.select(Agency).order_by(Agency.id)))


def agency_by_code(code: str) -> Agency | None:
    """Return the agency with this code."""
    return db.session.scalar(sa.select(Agency).where(Agency.code == code))


def chosen_agency() -> Agency | None:
    """Return the agency that a visitor chose, that the host names, or the only one there is."""
    if (code := session.get(CHOSEN)) and (agency := agency_by_code(code)):
        return agency
    if current_app.config["ANJU_AGENCY_BY_HOST"]:
        host = request.host.rsplit(":", 1)[0]
        found = db.session.scalar(sa.select(Agency).where(Agency.host_name == host))
        if found:
            return found
    everyone = agencies()
    return everyone[0] if len(everyone) == 1 else None


def _agency() -> Agency | None:
    actor = current.actor()
    if actor.agency_id:
        return db.session.get(Agency, actor.agency_id)
    return chosen_agency() or _only_agency_of(actor.applicant_id)


def _only_agency_of(applicant_id: int | None) -> Agency | None:
    """Return the agency that keeps an applicant's accounts, when all are kept by one."""
    if applicant_id is None:
        return None
    kept = sa.select(Account.agency_id).where(Account.applicant_id == applicant_id).distinct()
    found = list(db.session.scalars(sa.select(Agency).where(Agency.id.in_(kept)).limit(2)))
    return found[0] if len(found) == 1 else None


def _is_desk() -> bool:
    return current_user.is_authenticated and current.actor().applicant_id is None


def neutral(*, is_desk: bool = False) -> Brand:
    """Return the hall's own face, when no agency is chosen."""
    hall = gettext("Anju")
    return Brand(
        code="",
        name=hall,
        short_name=hall,
        line=gettext("Staff workplace")
        if is_desk
        else gettext("Online hall for housing money"),
        seal=url_for("static", filename=f"seals/{NEUTRAL_SEAL}"),
        home=_home(is_desk=is_desk),
        is_desk=is_desk,
    )


def _home(*, is_desk: bool) -> str:
    if is_desk:
        return url_for("DeskView.home")
    signed_in = current_user.is_authenticated and current.actor().applicant_id
    return url_for("HomeView.index") if signed_in else "/"


# --- where one may go -------------------------------------------------------------------------


def places() -> list[Place]:
    """Return the navigation: the menu of a signed-in person, or the public pages."""
    found = list(_menu()) if current_user.is_authenticated else []
    return _mark_current(found or list(_public()))


def _public() -> Iterator[Place]:
    yield Place(gettext("Front page"), "/")
    yield Place(gettext("What I can apply for"), "/#what")
    yield Place(gettext("Follow an application"), url_for("PublicProgressView.ask"))
    yield Place(gettext("Help"), url_for("HelpView.index"))


def _menu() -> Iterator[Place]:
    """Yield what a signed-in person may open: the day's work first, then the menus."""
    allowed = _allowed()
    flat = current.actor().applicant_id is not None
    menus = [
        (item, [child for child in item.childs or [item] if child.name in allowed])
        for item in current_app.extensions["appbuilder"].menu.get_list()
        if item.name in allowed
    ]
    entries = {child.name: child for _, children in menus for child in children}
    if not flat:
        yield from (_place(entries[name]) for name in UP_FRONT if name in entries)
    for item, children in menus:
        rest = children if flat else [one for one in children if one.name not in UP_FRONT]
        places = [_place(child) for child in rest]
        if flat or len(places) == 1:
            yield from places
        elif places:
            yield Place(gettext(str(item.label)), "", children=tuple(places))


def _allowed() -> set[str]:
    appbuilder = current_app.extensions["appbuilder"]
    if "user" not in g:
        g.user = current_user  # a refusal may come before Flask-AppBuilder has looked
    names: set[str] = appbuilder.sm.get_user_menu_access(appbuilder.menu.get_flat_name_list())
    return names


def _place(item: MenuItem) -> Place:
    badge = unread() if item.name == "Messages" else 0
    return Place(gettext(str(item.label)), item.get_url(), badge=badge)


def unread() -> int:
    """Return how many messages the signed-in applicant has not read."""
    key = current.actor().applicant_id
    if key is None:
        return 0
    waiting = sa.select(sa.func.count()).where(
        Notice.applicant_id == key, Notice.channel == Channel.INBOX, Notice.read_at.is_(None)
    )
    return db.session.scalar(waiting) or 0


def _mark_current(found: list[Place]) -> list[Place]:
    """Mark the one entry whose address is the longest beginning of this page's."""
    urls = [place.url for top in found for place in (top, *top.children) if place.url]
    here = max((url for url in urls if _leads_to(url)), key=len, default=None)
    marked = []
    for top in found:
        children = tuple(replace(one, is_current=one.url == here) for one in top.children)
        inside = any(one.is_current for one in children)
        marked.append(replace(top, children=children, is_current=inside or top.url == here))
    return marked


def _leads_to(url: str) -> bool:
    entries = (entry for pages, entry in REACHED_FROM.items() if request.path.startswith(pages))
    here = next(entries, request.path)
    return here == url or (len(url) > 1 and here.startswith(url))


# --- who, and in which language ---------------------------------------------------------------


def person() -> Person | None:
    """Return the signed-in person with the links of the personal menu."""
    if not current_user.is_authenticated:
        return None
    actor = current.actor()
    label = actor.name
    if actor.applicant_id is None and actor.roles:
        roles = gettext(", ").join(sorted(role_word(role) for role in actor.roles))
        label = gettext("%(name)s (%(roles)s)", name=actor.name, roles=roles)
    profile = Place(gettext("My data"), url_for("ProfileView.index"))
    password = Place(gettext("Change the password"), url_for("PasswordView.index"))
    devices = Place(gettext("Log-in and devices"), url_for("DevicesView.index"))
    leave = Place(gettext("Log out"), _appbuilder_url("get_url_for_logout"), ends=True)
    links = [profile if actor.applicant_id else password, devices, leave]
    if actor.applicant_id is None and any(one.staff for one in outside.openid_providers()):
        links.insert(
            1, Place(gettext("Other ways to log in"), url_for("ConnectionsView.index"))
        )
    return Person(label, tuple(links))


def role_word(role: Role) -> str:
    """Return what a role is called on a page."""
    words = {
        Role.APPLICANT: gettext("applicant"),
        Role.FIRST_REVIEWER: gettext("first review"),
        Role.SECOND_REVIEWER: gettext("second review"),
        Role.SUPERVISOR: gettext("supervisor"),
        Role.PAYER: gettext("payments"),
        Role.RELEASER: gettext("release of payments"),
        Role.AUDITOR: gettext("audit"),
        Role.PACKAGE_EDITOR: gettext("packages"),
        Role.PACKAGE_PUBLISHER: gettext("publishing"),
        Role.USER_ADMIN: gettext("users"),
        Role.SECURITY_OFFICER: gettext("security"),
        Role.INSTALLATION_ADMIN: gettext("installation"),
        Role.WORKER: gettext("worker"),
    }
    return words[role]


def page_language() -> str:
    """Return the language of the page as HTML names it."""
    return "zh-CN" if is_chinese() else str(get_locale()).replace("_", "-")


def other_language() -> dict[str, str]:
    """Return the language one can change to, with the way back to this page."""
    code = "en" if is_chinese() else "zh"
    back = request.full_path if request.method == "GET" else page_of(request.path)
    url = url_for("LocaleView.index", locale=code, next=back.rstrip("?"))
    name = current_app.config["LANGUAGES"][code]["name"]
    return {"code": "en" if code == "en" else "zh-CN", "name": name, "url": url}


def way_in() -> Place | None:
    """Return where one begins to apply: holders at once, visitors by logging in, staff nowhere."""
    if not current_user.is_authenticated:
        return Place(gettext("Log in and apply"), login_url())
    if current.actor().applicant_id is None:
        return None
    return Place(gettext("Apply online for a withdrawal"), url_for("ApplyView.choose"))


def login_url() -> str:
    """Return where one logs in."""
    return _appbuilder_url("get_url_for_login")


def _appbuilder_url(name: str) -> str:
    url: str = getattr(current_app.extensions["appbuilder"], name)
    return url
