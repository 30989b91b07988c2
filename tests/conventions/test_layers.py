"""Who may do what in the code: commit, read the environment, change a status."""

import ast
import re
import sys

from tests.conventions.sources import name_of, nodes, python_files


def lines_like(pattern, *, but=()):
    found = re.compile(pattern)
    return [
        f"{name_of(path)}:{number}: {line.strip()}"
        for path in python_files("app")
        if name_of(path) not in but
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if found.search(line)
    ]


def imports(path):
    for node in nodes(path, ast.Import, ast.ImportFrom):
        names = (
            [each.name for each in node.names]
            if isinstance(node, ast.Import)
            else [node.module]
        )
        yield from (name.split(".")[0] for name in names if name)


def test_the_rules_import_the_standard_library_only():
    foreign = [
        (name_of(path), name)
        for path in python_files("app/domain")
        for name in imports(path)
        if name not in sys.stdlib_module_names | {"app"}
    ]

    assert not foreign


def test_only_the_transaction_commits():
    assert not lines_like(
        r"\bsession\.commit\(|db\.session\.commit\(", but=["app/transaction.py"]
    )


def test_only_the_settings_read_the_environment():
    assert not lines_like(r"\bos\.(environ|getenv)\b")


def test_only_entry_points_look_at_the_clock():
    guarded = [
        line
        for line in lines_like(r"datetime\.now\(|\.utcnow\(|date\.today\(|time\.time\(")
        if line.startswith(("app/domain/", "app/services/"))
    ]

    assert not guarded


def test_a_status_changes_in_one_place():
    assert not lines_like(
        r"\b(case|application)\.status\s*=[^=]", but=["app/services/cases.py"]
    )


def test_every_folder_of_code_is_a_package():
    bare = {
        name_of(path.parent)
        for path in python_files("app")
        if not (path.parent / "__init__.py").exists()
    }

    assert not bare
