"""Money with thousands separators, moments and days in Asia/Shanghai, days in words."""

import datetime as dt
from decimal import Decimal

from flask_babel import format_date

from app.display.words import is_chinese
from app.domain.workdays import SHANGHAI

MINUS = "\N{MINUS SIGN}"


def money(value: Decimal | int | None) -> str:
    """Return yuan with separators, two places and the sign of print, e.g. ``−18,000.00``."""
    return "" if value is None else f"{value:,.2f}".replace("-", MINUS)


def moment(value: dt.datetime | None) -> str:
    """Return local date and minute, e.g. ``2026-10-08 09:41``."""
    return "" if value is None else f"{value.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


def day(value: dt.date | dt.datetime | None) -> str:
    """Return the local date, e.g. ``2026-10-08``."""
    found = local_day(value)
    return "" if found is None else found.isoformat()


def day_in_words(value: dt.date | dt.datetime | None) -> str:
    """Return the local date as it is said, e.g. ``10月8日`` or ``8 October``."""
    found = local_day(value)
    if found is None:
        return ""
    if is_chinese():
        return f"{found.month}月{found.day}日"
    return format_date(found, "d MMMM", rebase=False)


def local_day(value: dt.date | dt.datetime | None) -> dt.date | None:
    """Return the day in Shanghai on which a moment falls; a day stays what it is."""
    return value.astimezone(SHANGHAI).date() if isinstance(value, dt.datetime) else value
