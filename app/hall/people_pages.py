"""The pages of registration, log-in, profile and messages, and where they stand in the menu."""

from flask_appbuilder import AppBuilder

from app.hall.cards_page import CardView
from app.hall.messages import MessagesView
from app.hall.outside_bind import BindView
from app.hall.outside_connect import ConnectionsView
from app.hall.outside_page import OutsideView
from app.hall.password_page import PasswordView
from app.hall.picture_page import PictureCodeView
from app.hall.profile import ProfileView
from app.hall.recover import RecoverView
from app.hall.register import RegisterView
from app.hall.second_factor_page import SecondFactorView
from app.hall.wechat_messages import WechatView
from app.hall.wechat_signin import WechatSignInView

VIEWS = (
    RegisterView, RecoverView, ProfileView, CardView, PasswordView, PictureCodeView,
    SecondFactorView, OutsideView, BindView, ConnectionsView, WechatView, WechatSignInView,
)  # fmt: skip
"""Pages without an entry in the menu."""


def add_to(appbuilder: AppBuilder) -> None:
    """Hang the pages on the application; only the messages have a menu entry."""
    for view in VIEWS:
        appbuilder.add_view_no_menu(view)
    appbuilder.add_view(
        MessagesView, "Messages", label="Messages", category="Hall", category_label="Hall"
    )
