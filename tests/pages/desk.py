"""The page of a case in tests: its address, what became of it, deeds sent by hand."""

import sqlalchemy as sa
from itsdangerous import URLSafeTimedSerializer

from app.models import Application, AuditEvent
from app.services import payouts


def found(rows, case_id):
    """Return status and version of a case as it stands."""
    with rows() as session:
        case = session.get_one(Application, case_id)
        return case.status, case.version


def url(case_id):
    """Return the address of a case."""
    return f"/desk/case/{case_id}/"


def posted(browser, case_id, *, rows, deed, **answers):
    """Send a deed by hand, with everything right but the right itself."""
    with rows() as session:
        case = session.get_one(Application, case_id)
        values = {"version": case.version, "signed": payouts.decision_hash(case)}
    token = token_of(browser)
    return browser.client.post(
        f"{url(case_id)}do", data=values | answers | {"csrf_token": token, "deed": deed}
    )


def token_of(browser):
    """Return a token that is right for this browser, as any form of its would carry."""
    with browser.client.session_transaction() as kept:
        raw = kept.setdefault("csrf_token", "a" * 40)
    secret = browser.client.application.config["SECRET_KEY"]
    return URLSafeTimedSerializer(secret, salt="wtf-csrf-token").dumps(raw)


def refusals(rows, case_id):
    """Return why deeds on a case were refused, as the audit has it."""
    with rows() as session:
        return list(
            session.scalars(
                sa.select(AuditEvent.reason)
                .where(AuditEvent.act == "deed_refused", AuditEvent.object_id == str(case_id))
                .order_by(AuditEvent.id)
            )
        )
