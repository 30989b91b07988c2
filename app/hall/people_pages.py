"""The pages of registration, log-in, profile and messages, and where they stand in the menu."""

from flask_appbuilder import AppBuilder

from app.hall.cards_page import CardView
from app.hall.messages import MessagesView
from app.hall.password_page import PasswordView
from app.hall.profile import ProfileView
from app.hall.recover import RecoverView
from app.hall.register import RegisterView


def add_to(appbuilder: AppBuilder) -> None:
    """Hang the pages on the application; only the messages have a menu entry."""
    for view in (RegisterView, RecoverView, ProfileView, CardView, PasswordView):
        appbuilder.add_view_no_menu(view)
    appbuilder.add_view(
        MessagesView, "Messages", label="Messages", category="Hall", category_label="Hall"
    )
