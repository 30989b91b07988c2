"""Every address asks for a right or is on the public list; reading changes nothing."""

import re

import pytest
import sqlalchemy as sa

from app.extensions import db
from app.models import Application
from tests.factories import make_application

PUBLIC = {
    "FrontView.index",
    "HelpView.index",
    "HelpView.accessibility",
    "PublicProgressView.ask",  # by number, mobile and a code
    "SignInView.login",
    "RegisterView.index",
    "RegisterView.code",
    "RecoverView.index",
    "RecoverView.code",
    "DocumentApi.describe",
    "DevelopmentView.sms",  # not there in production
    "healthz",
    "readyz",
    "metrics",  # to this machine only
    "static",
    "appbuilder.static",
}
"""Endpoints that anybody may open, signed in or not."""

RECORDS = ("audit_event", "login_session", "login_failure", "one_time_code", "counter")
"""Tables that reading may add to: who looked, who is signed in."""

SEGMENT = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*|[a-z]+\.[a-z]+|<[^>]+>")
ANYTHING = {"int": "1", "float": "1", "path": "x", "uuid": "0" * 32}
REFUSED = {301, 302, 303, 308, 400, 401, 403, 404, 405}


def rules(app, method):
    return [
        rule
        for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule)
        if method in rule.methods
    ]


def address(rule):
    """Fill an address with values of the right type."""

    def value(part):
        return ANYTHING.get(part[1] or "", "1")

    return re.sub(r"<(?:((\w+)(?:\([^)]*\))?):)?\w+>", lambda m: value((m[0], m[2])), rule.rule)


def is_ours(app, rule):
    view = getattr(app.view_functions[rule.endpoint], "__self__", None)
    home = type(view).__module__ if view else app.view_functions[rule.endpoint].__module__
    return home.startswith("app.")


def served(response):
    """Tell whether the answer is a page and not the way to the log-in."""
    return response.status_code == 200


@pytest.fixture
def unguarded(app):
    """The hall with its form tokens off, so that rights alone stand in the way."""
    kept = {key: app.config.get(key) for key in ("WTF_CSRF_CHECK_DEFAULT", "WTF_CSRF_ENABLED")}
    app.config.update(dict.fromkeys(kept, False))
    yield app
    app.config.update(kept)


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
def test_a_stranger_is_served_public_pages_only(unguarded, rows, method):
    with rows() as session:
        make_application(session)
    served_to_strangers = {
        rule.endpoint
        for rule in rules(unguarded, method)
        if served(unguarded.test_client().open(address(rule), method=method))
    }

    assert served_to_strangers <= PUBLIC


@pytest.mark.parametrize("who", ["", "ana", "chen", "root"])
def test_opening_a_page_changes_nothing_and_breaks_nothing(app, rows, browse, who):
    with rows() as session:
        make_application(session)
    client = browse(who).client
    with app.app_context():
        engine = db.engine
    writes = []

    def note(_connection, _cursor, statement, *_rest):
        verb = re.match(
            r"\s*(INSERT INTO|UPDATE|DELETE FROM)\s+\"?(\w+)", statement, re.IGNORECASE
        )
        if verb and verb[2] not in RECORDS:
            writes.append(statement)

    broken = {}
    sa.event.listen(engine, "before_cursor_execute", note)
    for rule in rules(app, "GET"):
        response = client.get(address(rule))
        if response.status_code >= 500:
            broken[rule.rule] = response.status_code
        if writes:
            broken[rule.rule] = writes.pop()
        writes.clear()
    sa.event.remove(engine, "before_cursor_execute", note)

    assert not broken


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


def test_the_routes_are_tried_with_a_case_that_exists(session):
    make_application(session)

    assert session.scalar(sa.select(Application.id)) == 1
