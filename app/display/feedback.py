"""What the levels of a rating and its reasons are called."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _

from app.domain.feedback import Rating

RATINGS: Mapping[Rating, Any] = {
    Rating.VERY_SATISFIED: _("Very satisfied"),
    Rating.SATISFIED: _("Satisfied"),
    Rating.FAIR: _("Fairly satisfied"),
    Rating.DISSATISFIED: _("Not satisfied"),
    Rating.VERY_DISSATISFIED: _("Not satisfied at all"),
}

REASONS: Mapping[str, Any] = {
    "quick": _("Done quickly"),
    "told_at_once": _("Everything was told at once"),
    "few_papers": _("Few papers were needed"),
    "easy_pages": _("The pages are easy to use"),
    "friendly": _("The staff were friendly"),
    "slow": _("It took too long"),
    "unclear": _("It was not explained clearly"),
    "too_many_papers": _("Too many papers, or the same ones again"),
    "hard_pages": _("The pages are hard to use"),
    "unfriendly": _("The staff were unfriendly"),
    "asked_money": _("I was asked for money or for papers that are not on the list"),
}
