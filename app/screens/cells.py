"""What a cell of a generated list shows: words, not codes; money and times as people read them."""

from typing import Any

from flask_babel import gettext
from markupsafe import Markup, escape

from app.display import formats
from app.display.words import localized
from app.domain import masking


def name_of(row: Any) -> str:
    """Return a reference row's name in the reader's language."""
    return "" if row is None else localized(row, "name")


def label_of(row: Any) -> str:
    """Return a reference row's label in the reader's language."""
    return "" if row is None else localized(row, "label")


def person(row: Any) -> str:
    """Return a person's name, masked."""
    return "" if row is None else masking.mask_name(str(row))


def yes_no(value: bool | None) -> str:
    """Return yes or no in words."""
    return gettext("Yes") if value else gettext("No")


def amount(value: Any) -> Markup:
    """Return yuan with separators, aligned as a number."""
    return Markup('<span class="aj-num">{}</span>').format(formats.money(value))


def codes(value: tuple[str, ...] | None) -> str:
    """Return a list of codes with commas."""
    return ", ".join(value or ())


def short(value: str | None, most: int = 60) -> str:
    """Return the beginning of a long text."""
    text = value or ""
    return text if len(text) <= most else f"{text[:most]}…"


def safe(value: object) -> Markup:
    """Return any value as text that holds no markup."""
    return escape("" if value is None else str(value))
