"""The pages of registration, log-in, profile and messages, and where they stand in the menu."""

from flask import current_app
from flask_appbuilder import AppBuilder

from app.hall.messages import MessagesView
from app.hall.outside.outside_bind import BindView
from app.hall.outside.outside_connect import ConnectionsView
from app.hall.outside.outside_page import OutsideView
from app.hall.people import agreement_page
from app.hall.people.agreement_page import AgreementView
from app.hall.people.cards_page import CardView
from app.hall.people.contact_page import ContactView
from app.hall.people.devices_page import DevicesView
from app.hall.people.own_data_page import OwnDataView
from app.hall.people.password_page import PasswordView
from app.hall.people.picture_page import PictureCodeView
from app.hall.people.profile import ProfileView
from app.hall.people.recover import RecoverView
from app.hall.people.register import RegisterView
from app.hall.people.second_factor_page import SecondFactorView
from app.hall.wechat import wechat_files
from app.hall.wechat.wechat_messages import WechatView
from app.hall.wechat.wechat_signin import WechatSignInView

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
    current_app.before_request(wechat_files.instead)
    appbuilder.add_view(
        MessagesView, "Messages", label="Messages", category="Hall", category_label="Hall"
    )
