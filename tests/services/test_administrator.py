"""A new hall has nobody in it; its first administrator comes by a command."""

import re

import sqlalchemy as sa
from flask_appbuilder.security.sqla.models import User

from app.domain.terms import Role
from app.extensions import db
from app.models import AuditEvent, Staff
from app.services.entry import second_factor
from tests.authenticator import enrol
from tests.factories import make_id_number, make_staff
from tests.services.test_people_signin import enter


def test_the_printed_password_opens_the_hall(app):
    told = app.test_cli_runner().invoke(args=["anju", "add-administrator", "chief"])

    password = re.search(r"chief  (\S+)", told.output)[1]
    with app.app_context():
        user = enter(db.session(), "chief", password)
        assert [role.name for role in user.roles] == ["installation_admin"]
        acts = db.session.execute(sa.select(AuditEvent.act, AuditEvent.actor_name)).all()
        assert ("administrator_added", "operator") in [tuple(row) for row in acts]


def test_an_administrator_with_a_number_is_one_person(app):
    run = app.test_cli_runner().invoke
    number = make_id_number(31)

    first = run(args=["anju", "add-administrator", "chief", "--id-number", number])
    second = run(args=["anju", "add-administrator", "other", "--id-number", f" {number} "])

    assert first.exit_code == 0, first.output
    assert second.exit_code == 1
    assert "has a log-in already" in second.output
    with app.app_context():
        [member] = db.session.scalars(sa.select(Staff)).all()
        assert member.id_number == number
        assert [grant.role for grant in member.grants] == [Role.INSTALLATION_ADMIN]


def test_production_asks_who_the_administrator_is(app, monkeypatch):
    monkeypatch.setitem(app.config, "ANJU_PRODUCTION", True)
    run, number = app.test_cli_runner().invoke, make_id_number(32)

    silent = run(args=["anju", "add-administrator", "chief"], input="")
    told = run(args=["anju", "add-administrator", "chief"], input=f"{number}\n")

    assert silent.exit_code == 1
    assert told.exit_code == 0, told.output
    assert number not in told.output
    with app.app_context():
        assert db.session.scalars(sa.select(Staff)).one().id_number == number


def test_a_name_is_given_once(app):
    app.test_cli_runner().invoke(args=["anju", "add-administrator", "chief"])

    again = app.test_cli_runner().invoke(args=["anju", "add-administrator", "chief"])

    assert again.exit_code == 1
    assert "chief is taken" in again.output
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count(User.id))) == 1


def test_a_lost_authenticator_of_the_administrator_is_taken_away(app):
    def reset():
        return app.test_cli_runner().invoke(args=["anju", "reset-second-factor", "chief"])

    assert reset().exit_code == 1
    with app.app_context():
        chief = make_staff(db.session(), "chief", Role.INSTALLATION_ADMIN)
        enrol(db.session(), chief)
        key = chief.user_id
        db.session.commit()

    assert reset().exit_code == 0

    with app.app_context():
        assert not second_factor.is_enrolled(db.session(), key)
    assert reset().exit_code == 1
