"""How values are shown: money, moments, words by language, statuses."""

from flask import Flask

from app.display import formats, words


def init_app(app: Flask) -> None:
    """Give templates the filters."""
    app.add_template_filter(formats.money, "money")
    app.add_template_filter(formats.moment, "moment")
    app.add_template_filter(formats.day, "day")
    app.add_template_global(words.localized, "localized")
    app.add_template_global(words.is_chinese, "is_chinese")
