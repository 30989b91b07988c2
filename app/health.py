"""Alive, ready, and in numbers: what a watchman asks of the hall."""

import datetime as dt
import hmac
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from alembic.script import ScriptDirectory
from flask import Flask, Response, abort, current_app, jsonify, request
from flask_babel import gettext
from prometheus_client import CollectorRegistry, Gauge, generate_latest
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app import current, outside
from app.domain.terms import NoticeStatus, PayoutStatus, Status
from app.domain.workdays import local_date
from app.extensions import db
from app.models import Agency, Application, Counter, JobRun, Notice, Payout, WorkingDay

QUIET = dt.timedelta(minutes=15)
"""So long a worker may be silent before it is told."""

WARN_FROM = (12, 15)
"""From this month and day on a missing next year is told."""

LOCAL = ("127.0.0.1", "::1")
TEXT = "text/plain; version=0.0.4; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at: ``state`` is ok, look or bad."""

    name: str
    state: str
    title: str
    word: str
    note: str = ""


def init_app(app: Flask) -> None:
    """Answer the watchman's three questions."""
    app.add_url_rule("/healthz", "healthz", alive)
    app.add_url_rule("/readyz", "readyz", ready)
    app.add_url_rule("/metrics", "metrics", metrics)


def alive() -> Response:
    """Say that the process answers."""
    return jsonify(status="alive")


def ready() -> tuple[Response, int]:
    """Say whether work can be done: database, its tables, storage; a calendar is a warning."""
    session = db.session()
    states = {"database": database_ok(session)}
    states["migrations"] = states["database"] and migrations_ok(session)
    states["storage"] = outside.storage().healthy()
    missing = missing_year(session, local_date(current.now())) if states["migrations"] else 0
    good = all(states.values())
    told = {name: "ok" if fine else "failed" for name, fine in states.items()}
    told["calendar"] = f"{missing} is missing" if missing else "ok"
    return jsonify(status="ready" if good else "not ready", **told), 200 if good else 503


def metrics() -> Response:
    """Return the numbers for Prometheus: to this machine, or to who knows the token."""
    if not may_read_metrics():
        abort(404)
    registry = CollectorRegistry()
    for name, (text, labelled) in measured(db.session()).items():
        gauge = Gauge(
            f"anju_{name}", text, ["kind"] if any(labelled) else [], registry=registry
        )
        for label, value in labelled.items():
            (gauge.labels(label) if label else gauge).set(value)
    return Response(generate_latest(registry), content_type=TEXT)


def may_read_metrics() -> bool:
    """Tell whether the asker stands on this machine or gives the token."""
    token = current_app.config.get("ANJU_METRICS_TOKEN", "")
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if token:
        return hmac.compare_digest(given.encode(), token.encode())
    forwarded = request.headers.get("X-Forwarded-For") or request.headers.get("Forwarded")
    return request.remote_addr in LOCAL and not forwarded


def measured(session: Session) -> dict[str, tuple[str, dict[str, float]]]:
    """Return the numbers by name: what each is, and its values by label."""
    last = session.scalar(sa.select(sa.func.max(JobRun.started_at)))
    now = current.now()
    age = (now - last).total_seconds() if last else -1.0
    missing = missing_year(session, local_date(now))
    return {
        "cases": ("Cases by status", by_status(session, Application.status, Status)),
        "payouts": ("Payments by status", by_status(session, Payout.status, PayoutStatus)),
        "notices": ("Messages by status", by_status(session, Notice.status, NoticeStatus)),
        "job_age_seconds": ("Seconds since a job last ran, -1 for never", {"": age}),
        "calendar_missing": ("1 when next year's calendar should be here", {"": missing and 1}),
        "csp_reports": ("Reports of broken content policy by directive", csp_reports(session)),
        "payouts_stopped": ("Agencies whose payments are stopped", {"": stopped(session)}),
    }


def by_status(session: Session, column: Any, kinds: type[StrEnum]) -> dict[str, float]:
    """Return how many rows have each status, zeros too."""
    rows = session.execute(sa.select(column, sa.func.count()).group_by(column)).all()
    counted = {row[0]: row[1] for row in rows}
    return {str(kind): float(counted.get(kind, 0)) for kind in kinds}


def csp_reports(session: Session) -> dict[str, float]:
    """Return how often browsers reported each rule of the content policy as broken."""
    query = sa.select(Counter.series, Counter.value).where(Counter.series.startswith("csp:"))
    found = {row[0].removeprefix("csp:"): float(row[1]) for row in session.execute(query)}
    return found or {"other": 0.0}


def stopped(session: Session) -> int:
    """Return how many agencies pay nothing until a person looks."""
    query = sa.select(sa.func.count()).where(Agency.payouts_stopped != "")
    return session.scalar(query) or 0


def database_ok(session: Session) -> bool:
    """Tell whether the database answers."""
    try:
        session.execute(sa.text("SELECT 1"))
    except SQLAlchemyError:
        session.rollback()
        return False
    return True


def migrations_ok(session: Session) -> bool:
    """Tell whether the tables are those of this release."""
    try:
        kept = session.scalar(sa.text("SELECT version_num FROM alembic_version"))
    except SQLAlchemyError:
        session.rollback()
        return False
    folder = current_app.extensions["migrate"].directory
    return bool(kept == ScriptDirectory(folder).get_current_head())


def missing_year(session: Session, today: dt.date) -> int:
    """Return the next year when its calendar should be here and is not, else zero."""
    if (today.month, today.day) < WARN_FROM:
        return 0
    year = today.year + 1
    known = sa.select(WorkingDay.id).where(
        WorkingDay.date.between(dt.date(year, 1, 1), dt.date(year, 12, 31))
    )
    return 0 if session.scalar(known.limit(1)) else year


def checks(session: Session, *, now: dt.datetime) -> list[Check]:
    """Return what an operator sees, doubtful things first."""
    found = [
        worker_check(session, now), doubt_check(session), stop_check(session),
        storage_check(), calendar_check(session, local_date(now)), notice_check(session),
    ]  # fmt: skip
    order = {"bad": 0, "look": 1, "ok": 2}
    return sorted(found, key=lambda one: order[one.state])


def worker_check(session: Session, now: dt.datetime) -> Check:
    """Say when the worker last gave a sign of life."""
    last = session.scalar(sa.select(sa.func.max(JobRun.started_at)))
    title = gettext("Worker")
    if last is None:
        return Check(
            "worker", "look", title, gettext("never seen"), gettext("No job has run yet.")
        )
    minutes = int((now - last).total_seconds() // 60)
    note = gettext("Last job %(minutes)s minutes ago.", minutes=minutes)
    if now - last > QUIET:
        return Check("worker", "bad", title, gettext("silent"), note)
    return Check("worker", "ok", title, gettext("runs"), note)


def doubt_check(session: Session) -> Check:
    """Say how many payments are in doubt."""
    query = sa.select(sa.func.count()).where(Payout.status == PayoutStatus.UNKNOWN)
    count = session.scalar(query) or 0
    title = gettext("Payments in doubt")
    if not count:
        return Check("doubt", "ok", title, gettext("none"))
    note = gettext(
        "Nothing is sent again until they are settled, by the bank's answer or by two people."
    )
    return Check("doubt", "look", title, str(count), note)


def stop_check(session: Session) -> Check:
    """Say whether an agency's payments are stopped."""
    count = stopped(session)
    title = gettext("Payments stopped")
    if not count:
        return Check("stop", "ok", title, gettext("none"))
    return Check("stop", "bad", title, str(count), gettext("The agency's page says why."))


def storage_check() -> Check:
    """Say whether files can be kept."""
    title = gettext("Storage of materials")
    if outside.storage().healthy():
        return Check("storage", "ok", title, gettext("answers"))
    return Check("storage", "bad", title, gettext("does not answer"))


def calendar_check(session: Session, today: dt.date) -> Check:
    """Say whether next year's calendar is here in time."""
    title, year = gettext("Calendar"), missing_year(session, today)
    if not year:
        return Check("calendar", "ok", title, gettext("published"))
    note = gettext("%(year)s is not published here; deadlines in it are estimates.", year=year)
    return Check("calendar", "look", title, gettext("missing"), note)


def notice_check(session: Session) -> Check:
    """Say how many messages failed."""
    query = sa.select(sa.func.count()).where(Notice.status == NoticeStatus.FAILED)
    count = session.scalar(query) or 0
    title = gettext("Messages that failed")
    if not count:
        return Check("notices", "ok", title, gettext("none"))
    return Check("notices", "look", title, str(count))


def last_runs(session: Session) -> list[JobRun]:
    """Return the last run of every job."""
    newest = sa.select(sa.func.max(JobRun.id)).group_by(JobRun.job)
    return list(
        session.scalars(sa.select(JobRun).where(JobRun.id.in_(newest)).order_by(JobRun.job))
    )
