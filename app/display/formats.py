"""Money with thousands separators, moments and days in Asia/Shanghai."""

import datetime as dt
from decimal import Decimal
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def money(value: Decimal | None) -> str:
    """Return yuan with separators and two places, e.g. ``186,300.00``."""
    return "" if value is None else f"{value:,.2f}"


def moment(value: dt.datetime | None) -> str:
    """Return local date and minute, e.g. ``2026-10-08 09:41``."""
    return "" if value is None else f"{value.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


def day(value: dt.date | dt.datetime | None) -> str:
    """Return the local date, e.g. ``2026-10-08``."""
    if isinstance(value, dt.datetime):
        value = value.astimezone(SHANGHAI).date()
    return "" if value is None else value.isoformat()
