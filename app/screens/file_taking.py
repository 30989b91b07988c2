"""A file that comes in two steps: looked at, line by line, then taken whole or not at all."""

import contextlib
import hashlib
import re
from abc import ABC, abstractmethod
from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask_appbuilder import BaseView, expose, has_access
from flask_babel import gettext
from werkzeug.wrappers import Response

from app import current, outside
from app.display.words import is_chinese
from app.domain.errors import RuleBroken
from app.gateways.storage.protocol import AlreadyStored, NotStored

MOST_BYTES = 20 * 1024 * 1024
MOST_SHOWN = 200
HASH = re.compile(r"[0-9a-f]{64}")


class FileTakingView(BaseView, ABC):
    """Upload, preview with every fault, take.

    A report has ``problems``, ``sha256``, ``rows`` and ``total``, as imports give them.
    """

    default_view = "index"
    template = ""
    file_name = ""
    waits_as = ""
    """Keeps the waiting files of one page apart from those of another."""

    @expose("/")
    @has_access
    def index(self) -> str:
        """Say what a file looks like and ask for one."""
        return self._page(None)

    @expose("/look", methods=["POST"])
    @has_access
    def look(self) -> Response | str:
        """Read a file without taking it and show what it holds."""
        sent = request.files.get("file")
        data = sent.read(MOST_BYTES + 1) if sent else b""
        if not sent or not data or len(data) > MOST_BYTES:
            return self.again(gettext("Please choose a csv or xlsx file of at most 20 MB."))
        try:
            report = self.read(data, sent.filename or self.file_name, preview=True)
        except RuleBroken as broken:
            return self.refused(broken)
        if not report.problems:
            with contextlib.suppress(AlreadyStored):
                outside.storage().put(self._key(report.sha256), data)
        return self._page(report)

    @expose("/take", methods=["POST"])
    @has_access
    def take(self) -> Response | str:
        """Take a file that was looked at; it is read and checked again."""
        sha256 = request.form.get("sha256", "")
        if not HASH.fullmatch(sha256):
            abort(400)
        try:
            data = outside.storage().get(self._key(sha256))
        except NotStored:
            return self.again(gettext("Please send the file again; it was not kept."))
        try:
            report = self.read(data, request.form.get("name", "")[:200], preview=False)
        except RuleBroken as broken:
            return self.refused(broken)
        done = self.taken(report)
        if done is None:
            return self._page(report)
        outside.storage().delete(self._key(sha256))
        said, there = done
        flash(said, "success")
        return redirect(there)

    @abstractmethod
    def read(self, data: bytes, name: str, *, preview: bool) -> Any:
        """Return what a file holds; without ``preview`` it is taken when nothing is wrong."""

    @abstractmethod
    def taken(self, report: Any) -> tuple[str, str] | None:
        """Return what is said of a file that was taken, and where it leads; None if it was not."""

    def shown(self) -> dict[str, Any]:
        """Return what else the page shows."""
        return {}

    def refused(self, broken: RuleBroken) -> Response:
        """Answer what the rules forbid."""
        raise broken

    def again(self, said: str) -> Response:
        """Go back to the beginning and say why."""
        flash(said, "danger")
        return redirect(url_for(f"{self.endpoint}.index"))

    def _page(self, report: Any) -> str:
        problems = [
            (one.line, one.column, one.why_zh if is_chinese() else one.why_en)
            for one in (report.problems if report else ())
        ]
        page: str = self.render_template(
            self.template,
            report=report,
            problems=problems[:MOST_SHOWN],
            more=max(0, len(problems) - MOST_SHOWN),
            **self.shown(),
        )
        return page

    def _key(self, sha256: str) -> str:
        """Return where a file waits, sealed, until it is taken; bound to who looked."""
        who = f"{self.waits_as}{sha256} {current.actor().user_id}".encode()
        return f"imports/{hashlib.sha256(who).hexdigest()}"
