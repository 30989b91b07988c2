"""The inbox of an applicant (消息)."""

from flask import redirect, url_for
from flask_appbuilder import BaseView, expose, has_access
from werkzeug.wrappers import Response

from app import current
from app.display.words import localized
from app.extensions import db
from app.hall.people.profile import myself
from app.models import Applicant
from app.services import notices
from app.transaction import transaction


class MessagesView(BaseView):
    """What the hall told the person, newest first."""

    route_base = "/hall/messages"
    default_view = "index"
    class_permission_name = "Hall"
    method_permission_name = {"index": "read", "read": "read"}

    @expose("/")
    @has_access
    def index(self) -> str:
        """List the messages; new ones are marked."""
        messages = [
            {
                "text": localized(row, "text"),
                "at": row.created_at,
                "new": row.read_at is None,
                "application_id": row.application_id,
            }
            for row in notices.inbox(db.session(), myself())
        ]
        return self.render_template("hall/messages.html", messages=messages)

    @expose("/read/", methods=["POST"])
    @has_access
    def read(self) -> Response:
        """Mark all messages as read."""
        key, now = myself().id, current.now()
        with transaction() as writing:
            notices.mark_read(writing, writing.get_one(Applicant, key), now=now)
        return redirect(url_for("MessagesView.index"))
