"""The page of closed days: a copy to keep, no more in it than the reader may read."""

import datetime as dt
import gzip
import json

import pytest
import sqlalchemy as sa

from app.domain.terms import Role
from app.domain.workdays import local_date
from app.extensions import db
from app.jobs.audit_days import close_days
from app.models import AuditEvent
from app.services import audit
from tests.factories import NOON, PASSWORD, Person, actor_of, make_staff

DAY = local_date(NOON).isoformat()


@pytest.fixture
def closed(app, rows, clock):
    """A day on which both agencies did something, and somebody logged in."""
    with rows() as session:
        for agency in ("anhui", "liaoning"):
            member = make_staff(session, f"{agency}-one", Role.FIRST_REVIEWER, agency=agency)
            for act in ("login", "material_read"):
                audit.record(session, act, actor=actor_of(session, member), now=NOON)
    clock.set(NOON + dt.timedelta(days=1))
    with app.app_context():
        assert close_days(now=clock())
        db.session.remove()


@pytest.fixture
def copied(closed, rows, browse):
    """Save a copy as somebody with a role; return the acts that can be read in it."""

    def copy(role):
        with rows() as session:
            member = make_staff(session, f"a-{role}", role)
            person = Person(f"a-{role}", PASSWORD, actor_of(session, member), member.name)
        browser = browse().sign_in(person)
        [day] = browser.open("/office/audit-days/").soup.select("td a[href$=copy]")
        answer = browser.client.get(day["href"])
        lines = gzip.decompress(answer.data).decode().splitlines()[1:]
        read = [json.loads(line.get("row", "{}")) for line in map(json.loads, lines)]
        return answer, [row["act"] for row in read if row]

    return copy


def test_an_auditor_keeps_a_copy_of_the_own_agency(copied, rows):
    answer, acts = copied(Role.AUDITOR)

    assert acts == ["login", "material_read"]
    assert answer.headers["Content-Disposition"] == (
        f"attachment; filename=anju-audit-{DAY}.jsonl.gz"
    )
    with rows() as session:
        taken = session.scalars(sa.select(AuditEvent).where(AuditEvent.act == "audit_exported"))
        assert [row.object_id for row in taken] == [DAY]


def test_a_security_officer_reads_log_ins_alone(copied):
    assert copied(Role.SECURITY_OFFICER)[1] == ["login"]


@pytest.mark.parametrize("day", ["2026-11-29", "tomorrow", "..%2F..%2Fetc"])
def test_a_day_that_is_not_closed_is_not_found(copied, browse, day):
    copied(Role.AUDITOR)
    browser = browse().sign_in(Person(f"a-{Role.AUDITOR}", PASSWORD, None, ""))

    assert browser.client.get(f"/office/audit-days/{day}/copy").status_code == 404
