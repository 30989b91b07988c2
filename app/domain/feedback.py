"""What people say of the service (好差评): five levels, reasons to tick, and no numbers in words."""

import re
from collections.abc import Iterable
from enum import StrEnum

from app.domain.errors import Invalid

LONGEST = 500
"""Signs that a text may have."""


class Rating(StrEnum):
    """The five levels of the national rating of government services, best first."""

    VERY_SATISFIED = "very_satisfied"
    SATISFIED = "satisfied"
    FAIR = "fair"
    DISSATISFIED = "dissatisfied"
    VERY_DISSATISFIED = "very_dissatisfied"

    @property
    def is_bad(self) -> bool:
        """Tell whether the rating is a bad one (差评), which has to be answered in time."""
        return self in BAD

    @property
    def stars(self) -> int:
        """Return the level as a number from 5, the best, to 1."""
        return 5 - list(Rating).index(self)


BAD = frozenset({Rating.DISSATISFIED, Rating.VERY_DISSATISFIED})

PRAISED = ("quick", "told_at_once", "few_papers", "easy_pages", "friendly")
FAULTED = ("slow", "unclear", "too_many_papers", "hard_pages", "unfriendly", "asked_money")
REASONS = (*PRAISED, *FAULTED)
"""What may be ticked beside a rating."""

_WIDE = {0xFEE0 + code: code for code in (*range(0x30, 0x3A), *range(0x41, 0x7B), 0x40, 0x2D)}
_NUMBER = re.compile(r"(?<![A-Za-z0-9])(?:[A-Z]{1,2})?\d(?:[ -]?[\dXx*]){6,}")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_CASE = re.compile(r"(?<![A-Z])[A-Z]{2}\d{14}(?!\d)")


def rating_of(typed: str) -> Rating:
    """Return the level that was chosen, or raise ``Invalid`` (rating_missing)."""
    try:
        return Rating(typed)
    except ValueError:
        raise Invalid("no level", code="rating_missing", field="rating") from None


def reasons_of(ticked: Iterable[str]) -> tuple[str, ...]:
    """Return the known reasons among those ticked, each once, in their order."""
    wanted = set(ticked)
    return tuple(code for code in REASONS if code in wanted)


def without_numbers(text: str) -> str:
    """Return a text in which documents, mobiles, cards and mail addresses are starred out.

    Seven digits or more in a row count as such, however they are spaced; the number of an
    application is kept, for it says nothing of a person to whoever has no right to the case.
    """
    plain = _MAIL.sub("****", text.translate(_WIDE))
    kept = [(found.start(), found.end()) for found in _CASE.finditer(plain)]

    def star(found: re.Match[str]) -> str:
        inside = any(start <= found.start() and found.end() <= end for start, end in kept)
        return found[0] if inside else "****"

    return _NUMBER.sub(star, plain)


def text_of(typed: str) -> str:
    """Return a text as it is kept, or raise ``Invalid`` (text_too_long)."""
    bare = typed.replace("\r\n", "\n").strip()
    if len(bare) > LONGEST:
        raise Invalid("too long", code="text_too_long", field="text", most=LONGEST)
    return without_numbers(bare)
