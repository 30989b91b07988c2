"""How the hall is: worker, storage, calendar, payments in doubt, messages that wait."""

from flask_appbuilder import BaseView, expose, has_access
from flask_babel import gettext

from app import current, health
from app.extensions import db


class HealthView(BaseView):
    """What an operator looks at first."""

    route_base = "/office/health"
    default_view = "index"
    class_permission_name = "Health"
    method_permission_name = {"index": "read"}

    @expose("/")
    @has_access
    def index(self) -> str:
        """Show what is checked and the last run of every job."""
        session, now = db.session(), current.now()
        page: str = self.render_template(
            "office/health.html",
            title=gettext("Health of the hall"),
            checks=health.checks(session, now=now),
            runs=health.last_runs(session),
        )
        return page
