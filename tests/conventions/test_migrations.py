"""The migrations make exactly the tables that the models describe, on both databases."""

import re

import flask_migrate
import pytest
import sqlalchemy as sa

from app.domain.terms import Role
from app.models import RoleGrant
from tests.conventions.sources import APP
from tests.factories import make_staff

VERSIONS = sorted((APP / "migrations" / "versions").glob("*.py"))


@pytest.mark.whole
@pytest.mark.both
def test_models_and_migrations_agree(session, capfd):
    try:
        flask_migrate.check()
    except SystemExit:
        pytest.fail(f"a migration is missing: {capfd.readouterr()}")


@pytest.mark.parametrize("path", VERSIONS, ids=lambda path: path.stem)
def test_a_migration_has_a_date_and_says_what_it_does(path):
    assert re.fullmatch(r"\d{4}_\d\d_\d\d_[a-z]+(_[a-z0-9]+)+", path.stem)


@pytest.mark.whole
def test_roles_held_before_they_had_dates_are_written_as_given(app, session):
    make_staff(session, "old", Role.PAYER, Role.AUDITOR)
    session.commit()
    session.close()

    flask_migrate.downgrade(revision="20261122d")
    flask_migrate.upgrade()

    grants = session.scalars(sa.select(RoleGrant).order_by(RoleGrant.role)).all()
    assert [(one.role, one.valid_until) for one in grants] == [
        (Role.AUDITOR, None), (Role.PAYER, None),
    ]  # fmt: skip
