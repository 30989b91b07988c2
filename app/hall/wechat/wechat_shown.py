"""How people find the official accounts: name, code to scan, the way in from inside WeChat."""

from dataclasses import dataclass

import segno
from flask import request, url_for
from flask_babel import gettext

from app import navigation, outside
from app.domain.page_words import Flow
from app.models import Agency


@dataclass(frozen=True, slots=True)
class Shown:
    """One official account as a page shows it; ``code`` is a picture, empty without one.

    ``tells``: steps of an application are told by it.
    """

    provider: str
    agency: Agency
    name: str
    code: str
    way_in: str
    tells: bool


def shown() -> list[Shown]:
    """Return the accounts of this page's agency; without a chosen agency, all of them."""
    wanted = request.args.get("next") or None
    return [
        Shown(
            provider=account.provider,
            agency=agency,
            name=account.name or agency.short_name_zh,
            code=picture(account.qr),
            way_in=url_for("WechatSignInView.login", agency=agency.code, next=wanted),
            tells=bool(account.templates),
        )
        for agency in agencies()
        if (account := outside.wechat_account(agency.code)) is not None
    ]


def wechat_name(provider: str) -> str:
    """Return what a way in by WeChat is called: with the account's name where there are several."""
    accounts = [line.account for line in outside.wechat_lines().values()]
    names = [one.name for one in accounts if one.provider == provider and one.name]
    if names and len({one.provider for one in accounts}) > 1:
        return gettext("WeChat (%(name)s)", name=names[0])
    return gettext("WeChat")


def agencies() -> list[Agency]:
    """Return the chosen agency, or all."""
    chosen = navigation.chosen_agency()
    return [chosen] if chosen is not None else navigation.agencies()


def offers_fund() -> bool:
    """Tell whether the flow of the fund is among what can be applied for here (SB11)."""
    return any(scheme.flow == Flow.FUND for one in agencies() for scheme in one.schemes)


def picture(text: str) -> str:
    """Return a code to scan as the address of a picture."""
    if not text:
        return ""
    made: str = segno.make_qr(text, error="m").svg_data_uri(scale=6, border=2)
    return made
