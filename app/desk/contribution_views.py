"""Contributions from a file: looked at first, line by line, then posted whole or not at all."""

import contextlib
import hashlib
import re
from typing import TypeVar

import sqlalchemy as sa
from flask import abort, flash, redirect, request, url_for
from flask_appbuilder import BaseView, expose, has_access
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response

from app import current, outside
from app.desk import deeds
from app.desk.sentences import sentence
from app.display.formats import money
from app.display.words import is_chinese
from app.domain.errors import NotAllowed, RuleBroken
from app.extensions import db
from app.gateways.storage.protocol import AlreadyStored, NotStored
from app.models import ContributionBatch, InterestRun
from app.services.accounting.contributions import ContributionReport, import_contributions
from app.transaction import transaction

MOST_BYTES = 20 * 1024 * 1024
MOST_SHOWN = 200
BATCHES = 20
T = TypeVar("T", ContributionBatch, InterestRun)
HASH = re.compile(r"[0-9a-f]{64}")


class ContributionView(BaseView):
    """Upload, preview with every fault, post; what was posted and settled before."""

    route_base = "/desk/contributions"
    default_view = "index"
    class_permission_name = "Payouts"
    method_permission_name = {"index": "read", "look": "prepare", "take": "prepare"}

    @expose("/")
    @has_access
    def index(self) -> str:
        """Say what a file looks like, ask for one, list what was posted."""
        return self._page(None)

    @expose("/look", methods=["POST"])
    @has_access
    def look(self) -> Response | str:
        """Read a file without posting it and show what it holds."""
        sent = request.files.get("file")
        data = sent.read(MOST_BYTES + 1) if sent else b""
        if not sent or not data or len(data) > MOST_BYTES:
            flash(gettext("Please choose a csv or xlsx file of at most 20 MB."), "danger")
            return redirect(url_for("ContributionView.index"))
        try:
            report = _read(data, sent.filename or "contributions.csv", preview=True)
        except RuleBroken as broken:
            return _refused(broken)
        if not report.problems:
            with contextlib.suppress(AlreadyStored):
                outside.storage().put(_key_of(report.sha256), data)
        return self._page(report)

    @expose("/take", methods=["POST"])
    @has_access
    def take(self) -> Response | str:
        """Post a file that was looked at; it is read and checked again."""
        sha256 = request.form.get("sha256", "")
        if not HASH.fullmatch(sha256):
            abort(400)
        try:
            data = outside.storage().get(_key_of(sha256))
        except NotStored:
            flash(gettext("Please send the file again; it was not kept."), "danger")
            return redirect(url_for("ContributionView.index"))
        try:
            report = _read(data, request.form.get("name", "")[:200], preview=False)
        except RuleBroken as broken:
            return _refused(broken)
        if report.batch_id is None:
            return self._page(report)
        outside.storage().delete(_key_of(sha256))
        flash(
            ngettext("%(num)d line was posted.", "%(num)d lines were posted.", report.rows)
            + " " + gettext("Total %(total)s yuan.", total=money(report.total)),
            "success",
        )  # fmt: skip
        return redirect(url_for("ContributionView.index"))

    def _page(self, report: ContributionReport | None) -> str:
        agency_id = current.actor().agency_id
        if agency_id is None:
            abort(404)
        problems = [
            (one.line, one.column, one.why_zh if is_chinese() else one.why_en)
            for one in (report.problems if report else ())
        ]
        page: str = self.render_template(
            "desk/contributions.html",
            title=gettext("Contributions and interest"),
            report=report,
            problems=problems[:MOST_SHOWN],
            more=max(0, len(problems) - MOST_SHOWN),
            batches=_newest(ContributionBatch, agency_id),
            runs=_newest(InterestRun, agency_id),
            may_prepare=deeds.may("prepare", view="Payouts"),
        )
        return page


def _refused(broken: RuleBroken) -> Response:
    """Say why nothing was posted; what is not allowed is written down."""
    if isinstance(broken, NotAllowed):
        deeds.refuse(broken, about="contribution_batch")
    flash(sentence(broken), "danger")
    return redirect(url_for("ContributionView.index"))


def _newest(kind: type[T], agency_id: int) -> list[T]:
    query = sa.select(kind).where(kind.agency_id == agency_id)
    return list(db.session.scalars(query.order_by(kind.id.desc()).limit(BATCHES)))


def _read(data: bytes, name: str, *, preview: bool) -> ContributionReport:
    actor, now = current.actor(), current.now()
    if preview:
        return import_contributions(
            db.session(), data, actor=actor, now=now, name=name, preview=True
        )
    with transaction() as session:
        return import_contributions(session, data, actor=actor, now=now, name=name)


def _key_of(sha256: str) -> str:
    """Return where a file waits, sealed, from the look to the posting; bound to who looked."""
    who = f"contributions {sha256} {current.actor().user_id}".encode()
    return f"imports/{hashlib.sha256(who).hexdigest()}"
