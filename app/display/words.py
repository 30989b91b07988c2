"""Words of data rows in the reader's language."""

from typing import Any

from flask_babel import get_locale


def is_chinese() -> bool:
    """Tell whether the page is read in Chinese."""
    locale = get_locale()
    return locale is None or locale.language == "zh"


def localized(row: Any, name: str) -> str:
    """Return ``row.<name>_zh`` or ``row.<name>_en``, whichever the reader reads."""
    first, second = ("zh", "en") if is_chinese() else ("en", "zh")
    return getattr(row, f"{name}_{first}", "") or getattr(row, f"{name}_{second}", "") or ""
