"""Where the pages of the desk stand in the menu."""

from flask_appbuilder import AppBuilder
from flask_babel import lazy_gettext as _l

from app.desk.account_arrival_views import AccountsImportView
from app.desk.account_book import StaffBookView
from app.desk.bank_file_views import BankFileView
from app.desk.case_views import CaseView
from app.desk.contribution_views import ContributionView
from app.desk.corrections_page import CorrectionView
from app.desk.counter_views import CounterView
from app.desk.feedback_page import DeskFeedbackView
from app.desk.paper_page import DeskPaperView
from app.desk.payout_views import PayoutRunView
from app.desk.reconciliation_views import ReconciliationView
from app.desk.reveal_views import RevealView
from app.desk.reversal_views import ReversalView
from app.desk.standing_page import MonthlyView
from app.desk.switch_views import PayoutSwitchView
from app.desk.tour_page import TourView
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
    appbuilder.add_view_no_menu(TourView)
    appbuilder.add_view(CounterView, "Counter", label=_l("Counter"), category="Work")
    appbuilder.add_view_no_menu(RevealView)
    appbuilder.add_view_no_menu(DeskPaperView)
    appbuilder.add_view_no_menu(AccountsImportView)
    appbuilder.add_view(
        CorrectionView, "Corrections", label=_l("Corrections asked for"),
        href="/desk/corrections/", category="Work", category_label=_l("Work"),
    )  # fmt: skip
    appbuilder.add_view(
        DeskFeedbackView, "Feedback", label=_l("Ratings of the service"),
        href="/desk/feedback/", category="Work", category_label=_l("Work"),
    )  # fmt: skip
    appbuilder.add_view(
        MonthlyView, "Agreements", label=_l("Monthly withdrawals by agreement"),
        href="/desk/monthly/", category="Work", category_label=_l("Work"),
    )  # fmt: skip
    add_money(appbuilder)


def add_money(appbuilder: AppBuilder) -> None:
    """Hang the pages about money."""
    appbuilder.add_view(
        PayoutRunView, "PayoutRuns", label=_l("Payout runs"), href="/desk/payouts/",
        category="Money", category_label=_l("Money"),
    )  # fmt: skip
    appbuilder.add_view(
        ReconciliationView, "Reconciliation", label=_l("Reconciliation"),
        href="/desk/reconciliation/", category="Money", category_label=_l("Money"),
    )  # fmt: skip
    appbuilder.add_view(
        PayoutSwitchView, "PayoutSwitch", label=_l("Stop and resume payouts"),
        href="/desk/payout-switch/", category="Money", category_label=_l("Money"),
    )  # fmt: skip
    appbuilder.add_view(
        BankFileView, "BankFiles", label=_l("Bank files"), href="/desk/bank-files/",
        category="Money", category_label=_l("Money"),
    )  # fmt: skip
    appbuilder.add_view(
        ContributionView, "Contributions", label=_l("Contributions and interest"),
        href="/desk/contributions/", category="Money", category_label=_l("Money"),
    )  # fmt: skip
    appbuilder.add_view(
        ReversalView, "Reversals", label=_l("Reversals and late money"),
        href="/desk/reversals/", category="Money", category_label=_l("Money"),
    )  # fmt: skip
    appbuilder.add_view_no_menu(StaffBookView)
