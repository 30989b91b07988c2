"""Files and functions stay small; what is longer stands here, with its reason."""

import ast
import re

from tests.conventions.sources import (
    APP,
    FUNCTION,
    length,
    name_of,
    nodes,
    python_files,
    templates,
)

FILES = {
    "app/models.py": "every table of the hall in one place",
}
FUNCTIONS: dict[str, str] = {}
CLASSES = {
    "app/models.py::Application": "the columns of a case",
}
WIDTH = 120
"""Columns of a template; only a line that says a whole sentence may be longer."""

SENTENCE = re.compile(r'"[^"]{50,}"|\'[^\']{50,}\'')
OTHERS = 250
SHORT = ("conftest", "factories", "forms")
SUPPRESSIONS = 10


def lines(path):
    return len(path.read_text(encoding="utf-8").splitlines())


def spoken(path, node):
    """How many lines of a function are the description of an interface, not code."""
    if not path.is_relative_to(APP / "api"):
        return 0
    parts = [part for part in ast.walk(node) if isinstance(part, (ast.ClassDef, *FUNCTION))]
    return sum(len((ast.get_docstring(part) or "").splitlines()) for part in parts)


def too_long(paths, kinds, limit, excepted):
    return [
        f"{name_of(path)}::{node.name} has {length(node) - spoken(path, node)} lines"
        for path in paths
        for node in nodes(path, *kinds)
        if length(node) - spoken(path, node) > limit
        and f"{name_of(path)}::{node.name}" not in excepted
    ]


def test_a_file_is_short_enough_to_read():
    long = [
        f"{name_of(path)} has {lines(path)} lines"
        for path in python_files("app", "tests", "benchmarks")
        if lines(path) > (OTHERS if path.stem.split("_")[0] in SHORT else 400)
        and name_of(path) not in FILES
    ]

    assert not long


def test_a_function_fits_on_a_screen():
    assert not too_long(python_files("app", "tests", "benchmarks"), FUNCTION, 45, FUNCTIONS)


def test_a_test_fits_on_a_screen():
    tests = [path for path in python_files("tests") if path.name.startswith("test_")]

    assert not too_long(tests, FUNCTION, 40, FUNCTIONS)


def test_a_class_says_one_thing():
    assert not too_long(python_files("app"), [ast.ClassDef], 150, CLASSES)


def test_a_docstring_stays_under_ten_lines():
    long = [
        f"{name_of(path)}::{node.name}"
        for path in python_files("app")
        for node in nodes(path, ast.ClassDef, *FUNCTION)
        if len((ast.get_docstring(node) or "").splitlines()) > 10 and not spoken(path, node)
    ]

    assert not long


def test_a_template_is_made_of_components():
    assert not [name_of(path) for path in templates() if lines(path) > 150]


def test_a_line_of_a_template_can_be_read():
    wide = [
        f"{name_of(path)}:{number} has {len(line)} columns"
        for path in templates()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if len(line) > WIDTH and len(SENTENCE.sub("", line)) > WIDTH / 2
    ]

    assert not wide


def test_checks_are_silenced_rarely_and_with_a_reason():
    marks = [
        (name_of(path), line.strip())
        for path in python_files("app")
        for line in path.read_text(encoding="utf-8").splitlines()
        if "# noqa" in line or "type: ignore" in line
    ]
    bare = [
        mark
        for mark in marks
        if not re.search(r"(noqa: [A-Z0-9, ]+|ignore\[[\w-]+\]).+", mark[1])
    ]

    assert not bare
    assert len(marks) <= SUPPRESSIONS, marks
