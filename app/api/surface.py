"""Which interfaces the hall offers."""

from flask_appbuilder import AppBuilder

from app.api.accounts import AccountsApi
from app.api.applications import ApplicationsApi
from app.api.document import DocumentApi
from app.api.steps import StepsApi


def add_to(appbuilder: AppBuilder) -> None:
    """Hang the interfaces on the application."""
    for api in (AccountsApi, ApplicationsApi, StepsApi, DocumentApi):
        appbuilder.add_api(api)
