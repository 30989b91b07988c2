"""Which pages the office has, and where they stand in the menu."""

from flask_appbuilder import AppBuilder

from app.office.audit_days_page import AuditDaysView
from app.office.calendar_page import CalendarView
from app.office.health_page import HealthView
from app.office.money_days_page import MoneyDaysView
from app.office.proof_page import AuditProofView
from app.office.staff_access_page import StaffAccessView
from app.office.style_page import StyleView


def add_to(appbuilder: AppBuilder) -> None:
    """Hang the pages on the application."""
    appbuilder.add_view(
        CalendarView, "Calendar", label="Calendar", category="ReferenceData",
        category_label="Reference data",
    )  # fmt: skip
    appbuilder.add_view(
        HealthView, "Health", label="Health", category="Records", category_label="Records"
    )
    appbuilder.add_view_no_menu(AuditProofView)
    appbuilder.add_view_no_menu(StaffAccessView)
    appbuilder.add_view_no_menu(AuditDaysView)
    appbuilder.add_view_no_menu(MoneyDaysView)
    appbuilder.add_view_no_menu(StyleView)
