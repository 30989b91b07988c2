"""Contributions from a file: looked at and brought by one person, posted by another, or refused."""

from collections.abc import Callable
from typing import Any, TypeVar

import sqlalchemy as sa
from flask import abort, flash, redirect, request, url_for
from flask_appbuilder import expose, has_access
from flask_babel import gettext, ngettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app import current
from app.desk import deeds
from app.desk.sentences import sentence
from app.display.files import as_file
from app.display.formats import money
from app.domain.errors import Invalid, NotAllowed, RuleBroken
from app.extensions import db
from app.models import ContributionBatch, InterestRun
from app.screens.file_taking import FileTakingView
from app.services.accounting import contribution_files
from app.services.accounting.contributions import ContributionReport, import_contributions
from app.transaction import transaction

BATCHES = 20
T = TypeVar("T", ContributionBatch, InterestRun)


class ContributionView(FileTakingView):
    """Upload, preview with every fault, hand on; a second person posts. What was posted before."""

    route_base = "/desk/contributions"
    class_permission_name = "Payouts"
    method_permission_name = {
        "index": "read", "look": "prepare", "take": "prepare", "download": "read",
        "post": "release", "refuse": "release",
    }  # fmt: skip
    template = "desk/contributions.html"
    file_name = "contributions.csv"
    waits_as = "contributions "

    @expose("/<int:file_id>/file")
    @has_access
    def download(self, file_id: int) -> Response:
        """Hand a waiting file out as it was brought; who took it is recorded."""

        def read(session: Session) -> tuple[str, bytes]:
            actor, now = current.actor(), current.now()
            file = contribution_files.get_file(session, file_id, actor=actor)
            return file.name, contribution_files.hand_out(session, file, actor=actor, now=now)

        name, data = deeds.hand_out(read, about=f"contribution_file:{file_id}")
        return as_file(data, name=name, kind="application/octet-stream")

    @expose("/<int:file_id>/post", methods=["POST"])
    @has_access
    def post(self, file_id: int) -> Any:
        """Post a file that a colleague brought."""
        reports: list[ContributionReport] = []

        def work(session: Session) -> None:
            actor = current.actor()
            file = contribution_files.get_file(session, file_id, actor=actor)
            report = contribution_files.post(session, file, actor=actor, now=current.now())
            reports.append(report)
            if report.batch_id is None:
                raise Invalid(code="contributions_faulty")

        broken = self._try(work, file_id)
        if broken is not None:
            return self._again(broken, *reports)
        return self._back(_posted(*reports))

    @expose("/<int:file_id>/refuse", methods=["POST"])
    @has_access
    def refuse(self, file_id: int) -> Any:
        """Refuse a file that a colleague brought, with the reason."""

        def work(session: Session) -> None:
            actor = current.actor()
            file = contribution_files.get_file(session, file_id, actor=actor)
            contribution_files.refuse(
                session, file, actor=actor, now=current.now(),
                reason=request.form.get("reason", ""),
            )  # fmt: skip

        broken = self._try(work, file_id)
        if broken is not None:
            return self._again(broken)
        return self._back(gettext("Refused. It stays on record and changes nothing."))

    def read(self, data: bytes, name: str, *, preview: bool) -> ContributionReport:
        """Return what the file holds; a look writes nothing, the rest hands it on."""
        actor, now = current.actor(), current.now()
        if preview:
            return import_contributions(
                db.session(), data, actor=actor, now=now, name=name, preview=True
            )
        with transaction() as session:
            return contribution_files.bring(session, data, name=name, actor=actor, now=now)

    def taken(self, report: ContributionReport) -> tuple[str, str] | None:
        """Say that the file waits for a second person."""
        if report.file_id is None:
            return None
        said = gettext("The file is whole. A second person looks at it and posts it.")
        return said, url_for("ContributionView.index")

    def refused(self, broken: RuleBroken) -> Response:
        """Say why nothing was taken; what is not allowed is written down."""
        if isinstance(broken, NotAllowed):
            deeds.refuse(broken, about="contribution_batch")
        return self.again(sentence(broken))

    def shown(self) -> dict[str, Any]:
        """Return what waits, and what was posted and settled before."""
        actor = current.actor()
        agency_id = actor.agency_id or abort(404)
        return {
            "title": gettext("Contributions and interest"),
            "waiting": contribution_files.waiting(db.session(), actor=actor),
            "batches": _newest(ContributionBatch, agency_id),
            "runs": _newest(InterestRun, agency_id),
            "may_prepare": deeds.may("prepare", view="Payouts"),
            "may_post": deeds.may("release", view="Payouts"),
            "may_carry": deeds.may("prepare", "release", view="Payouts"),
            "me": actor.user_id,
        }

    @staticmethod
    def _try(work: Callable[[Session], None], file_id: int) -> RuleBroken | None:
        here = url_for("ContributionView.index")
        return deeds.attempt(work, location=here, about=f"contribution_file:{file_id}")

    @staticmethod
    def _back(said: str) -> Response:
        flash(said, "success")
        return redirect(url_for("ContributionView.index"))

    def _again(self, broken: RuleBroken, report: ContributionReport | None = None) -> Any:
        flash(sentence(broken), "danger")
        return self._page(report), 403 if isinstance(broken, NotAllowed) else 422


def _posted(report: ContributionReport | None = None) -> str:
    """Say what was posted; a form that came twice is answered without a report."""
    if report is None:
        return gettext("The file was posted.")
    said = ngettext("%(num)d line was posted.", "%(num)d lines were posted.", report.rows)
    return f"{said} {gettext('Total %(total)s yuan.', total=money(report.total))}"


def _newest(kind: type[T], agency_id: int) -> list[T]:
    query = sa.select(kind).where(kind.agency_id == agency_id)
    return list(db.session.scalars(query.order_by(kind.id.desc()).limit(BATCHES)))
