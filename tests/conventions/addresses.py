"""The addresses of the hall, filled in with keys that may or may not be there."""

import re

from flask import Flask
from werkzeug.routing import Rule

FILLED = {"int": "1", "float": "1", "path": "x", "uuid": "0" * 32}


def rules(app: Flask, method: str) -> list[Rule]:
    """Return every rule that takes a method, in order."""
    return [
        rule
        for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule)
        if method in (rule.methods or ())
    ]


def address(rule: Rule) -> str:
    """Return the address of a rule with values of the right kinds."""
    return re.sub(
        r"<(?:(\w+)(?:\([^)]*\))?:)?\w+>",
        lambda part: FILLED.get(part[1] or "", "1"),
        rule.rule,
    )
