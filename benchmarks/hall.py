"""A hall full of synthetic people and cases, made once for each size."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from app import create_app, current
from app.devices import DEVICE
from app.domain.terms import Role
from app.extensions import db
from app.models import Agency, Staff
from app.services.entry import sessions
from app.transaction import transaction

TODAY = "2026-11-20"


def made(home: Path, applications: int) -> Flask:
    """Return a hall with so many applications, about a third as many applicants."""
    app = create_app(ANJU_HOME=home, WTF_CSRF_ENABLED=False)
    if not (home / "made").exists():
        flask = [sys.executable, "-m", "flask", "anju"]
        env = {"ANJU_HOME": str(home), "PATH": "/usr/bin:/bin"}
        subprocess.run([*flask, "init"], check=True, env=env)
        subprocess.run([*flask, "demo-people"], check=True, env=env, stdout=subprocess.DEVNULL)
        subprocess.run(
            [*flask, "demo", "--applicants", str(max(100, applications // 3)),
             "--applications", str(applications), "--seed", "1", "--today", TODAY],
            check=True, env=env,
        )  # fmt: skip
        (home / "made").touch()
    return app


@contextmanager
def signed_in(app: Flask, user_id: int) -> Iterator[FlaskClient]:
    """Give a client that is signed in as a user."""
    with app.app_context(), transaction() as session:
        token = sessions.open_session(session, user_id, now=current.now())
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie[DEVICE] = token
        cookie["_user_id"] = str(user_id)
        cookie["_fresh"] = True
    yield client


def staff_with(app: Flask, role: Role, agency: str = "anhui") -> int:
    """Return the user of a member of staff with a role at an agency."""
    with app.app_context():
        rows = db.session.scalars(
            sa.select(Staff)
            .join(Agency, Agency.id == Staff.agency_id)
            .where(Agency.code == agency)
        )
        return next(
            row.user_id for row in rows if any(held.name == role for held in row.user.roles)
        )
