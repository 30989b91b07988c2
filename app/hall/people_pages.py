"""The pages of registration, log-in, profile and messages, and where they stand in the menu."""

from flask import current_app
from flask_appbuilder import AppBuilder

from app.hall import agreement_page
from app.hall.agreement_page import AgreementView
from app.hall.cards_page import CardView
from app.hall.contact_page import ContactView
from app.hall.devices_page import DevicesView
from app.hall.messages import MessagesView
from app.hall.outside_bind import BindView
from app.hall.outside_connect import ConnectionsView
from app.hall.outside_page import OutsideView
from app.hall.own_data_page import OwnDataView
from app.hall.password_page import PasswordView
from app.hall.picture_page import PictureCodeView
from app.hall.profile import ProfileView
from app.hall.recover import RecoverView
from app.hall.register import RegisterView
from app.hall.second_factor_page import SecondFactorView
from app.hall.wechat_messages import WechatView
from app.hall.wechat_signin import WechatSignInView

VIEWS = (
    ContactView, OwnDataView, AgreementView, RegisterView, RecoverView, ProfileView, CardView, PasswordView, PictureCodeView,
    SecondFactorView, DevicesView, OutsideView, BindView, ConnectionsView, WechatView, WechatSignInView,
)  # fmt: skip
"""Pages without an entry in the menu."""


def add_to(appbuilder: AppBuilder) -> None:
    """Hang the pages on the application; only the messages have a menu entry."""
    for view in VIEWS:
        appbuilder.add_view_no_menu(view)
    current_app.before_request(agreement_page.gate)
    appbuilder.add_view(
        MessagesView, "Messages", label="Messages", category="Hall", category_label="Hall"
    )
