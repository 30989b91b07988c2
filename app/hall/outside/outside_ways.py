"""The ways to log in that others offer: their names and where they begin."""

from dataclasses import dataclass

from flask import current_app, request, url_for

from app import navigation, outside
from app.display.browsers import in_wechat
from app.display.words import localized
from app.hall.wechat.wechat_shown import shown, wechat_name

OPENID = "oidc:"
"""What stands before the provider in how a device came in."""


@dataclass(frozen=True, slots=True)
class Way:
    """A button of the log-in page: the provider, its name, the address it leads to.

    ``connect`` takes the form of somebody signed in who wants to connect it.
    """

    provider: str
    name: str
    url: str
    connect: str
    icon: str = "building-columns"


def ways(*, for_staff: bool = False) -> list[Way]:
    """Return the ways that this page's agency offers; without a chosen agency, all of them."""
    chosen = navigation.chosen_agency()
    wanted = request.args.get("next") or None
    return [
        Way(
            one.code,
            localized(one, "name"),
            url_for("OutsideView.begin", provider=one.code, next=wanted),
            url_for("ConnectionsView.add", provider=one.code),
        )
        for one in outside.openid_providers()
        if (chosen is None or not one.agencies or chosen.code in one.agencies)
        and (one.staff or not for_staff)
    ] + ([] if for_staff else wechat_ways())


def wechat_ways() -> list[Way]:
    """Return the ways by WeChat; outside of it the platform signs nobody in."""
    if not in_wechat():
        return []
    once = {one.provider: one for one in reversed(shown())}
    return [
        Way(
            one.provider, wechat_name(one.provider), one.way_in,
            url_for("WechatSignInView.connect", agency=one.agency.code), "comment-dots",
        )
        for one in once.values()
    ]  # fmt: skip


def name_of(provider: str) -> str:
    """Return what a provider is called on pages."""
    for one in outside.openid_providers():
        if one.code == provider:
            return localized(one, "name")
    return wechat_name(provider) if provider.startswith("wechat") else provider


def again_url(provider: str) -> str:
    """Return where to try a provider once more, or the log-in page for one that is not asked."""
    if any(one.code == provider for one in outside.openid_providers()):
        return url_for("OutsideView.begin", provider=provider)
    again = next((one.way_in for one in shown() if one.provider == provider), None)
    return again or url_for("SignInView.login")


def public_url(path: str) -> str:
    """Return a path as others open it: by the settings, whatever address a request names."""
    settings = current_app.config
    home = settings["ANJU_PUBLIC_URL"] or f"http://127.0.0.1:{settings['PORT']}"
    return f"{home}{path}"


def goodbye_url(how: str) -> str:
    """Return the page that offers to log out at the provider too, or the front page."""
    provider = how.removeprefix(OPENID)
    if how.startswith(OPENID) and outside.openid(provider) is not None:
        return url_for("OutsideView.goodbye", provider=provider)
    return "/"
