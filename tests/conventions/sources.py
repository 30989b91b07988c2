"""The project's own files and what stands in them, for the tests of the house rules."""

import ast
import functools
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
APP = ROOT / "app"
TEMPLATES = APP / "templates"
STATIC = APP / "static"

FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)


def python_files(*folders: str) -> list[Path]:
    """Return the Python files of folders, migrations left out: they are never edited."""
    return [
        path
        for folder in folders
        for path in sorted((ROOT / folder).rglob("*.py"))
        if "migrations" not in path.parts
    ]


def templates() -> list[Path]:
    """Return our templates, those that shadow Flask-AppBuilder's left out."""
    return [
        path
        for path in sorted(TEMPLATES.rglob("*.html"))
        if "appbuilder" not in path.relative_to(TEMPLATES).parts
    ]


def name_of(path: Path) -> str:
    """Return a path as people write it, from the project's root."""
    return str(path.relative_to(ROOT))


def nodes(path: Path, *kinds: type[ast.AST]) -> Iterator[ast.AST]:
    """Give the nodes of some kinds in a file."""
    return (node for node in _all_nodes(path) if isinstance(node, kinds))


@functools.cache
def _all_nodes(path: Path) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))


def length(node: ast.stmt) -> int:
    """Return how many lines a function or class has, decorators left out."""
    return (node.end_lineno or node.lineno) - node.lineno + 1
