"""Where the pages of the desk stand in the menu."""

from flask_appbuilder import AppBuilder
from flask_babel import lazy_gettext as _l

from app.desk.case_views import CaseView
from app.desk.corrections_page import CorrectionView
from app.desk.counter_views import CounterView
from app.desk.paper_page import DeskPaperView
from app.desk.payout_views import PayoutRunView
from app.desk.reveal_views import RevealView
from app.desk.views import DeskView


def add_to(appbuilder: AppBuilder) -> None:
    """Hang the desk's pages on the application."""
    appbuilder.add_view(
        DeskView, "Desk", label=_l("Workplace"), href="/desk/", category="Work",
        category_label=_l("Work"),
    )  # fmt: skip
    appbuilder.add_link(
        "Queue", label=_l("Cases to work on"), href="/desk/queue/", category="Work"
    )
    appbuilder.add_view_no_menu(CaseView)
    appbuilder.add_view(CounterView, "Counter", label=_l("Counter"), category="Work")
    appbuilder.add_view_no_menu(RevealView)
    appbuilder.add_view_no_menu(DeskPaperView)
    appbuilder.add_view(
        CorrectionView, "Corrections", label=_l("Corrections asked for"),
        href="/desk/corrections/", category="Work", category_label=_l("Work"),
    )  # fmt: skip
    appbuilder.add_view(
        PayoutRunView, "PayoutRuns", label=_l("Payout runs"), href="/desk/payouts/",
        category="Money", category_label=_l("Money"),
    )  # fmt: skip
