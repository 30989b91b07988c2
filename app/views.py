"""The generated screens, and the map: which view stands where in which menu."""

from flask import Flask
from flask_appbuilder import AppBuilder

from app import dev
from app.api import surface as api
from app.extensions import db
from app.hall import people_pages
from app.hall.help import HelpView


def init_app(app: Flask) -> AppBuilder:
    """Make the AppBuilder of this application and hang every view on it."""
    appbuilder = AppBuilder(app, db.session)
    appbuilder.add_view_no_menu(HelpView)
    people_pages.add_to(appbuilder)
    api.add_to(appbuilder)
    dev.init_app(app)
    return appbuilder
