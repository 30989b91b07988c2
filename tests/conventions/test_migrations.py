"""The migrations make exactly the tables that the models describe, on both databases."""

import re

import flask_migrate
import pytest

from tests.conventions.sources import APP

VERSIONS = sorted((APP / "migrations" / "versions").glob("*.py"))


@pytest.mark.both
def test_models_and_migrations_agree(session, capfd):
    try:
        flask_migrate.check()
    except SystemExit:
        pytest.fail(f"a migration is missing: {capfd.readouterr()}")


@pytest.mark.parametrize("path", VERSIONS, ids=lambda path: path.stem)
def test_a_migration_has_a_date_and_says_what_it_does(path):
    assert re.fullmatch(r"\d{4}_\d\d_\d\d_[a-z]+(_[a-z0-9]+)+", path.stem)
