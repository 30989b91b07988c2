"""How values are shown: money, moments, words by language, statuses, charts."""

from flask import Flask

from app.display import browsers, charts, formats, labels, revealing, specimens, words


def init_app(app: Flask) -> None:
    """Give templates the filters and the words."""
    app.add_template_filter(formats.money, "money")
    app.add_template_filter(formats.moment, "moment")
    app.add_template_filter(formats.day, "day")
    app.add_template_filter(formats.day_in_words, "day_in_words")
    app.add_template_filter(charts.share, "share")
    app.add_template_global(specimens.specimens_of, "specimens_of")
    app.add_template_global(words.localized, "localized")
    app.add_template_global(browsers.in_wechat, "in_wechat")
    app.add_template_global(words.is_chinese, "is_chinese")
    app.add_template_global(lambda: revealing.REASONS, "reveal_reasons")
    app.add_template_global(labels.staff_label, "staff_label")
    app.add_template_global(labels.applicant_label, "applicant_label")
    app.add_template_global(labels.working_days_left, "working_days_left")
