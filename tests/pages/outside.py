"""What tests of unified identity share: going to a provider and coming back."""

from urllib.parse import parse_qs, urlencode, urlsplit

import sqlalchemy as sa

from app.models import AuditEvent, OutsideIdentity
from app.services.entry import outside_identities
from tests.factories import NOON

BEGIN, BACK = "/login/outside/province/", "/login/outside/province/callback/"
HOME = "https://hall.example"
NAME = "惠民统一认证"


def set_out(visitor, path=BEGIN):
    """Press the button of the log-in page; return the question the provider gets."""
    response = visitor.client.get(path)
    assert response.status_code == 302, response.get_data(as_text=True)
    asked = parse_qs(urlsplit(response.location).query)
    return {key: at[0] for key, at in asked.items()}


def come_back(visitor, crooked, status=200, path=BEGIN, **answer):
    """Go to the stand-in and come back with its answer."""
    asked = set_out(visitor, path)
    crooked.nonce = asked["nonce"]
    query = urlencode({"state": asked["state"], "code": "c"} | answer)
    return visitor.open(f"{BACK}?{query}", status)


def prove(visitor, page, person, phone):
    """Give password and code on the binding page."""
    page = visitor.press(page, "下一步", login=person.login, password=person.password)
    page = visitor.press(page, "获取验证码")
    return visitor.press(page, "绑定并登录", code=phone())


def is_in(visitor):
    return visitor.client.get("/hall/profile/").status_code == 200


def bound(rows):
    with rows() as session:
        return session.scalars(
            sa.select(OutsideIdentity.user_id).where(OutsideIdentity.ended_at.is_(None))
        ).all()


def whys(rows):
    with rows() as session:
        events = session.scalars(
            sa.select(AuditEvent).where(AuditEvent.act == "outside_refused")
        )
        return [event.details["why"] for event in events]


def make_binding(rows, person, subject="ana"):
    """Bind a subject of the provider to somebody."""
    with rows() as session:
        session.add(
            OutsideIdentity(
                provider="province", user_id=person.actor.user_id, level="",
                subject_index=outside_identities.subject_index("province", subject),
                bound_at=NOON, last_used_at=NOON,
            )
        )  # fmt: skip
