"""The log: one form for all, who and where, never whose values; what must be told is told."""

import io
import json
import logging

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from app import logs
from app.jobs import runs
from app.models import Applicant
from tests.factories import PASSWORD, make_applicant


@pytest.fixture
def lines():
    """Write the log as in production; give what was written so far, line by line."""
    stream, root = io.StringIO(), logging.getLogger()
    level = root.level
    handler = logs.configure("json", stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.removeHandler(handler)
    root.setLevel(level)


def test_a_request_is_one_line_with_route_and_user_and_no_value(lines, browse, people):
    client = browse("ana").client

    client.get("/hall/?note=13800138000&next=/x")

    told = [line for line in lines() if line["event"] == "request"][-1]
    assert told["route"] == "/hall/"
    assert told["user"] in (people["ana"].actor.user_id, str(people["ana"].actor.user_id))
    assert (told["status"], told["method"], told["level"]) == (200, "GET", "info")
    assert told["timestamp"].endswith("Z")
    assert len(told["request"]) == 12
    assert told["ms"] > 0
    assert not [line for line in lines() if "13800138000" in str(line) or "林知夏" in str(line)]


SECRETS = [
    "11010519491231002X", "340101850315123", "6222 0212 0000 0000 002", "6217000010001234567",
    "13800138000", "+86 13800138000", "H12345678", "E12345678",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl", "A" * 43,
]  # fmt: skip


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("words", ["{}", "said {}, then", "在（{}）", '{{"value": "{}"}}'])
def test_what_looks_like_a_persons_number_is_masked(secret, words):
    assert secret not in logs.safe(words.format(secret))


@pytest.mark.parametrize(
    "words",
    [
        "code 482913 sent: code=482913",
        "password: hunter2hunter2",
        "验证码是482913",
        "Bearer abcdefgh12",
    ],
)
def test_what_is_called_a_secret_is_masked(words):
    masked = logs.safe(words)

    assert not {"=482913", "是482913", "hunter2hunter2", "abcdefgh12"} & {*masked.split(" ")}
    assert "***" in masked or "[token]" in masked


@pytest.mark.parametrize(
    "kept",
    [
        "case 123456 of BT20261122000017",
        "AJ2026112200000017X",
        "request 0123456789AB",
        "19.5 ms",
    ],
)
def test_numbers_that_are_nobodys_stay(kept):
    assert logs.safe(kept) == kept


def test_no_line_can_be_forged(lines):
    logging.getLogger("app.test").warning(
        "name %s", 'a\r\n{"event": "login"}\x1b[2J\x9b1m\u2028\u202e'
    )

    [line] = lines()
    assert line["event"].startswith("name a")
    assert not {"\r", "\n", "\x1b", "\x9b", "\u2028", "\u202e"} & set(line["event"])


def test_an_event_of_a_secret_name_keeps_its_value_to_itself(lines):
    logging.getLogger("app.test").warning("sent", extra={"mobile": "x", "password": "y"})

    [line] = lines()
    assert (line["mobile"], line["password"]) == ("***", "***")


@pytest.mark.both
def test_a_clash_of_rows_does_not_tell_the_rows(lines, session):
    person = make_applicant(session)
    session.commit()
    values = {
        column.name: getattr(person, column.name)
        for column in Applicant.__table__.columns
        if column.name != "id"
    }
    with pytest.raises(IntegrityError) as fault:
        session.execute(sa.insert(Applicant).values(values))
    session.rollback()
    logging.getLogger("app.test").error("failed", exc_info=fault.value)

    for text in (str(fault.value), str(fault.value.orig), str(lines())):
        assert person.name not in text
        assert person.id_number_index not in text


def test_a_job_names_itself_in_what_it_logs(lines, app):
    def work(_now):
        raise RuntimeError("broken for 13800138000")

    runs.run(app, "audit", work)

    told = lines()[0]
    assert (told["job"], told["level"]) == ("audit", "error")
    assert "broken for [mobile]" in told["exception"]


def test_log_ins_refusals_tries_to_get_round_and_faults_are_told(
    lines, browse, app, monkeypatch, people
):
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    client = browse("ana").client
    assert client.get("/desk/").status_code == 403
    assert client.post("/hall/apply/start").status_code == 400

    def broken(**_values):
        raise ValueError("a fault of ours")

    monkeypatch.setitem(app.view_functions, "HelpView.index", broken)
    assert client.get("/help/").status_code == 500

    told = lines()
    by_status = {line.get("status"): line for line in told if line["event"] == "request"}
    assert by_status[302]["route"] == "/login/"
    assert by_status[400]["route"] == "/hall/apply/start"
    assert [line["route"] for line in told if line["event"] == "access refused"] == ["/desk/"]
    [fault] = [line for line in told if "exception" in line]
    assert fault["request"] in fault["event"]
    assert "ValueError: a fault of ours" in fault["exception"]
    assert PASSWORD not in str(told)


def test_people_read_lines_on_a_terminal():
    record = logging.LogRecord("app", logging.WARNING, "", 1, "payout %s refused", (7,), None)

    line = logs.formatter("text").format(record)

    assert "payout 7 refused" in line
    assert not line.startswith("{")
