"""Log-in, reset and registration tell nobody who is known: same page, same work, same time."""

import re
import statistics
import time

import pytest
import sqlalchemy as sa
from flask_appbuilder.security.sqla.models import User
from werkzeug.security import generate_password_hash

from app.extensions import db
from app.models import LoginFailure, OneTimeCode
from tests.bars import FULL
from tests.factories import make_card_number

TIMES = 200
SCRYPT = "scrypt:32768:8:3"
UNKNOWN = "13700000001"
FORMS = {
    "log-in": ("/login/", "/login/", "login"),
    "reset": ("/recover/", "/recover/code/", "login"),
    "registration": ("/register/", "/register/code/", "mobile"),
}
"""The page, where its form is sent, and the field that may be known."""


@pytest.fixture(params=FORMS)
def send(request, app, browse, rows):
    """Send one of the forms with a name, from a browser that knows nobody, as if the first."""
    page, target, field = FORMS[request.param]
    visitor = browse()
    token = visitor.open(page).soup.select_one("[name=csrf_token]")["value"]

    def sent(name):
        with rows() as session:
            for model in (LoginFailure, OneTimeCode):
                session.execute(sa.delete(model))
        began = time.perf_counter()
        typed = {"csrf_token": token, field: name, "password": "wrong"}
        answer = visitor.client.post(target, data=typed)
        return answer, time.perf_counter() - began

    return sent


def plain(answer, name):
    """Return the words of a page but for what was typed and what is random."""
    text = answer.get_data(as_text=True).replace(name, "NAME")
    return re.sub(r'(value|nonce|content)="[^"]*"', "", text)


def counted(engine, deed):
    """Return how many statements a deed took, and what it gave."""
    done = []

    def note(_connection, _cursor, statement, *_rest):
        done.append(statement)

    sa.event.listen(engine, "before_cursor_execute", note)
    given = deed()
    sa.event.remove(engine, "before_cursor_execute", note)
    return len(done), given


def test_known_and_unknown_get_the_same_page_for_the_same_work(app, people, send):
    with app.app_context():
        engine = db.engine
    counts, pages = {}, {}
    known = people["ana"].login
    send(known)

    for name in (known, UNKNOWN):
        done, answer = counted(engine, lambda name=name: send(name)[0])
        counts[name], pages[name] = done, (answer.status_code, plain(answer, name))

    assert pages[known] == pages[UNKNOWN]
    assert abs(counts[known] - counts[UNKNOWN]) <= 8


@pytest.mark.bar(18)
@pytest.mark.both
@pytest.mark.skipif(not FULL, reason="two hundred of each: ANJU_BARS=full")
@pytest.mark.timeout(0)
def test_the_median_times_differ_by_ten_milliseconds_at_most(
    kind, app, rows, people, send, record_property
):
    app.config["FAB_PASSWORD_HASH_METHOD"] = SCRYPT
    with rows() as session:
        ana = session.get_one(User, people["ana"].actor.user_id)
        ana.password = generate_password_hash(make_card_number(), SCRYPT)
    known, times = people["ana"].login, {True: [], False: []}
    try:
        for turn in range(2 * TIMES + 4):
            is_known = turn % 2 == 0
            _, seconds = send(known if is_known else f"137{turn:08d}")
            if turn >= 4:
                times[is_known].append(seconds)
    finally:
        app.config["FAB_PASSWORD_HASH_METHOD"] = "pbkdf2:sha256:1"

    medians = [statistics.median(times[is_known]) * 1000 for is_known in (True, False)]
    difference = abs(medians[0] - medians[1])
    record_property("number", f"{TIMES} of each, medians differ by {difference:.1f} ms")
    assert difference <= 10
