"""Contributions from a file: looked at first, line by line, then posted whole or not at all."""

from typing import Any, TypeVar

import sqlalchemy as sa
from flask import abort, url_for
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response

from app import current
from app.desk import deeds
from app.desk.sentences import sentence
from app.display.formats import money
from app.domain.errors import NotAllowed, RuleBroken
from app.extensions import db
from app.models import ContributionBatch, InterestRun
from app.screens.file_taking import FileTakingView
from app.services.accounting.contributions import ContributionReport, import_contributions
from app.transaction import transaction

BATCHES = 20
T = TypeVar("T", ContributionBatch, InterestRun)


class ContributionView(FileTakingView):
    """Upload, preview with every fault, post; what was posted and settled before."""

    route_base = "/desk/contributions"
    class_permission_name = "Payouts"
    method_permission_name = {"index": "read", "look": "prepare", "take": "prepare"}
    template = "desk/contributions.html"
    file_name = "contributions.csv"
    waits_as = "contributions "

    def read(self, data: bytes, name: str, *, preview: bool) -> ContributionReport:
        """Return what the file holds; a look writes nothing."""
        actor, now = current.actor(), current.now()
        if preview:
            return import_contributions(
                db.session(), data, actor=actor, now=now, name=name, preview=True
            )
        with transaction() as session:
            return import_contributions(session, data, actor=actor, now=now, name=name)

    def taken(self, report: ContributionReport) -> tuple[str, str] | None:
        """Say how many lines were posted."""
        if report.batch_id is None:
            return None
        said = ngettext("%(num)d line was posted.", "%(num)d lines were posted.", report.rows)
        total = gettext("Total %(total)s yuan.", total=money(report.total))
        return f"{said} {total}", url_for("ContributionView.index")

    def refused(self, broken: RuleBroken) -> Response:
        """Say why nothing was posted; what is not allowed is written down."""
        if isinstance(broken, NotAllowed):
            deeds.refuse(broken, about="contribution_batch")
        return self.again(sentence(broken))

    def shown(self) -> dict[str, Any]:
        """Return what was posted and settled before."""
        agency_id = current.actor().agency_id or abort(404)
        return {
            "title": gettext("Contributions and interest"),
            "batches": _newest(ContributionBatch, agency_id),
            "runs": _newest(InterestRun, agency_id),
            "may_prepare": deeds.may("prepare", view="Payouts"),
        }


def _newest(kind: type[T], agency_id: int) -> list[T]:
    query = sa.select(kind).where(kind.agency_id == agency_id)
    return list(db.session.scalars(query.order_by(kind.id.desc()).limit(BATCHES)))
