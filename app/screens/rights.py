"""Which rows a generated list may show: filters that no argument of the address can widen."""

from typing import Any

import sqlalchemy as sa
from flask_appbuilder.models.filters import BaseFilter

from app import current
from app.domain.terms import Role
from app.models import Account, Applicant, Application

NOBODY = -1
LOGIN_ACTS = (
    "login", "login_failed", "logout", "password_changed", "staff_created", "staff_changed",
    "sessions_ended",
)  # fmt: skip
"""What the security officer may read."""


def at_agency(query: Any, column: Any) -> Any:
    """Return the condition that a row is of the agency of the member of staff who asks.

    SQLite knows no statistics and takes any index it sees: an agency is half a table, so it is
    kept from that one and finds the rows by what was searched for or by the order of the list.
    """
    sqlite = query.session.get_bind().dialect.name == "sqlite"
    agency = current.actor().agency_id or NOBODY
    condition: Any = (column + 0 if sqlite else column) == agency
    return condition


class OfMyAgency(BaseFilter):
    """Rows of the agency of the member of staff who asks; nothing for anybody else."""

    name = "of my agency"
    arg_name = None

    def apply(self, query: Any, _value: Any) -> Any:
        """Keep the agency's rows."""
        return query.filter(at_agency(query, self.model.agency_id))


class HoldersOfMyAgency(BaseFilter):
    """Applicants with an account or a case at the agency of the member of staff who asks."""

    name = "holders of my agency"
    arg_name = None

    def apply(self, query: Any, _value: Any) -> Any:
        """Keep the agency's holders."""
        holds = sa.exists().where(
            Account.applicant_id == Applicant.id, at_agency(query, Account.agency_id)
        )
        applies = sa.exists().where(
            Application.applicant_id == Applicant.id, at_agency(query, Application.agency_id)
        )
        return query.filter(sa.or_(holds, applies))


class SubmittedOfMyAgency(OfMyAgency):
    """Cases of the agency; drafts belong to the applicant alone."""

    name = "submitted, of my agency"

    def apply(self, query: Any, _value: Any) -> Any:
        """Keep the agency's cases that were submitted."""
        return super().apply(query, _value).filter(self.model.number.is_not(None))


class Own(BaseFilter):
    """Rows of the applicant who asks."""

    name = "own"
    arg_name = None

    def apply(self, query: Any, _value: Any) -> Any:
        """Keep the own rows."""
        own = current.actor().applicant_id or NOBODY
        return query.filter(self.model.applicant_id == own)


class OfOwnCases(BaseFilter):
    """Rows that hang on a case of the applicant who asks."""

    name = "of own cases"
    arg_name = None

    def apply(self, query: Any, _value: Any) -> Any:
        """Keep what hangs on the own cases."""
        own = sa.select(Application.id).where(
            Application.applicant_id == (current.actor().applicant_id or NOBODY)
        )
        return query.filter(self.model.application_id.in_(own))


class OfSubmittedCases(BaseFilter):
    """Rows that hang on a case that was submitted; drafts belong to the applicant alone."""

    name = "of submitted cases"
    arg_name = None

    def apply(self, query: Any, _value: Any) -> Any:
        """Leave out what hangs on drafts."""
        return query.filter(self.model.application.has(Application.number.is_not(None)))


class AuditOfMine(OfMyAgency):
    """Records of the agency; those who look after log-ins see log-ins alone."""

    name = "audit of mine"

    def apply(self, query: Any, _value: Any) -> Any:
        """Keep what the reader's role may see."""
        mine = super().apply(query, _value)
        if current.actor().has(Role.AUDITOR, Role.SUPERVISOR):
            return mine
        return mine.filter(self.model.act.in_(LOGIN_ACTS))
