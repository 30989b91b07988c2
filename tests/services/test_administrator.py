"""A new hall has nobody in it; its first administrator comes by a command."""

import re

import sqlalchemy as sa
from flask_appbuilder.security.sqla.models import User

from app.extensions import db
from app.models import AuditEvent
from app.services import signin
from tests.factories import NOON


def test_the_printed_password_opens_the_hall(app):
    told = app.test_cli_runner().invoke(args=["anju", "add-administrator", "chief"])

    password = re.search(r"chief  (\S+)", told.output)[1]
    with app.app_context():
        user = signin.authenticate(db.session(), "chief", password, now=NOON, address="")
        assert [role.name for role in user.roles] == ["installation_admin"]
        acts = db.session.scalars(sa.select(AuditEvent.act)).all()
        assert "administrator_added" in acts


def test_a_name_is_given_once(app):
    app.test_cli_runner().invoke(args=["anju", "add-administrator", "chief"])

    again = app.test_cli_runner().invoke(args=["anju", "add-administrator", "chief"])

    assert again.exit_code == 1
    assert "chief is taken" in again.output
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count(User.id))) == 1
