"""Roles are code: every pattern is exact and grants something that exists."""

import re

import pytest

from app.desk.case_deeds import DEEDS
from app.domain.terms import Role
from config import FAB_ROLES

MENU = "menu_access"
PAIRS = sorted({(view, verb) for grants in FAB_ROLES.values() for view, verb in grants})


@pytest.fixture
def granted(app):
    """What views and menus really ask for: name and permission."""
    appbuilder = app.extensions["appbuilder"]
    asked = {
        (view.class_permission_name, permission)
        for view in appbuilder.baseviews
        for permission in view.base_permissions or ()
    }
    deeds = {("Desk", f"can_{verb}") for deed in DEEDS.values() for verb in deed.verbs}
    return asked | deeds | {(name, MENU) for name in menu_names(appbuilder.menu.get_list())}


def menu_names(entries):
    for entry in entries:
        yield entry.name
        yield from menu_names(entry.childs)


def test_every_pattern_is_anchored_and_fits_the_column():
    loose = [pair for pair in PAIRS if not all(re.fullmatch(r"\^\w+\$", part) for part in pair)]

    assert not loose
    assert max(len(part) for pair in PAIRS for part in pair) <= 100


def test_every_role_but_the_worker_is_granted_something():
    assert set(FAB_ROLES) == set(Role) - {Role.WORKER}
    assert all(FAB_ROLES.values())


def test_every_grant_opens_something(granted):
    idle = [pair for pair in PAIRS if tuple(part.strip("^$") for part in pair) not in granted]

    assert not idle


def test_everything_asked_for_is_granted_to_somebody(granted):
    given = {tuple(part.strip("^$") for part in pair) for pair in PAIRS}

    assert not sorted(granted - given - FRAMEWORK)


FRAMEWORK: set[tuple[str, str]] = set()
"""What Flask-AppBuilder asks for on pages that nobody of ours may open."""
