"""What every answer of the hall says to the browser, whatever was asked and whatever came of it."""

import io
import re
from urllib.parse import urljoin, urlsplit

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from app import gatebook
from app.display.files import as_file
from app.extensions import db
from app.gatekeeping import HEADERS, PUBLIC_FILES
from app.models import AuditEvent, Counter
from tests.conventions.addresses import address, rules

WANTED = {
    "default-src": "'self'",
    "style-src": "'self'",
    "worker-src": "'self'",
    "manifest-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}


def directives(answer):
    parts = answer.headers["Content-Security-Policy"].split(";")
    return dict(part.strip().split(" ", 1) for part in parts if " " in part.strip())


def wrong(answer, *, public=False):
    """Say what is missing on an answer."""
    policy = directives(answer)
    found = [name for name in HEADERS if answer.headers.get(name) != HEADERS[name]]
    found += [name for name, value in WANTED.items() if policy.get(name) != value]
    if not re.fullmatch(r"'self' 'nonce-[\w-]{22}'", policy.get("script-src", "")):
        found.append("script-src")
    if not public and not answer.cache_control.no_store:
        found.append("Cache-Control")
    found += [name for name, _ in answer.headers if name.startswith("Access-Control")]
    return found


@pytest.mark.whole
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
def test_every_address_answers_with_all_headers(app, method):
    visitor = app.test_client()

    lacking = {}
    for rule in rules(app, method):
        with visitor.open(address(rule), method=method) as answer:
            if found := wrong(answer, public=rule.endpoint in PUBLIC_FILES):
                lacking[rule.rule] = found

    assert not lacking


def test_errors_and_files_have_them_too(app, monkeypatch):
    visitor = app.test_client()
    monkeypatch.setitem(app.config, "MAX_CONTENT_LENGTH", 10)
    asked = {
        404: visitor.get("/nowhere"),
        405: visitor.delete("/help/"),
        413: visitor.post("/login/", data={"file": (io.BytesIO(b"x" * 100), "a.jpg")}),
        400: visitor.post("/login/"),
    }

    assert {code: answer.status_code for code, answer in asked.items()} == {
        code: code for code in asked
    }
    assert {code: wrong(answer) for code, answer in asked.items()} == {
        code: [] for code in asked
    }
    with visitor.get("/static/anju.css") as style:
        assert (style.status_code, wrong(style, public=True)) == (200, [])


def test_two_answers_never_share_a_nonce(app):
    visitor = app.test_client()

    nonces = {directives(visitor.get("/help/"))["script-src"] for _ in range(5)}

    assert len(nonces) == 5


def test_in_production_only_tls_and_a_cookie_of_this_host(app, monkeypatch):
    for name, value in {
        "ANJU_PRODUCTION": True,
        "SESSION_COOKIE_NAME": "__Host-anju",
        "SESSION_COOKIE_SECURE": True,
    }.items():
        monkeypatch.setitem(app.config, name, value)

    answer = app.test_client().get("/lang/en?next=/help/", base_url="https://hall.example")

    assert answer.headers["Strict-Transport-Security"].startswith("max-age=63072000")
    [cookie] = answer.headers.getlist("Set-Cookie")
    parts = {part.strip() for part in cookie.split(";")[1:]}
    assert cookie.startswith("__Host-anju=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= parts
    assert not any(part.startswith("Domain") for part in parts)


def test_the_settings_of_production_name_that_cookie(monkeypatch, tmp_path):
    from config import settings

    monkeypatch.setenv("SECRET_KEY", "s" * 40)
    monkeypatch.setenv("ANJU_KEYS", "k1:" + "YSBrZXkgb2YgdGhlIHRlc3RzLCAzMiBieXRlcyEhISE=")
    made = settings(ANJU_ENV="production", ANJU_HOME=tmp_path)

    assert (made["SESSION_COOKIE_NAME"], made["SESSION_COOKIE_SECURE"]) == ("__Host-anju", True)
    assert (made["SESSION_COOKIE_PATH"], made["SESSION_COOKIE_DOMAIN"]) == ("/", None)


def test_a_file_is_never_a_page_and_its_name_never_a_header(app):
    with app.test_request_context("/"):
        answer = as_file(b"x", name='抵押\r\nX: 1";.pdf', kind="application/pdf")

    disposition = answer.headers["Content-Disposition"]
    assert disposition.startswith("attachment;")
    assert "filename*=UTF-8''%E6%8A%B5%E6%8A%BC" in disposition
    assert not re.search(r"[\r\n]", disposition)
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.cache_control.no_store


@pytest.mark.parametrize(
    "target", ["//evil.example/", "https://evil.example/", "/\\evil.example"]
)
@pytest.mark.parametrize("door", ["/login/?next={}", "/lang/en?next={}"])
def test_no_address_leads_out_of_the_hall(browse, door, target):
    client = browse("ana").client

    answer = client.get(door.format(target))

    there = urljoin("http://localhost/", answer.headers.get("Location", ""))
    assert urlsplit(there).netloc == "localhost"


def report(client, directive="style-src-attr", **more):
    body = {"csp-report": {"effective-directive": directive, "blocked-uri": "inline"}}
    return client.post("/csp-report", json=body, **more).status_code


@pytest.fixture
def quiet():
    """Nobody reported anything in the last minute."""
    gatebook._lately.clear()
    yield
    gatebook._lately.clear()


@pytest.mark.usefixtures("quiet")
def test_reports_are_counted_and_a_flood_is_dropped(app, rows):
    client = app.test_client()

    assert {report(client) for _ in range(gatebook.MOST_A_MINUTE + 5)} == {204}
    assert client.post("/csp-report", data=b"x" * 9000).status_code == 413

    with rows() as session:
        counted = session.get_one(Counter, "csp:style-src-attr").value
    assert counted == gatebook.MOST_A_MINUTE
    assert b'anju_csp_reports{kind="style-src-attr"} 20.0' in client.get("/metrics").data


@pytest.mark.parametrize(
    "said",
    [None, [], {}, {"csp-report": []}, {"csp-report": {"effective-directive": "x\r\n1101"}}],
)
def test_what_a_stranger_reports_is_never_repeated(said):
    assert gatebook.directive_of(said) == "other"


def test_a_refused_access_is_in_the_audit_once_a_quarter_of_an_hour(
    browse, rows, clock, people
):
    client = browse("ana").client

    for _ in range(3):
        assert client.get("/desk/queue/").status_code == 403
    clock.pass_by(minutes=16)
    client.get("/desk/queue/")

    with rows() as session:
        found = session.scalars(
            sa.select(AuditEvent).where(AuditEvent.act == "access_refused")
        ).all()
        assert [row.object_type for row in found] == ["route"] * 2
        assert {row.actor_id for row in found} == {people["ana"].actor.user_id}
        assert all(row.request_id for row in found)


def test_without_a_database_there_is_still_a_page_with_a_number(app, monkeypatch):
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    with app.app_context():
        engine = db.engine

    def gone(*_arguments):
        raise OperationalError("SELECT", {}, Exception("the server is gone"))

    sa.event.listen(engine, "before_cursor_execute", gone)
    try:
        answer = app.test_client().get("/?agency=anhui")
    finally:
        sa.event.remove(engine, "before_cursor_execute", gone)

    page = answer.get_data(as_text=True)
    assert answer.status_code == 500
    assert re.search(r'aj-number">[0-9A-F]{12}<', page)
    assert "the server is gone" not in page
    assert wrong(answer) == []
