"""What is left out every day is little, and nothing that the hall must hold is left out whole."""

import ast
from collections import defaultdict
from types import SimpleNamespace

from tests.conventions.sources import FUNCTION, nodes, python_files
from tests.everyday import ONE_IN, sample


def marks(function):
    """Give the marks of a test as they are written: their name, and a number they carry."""
    for decorator in function.decorator_list:
        call = decorator if isinstance(decorator, ast.Call) else None
        mark = call.func if call else decorator
        if isinstance(mark, ast.Attribute):
            yield mark.attr, call.args[0].value if call and mark.attr == "bar" else None


def test_every_bar_has_a_test_that_runs_every_day():
    runs = defaultdict(list)
    for path in (path for path in python_files("tests") if "mark.bar(" in path.read_text()):
        for function in nodes(path, *FUNCTION):
            found = dict(marks(function))
            if "bar" in found:
                runs[found["bar"]].append("whole" not in found)

    assert len(runs) > 10
    assert not [bar for bar, kept in runs.items() if not any(kept)]


def item(name, *, whole=False, kind="sqlite", hall=True):
    """Return what the choice reads of a test."""
    return SimpleNamespace(
        nodeid=f"tests/a.py::{name}",
        fixturenames=["app", "rows"] if hall else [],
        callspec=SimpleNamespace(params={"kind": kind}),
        get_closest_marker=lambda _: whole or None,
    )


def names(items):
    """Return the names of the tests that run every day."""
    return [one.nodeid.partition("::")[2] for one in sample(items)]


def test_of_a_table_on_a_hall_the_first_and_the_last_case_run():
    assert names([item(f"table[{case}]") for case in range(5)]) == ["table[0]", "table[4]"]
    assert names([item("single")]) == ["single"]


def test_what_needs_no_hall_runs_whole_and_what_takes_long_not_at_all():
    assert len(names([item(f"table[{case}]", hall=False) for case in range(5)])) == 5
    assert names([item("long", whole=True), item("short")]) == ["short"]


def test_some_tests_run_on_the_server_and_always_the_same():
    both = [item(f"test_{number}[postgresql]", kind="postgresql") for number in range(200)]

    chosen = names(both)

    assert 100 / ONE_IN < len(chosen) < 400 / ONE_IN
    assert chosen == names(both)
