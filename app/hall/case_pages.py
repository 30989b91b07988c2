"""The pages of an application, and where they stand in the menu."""

from flask_appbuilder import AppBuilder

from app.hall.account_book import AccountBookView
from app.hall.applying.apply import ApplyView
from app.hall.applying.upload import UploadView
from app.hall.applying.wizard import WizardView
from app.hall.check_page import CheckView
from app.hall.estimate_page import EstimateView
from app.hall.feedback_page import CaseFeedbackView, FeedbackView
from app.hall.home import HomeView
from app.hall.paper_page import PaperView
from app.hall.progress import ProgressView, PublicProgressView
from app.hall.standing_page import StandingView


def add_to(appbuilder: AppBuilder) -> None:
    """Hang the pages on the application: my hall, applying, progress (SA10)."""
    within = {"category": "Hall", "category_label": "Hall"}
    appbuilder.add_view(HomeView, "MyHall", label="My hall", **within)
    appbuilder.add_view(ApplyView, "Apply", label="Apply online for a withdrawal", **within)
    appbuilder.add_view(ProgressView, "Progress", label="Progress of my applications", **within)
    for view in (
        AccountBookView,
        StandingView,
        WizardView,
        UploadView,
        PublicProgressView,
        PaperView,
        CheckView,
        EstimateView,
        FeedbackView,
        CaseFeedbackView,
    ):
        appbuilder.add_view_no_menu(view)
