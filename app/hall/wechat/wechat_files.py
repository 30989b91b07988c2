"""Inside WeChat no file can be kept: who asks for one is told what to do, and loses nothing."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from app.display.browsers import in_wechat

FILES = ("PaperView.receipt", "PaperView.fetch", "AccountBookView.export")
"""Links of applicants that give a file; opened in another browser they give it there."""

ASKED = "OwnDataView.fetch"
"""The one file that a button gives."""


def instead() -> str | Response | None:
    """Answer who asks for a file inside WeChat, before it is made or counted as fetched."""
    if not in_wechat():
        return None
    if request.endpoint in FILES:
        return render_template(
            "hall/wechat-file.html", title=gettext("Save the file elsewhere")
        )
    if request.endpoint == ASKED:
        flash(
            gettext("WeChat keeps no files. Open this page in your phone's browser."), "warning"
        )
        return redirect(url_for("OwnDataView.index"))
    return None
