"""Whether the audit is whole: every row hashed again, on demand."""

import itertools
import time

import sqlalchemy as sa
from flask_appbuilder import BaseView, expose, has_access
from flask_babel import gettext

from app.domain.violation import Violation
from app.extensions import db
from app.models import AuditEvent
from app.services import audit

MOST_ROWS = 100_000
MOST_SHOWN = 50


class AuditProofView(BaseView):
    """The chain of the audit, walked from its first row."""

    route_base = "/office/audit-proof"
    default_view = "index"
    class_permission_name = "Audit"
    method_permission_name = {"index": "read", "check": "read"}

    @expose("/")
    @has_access
    def index(self) -> str:
        """Say how long the chain is and offer to walk it."""
        return self._page()

    @expose("/", methods=["POST"])
    @has_access
    def check(self) -> str:
        """Walk the chain and name every row that is not what was written."""
        if count() > MOST_ROWS:
            return self._page()
        began = time.monotonic()
        found = list(itertools.islice(audit.verify(db.session()), MOST_SHOWN))
        return self._page(found=found, seconds=time.monotonic() - began)

    def _page(self, found: list[Violation] | None = None, seconds: float = 0.0) -> str:
        rows = count()
        page: str = self.render_template(
            "office/audit-proof.html",
            title=gettext("Proof of the audit"),
            rows=rows,
            too_many=rows > MOST_ROWS,
            broken=[(one.row_id, one.sentence) for one in found or ()],
            found=found,
            seconds=seconds,
        )
        return page


def count() -> int:
    """Return how many rows the audit has: its keys have no gaps worth a count."""
    return db.session.scalar(sa.select(sa.func.max(AuditEvent.id))) or 0
