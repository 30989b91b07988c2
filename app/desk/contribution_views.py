"""Contributions from a file: looked at and brought by one person, posted by another, or refused."""

from typing import Any, TypeVar

import sqlalchemy as sa
from flask import abort
from flask_babel import gettext, ngettext

from app import current
from app.desk import deeds
from app.desk.second_hand_views import SecondHandsView
from app.display.formats import money
from app.extensions import db
from app.models import ContributionBatch, InterestRun
from app.services.accounting import contribution_files
from app.services.accounting.contributions import ContributionReport, import_contributions

BATCHES = 20
T = TypeVar("T", ContributionBatch, InterestRun)


class ContributionView(SecondHandsView):
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
    files = contribution_files
    about = "contribution_file"
    faulty = "contributions_faulty"

    def preview(self, data: bytes, name: str) -> ContributionReport:
        """Return what the file holds and write nothing."""
        return import_contributions(
            db.session(), data, actor=current.actor(), now=current.now(), name=name,
            preview=True,
        )  # fmt: skip

    def posted(self, report: ContributionReport | None = None) -> str:
        """Say what was posted; a form that came twice is answered without a report."""
        if report is None:
            return gettext("The file was posted.")
        said = ngettext("%(num)d line was posted.", "%(num)d lines were posted.", report.rows)
        return f"{said} {gettext('Total %(total)s yuan.', total=money(report.total))}"

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


def _newest(kind: type[T], agency_id: int) -> list[T]:
    query = sa.select(kind).where(kind.agency_id == agency_id)
    return list(db.session.scalars(query.order_by(kind.id.desc()).limit(BATCHES)))
