"""Pages for development: the text messages that were sent on this machine. Never in production."""

from flask import Flask, abort, current_app
from flask_appbuilder import BaseView, expose

from app.gateways.sms import LocalSms


class DevelopmentView(BaseView):
    """What a telephone would show."""

    route_base = "/dev"
    default_view = "sms"

    @expose("/sms")
    def sms(self) -> str:
        """List the messages that the local sender kept, newest first."""
        if current_app.config["ANJU_PRODUCTION"]:
            abort(404)
        kept = LocalSms(current_app.config["ANJU_SMS_FILE"]).messages()
        return self.render_template("dev/sms.html", messages=kept)


def init_app(app: Flask) -> None:
    """Add the pages unless this is production."""
    if not app.config["ANJU_PRODUCTION"]:
        app.extensions["appbuilder"].add_view_no_menu(DevelopmentView)
