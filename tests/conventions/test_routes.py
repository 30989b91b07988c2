"""How addresses are written."""

import re

SEGMENT = re.compile(r"\.well-known|[a-z0-9]+(-[a-z0-9]+)*|[a-z]+\.[a-z]+|<[^>]+>")


def is_ours(app, rule):
    view = getattr(app.view_functions[rule.endpoint], "__self__", None)
    home = type(view).__module__ if view else app.view_functions[rule.endpoint].__module__
    return home.startswith("app.")


def test_addresses_are_written_in_kebab_case(app):
    odd = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if is_ours(app, rule)
        and not all(SEGMENT.fullmatch(part) for part in rule.rule.split("/") if part)
    ]

    assert not odd


def test_no_route_hands_out_files_without_their_row(app):
    assert not [rule.rule for rule in app.url_map.iter_rules() if "/download/<" in rule.rule]
