"""One word for one thing; words that say nothing are not names."""

import ast
import re

from app.packages.vocabulary import SETTINGS
from tests.conventions.sources import FUNCTION, name_of, nodes, python_files

EMPTY = {"manager", "helper", "helpers", "util", "utils", "tmp", "handle", "handler", "misc"}
FRAMEWORK = {
    "HallSecurityManager": "Flask-AppBuilder's word for it",
    "create_login_manager": "Flask-AppBuilder's word for it",
}
FIELD = {
    "portal": "hall",
    "ticket": "application or case",
    "withdraw_application": "cancel: to withdraw means taking money",
}


def words(name):
    return set(re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower().split("_"))


def names():
    for path in python_files("app"):
        yield name_of(path), path.stem
        for node in nodes(path, ast.ClassDef, *FUNCTION):
            yield name_of(path), node.name


def test_no_name_is_empty_of_meaning():
    bad = [found for found in names() if words(found[1]) & EMPTY and found[1] not in FRAMEWORK]

    assert not bad


def test_things_are_called_as_the_field_calls_them():
    bad = [
        (*found, FIELD[word]) for found in names() for word in FIELD if word in found[1].lower()
    ]

    assert not bad


def test_every_number_of_the_fund_is_read_somewhere():
    listed = {"app/packages/vocabulary.py", "app/display/codes.py"}
    read = {
        node.value
        for path in python_files("app")
        if name_of(path) not in listed
        for node in nodes(path, ast.Constant)
        if isinstance(node.value, str)
    }

    assert set(SETTINGS) - read == set()
