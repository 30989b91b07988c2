"""The generated screens, and the map: which view stands where in which menu."""

from flask import Flask
from flask_appbuilder import AppBuilder

from app.extensions import db
from app.hall.help import HelpView


def init_app(app: Flask) -> AppBuilder:
    """Make the AppBuilder of this application and hang every view on it."""
    appbuilder = AppBuilder(app, db.session)
    appbuilder.add_view_no_menu(HelpView)
    return appbuilder
