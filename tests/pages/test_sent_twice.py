"""The same form sent many times at once: one application, everybody gets the same answer."""

import threading

import pytest
import sqlalchemy as sa

from app.devices import DEVICE
from app.models import Application, IdempotencyKey
from app.services.entry import sessions
from tests.bars import FULL
from tests.factories import NOON, make_account, make_applicant

TIMES = 50 if FULL else 6


@pytest.fixture
def applicant(app, rows):
    """An applicant with an account: the keys, the cookie of a browser, forms without tokens."""
    with rows() as session:
        person = make_applicant(session)
        account = make_account(session, person)
        token = sessions.open_session(session, person.user_id, now=NOON, how="password")
        session.commit()
        user_id, account_id = person.user_id, account.id
    signed = app.session_interface.get_signing_serializer(app)
    kept = signed.dumps({"_user_id": str(user_id), "_fresh": True, DEVICE: token})
    tokens = {
        key: app.config.get(key) for key in ("WTF_CSRF_CHECK_DEFAULT", "WTF_CSRF_ENABLED")
    }
    app.config.update(dict.fromkeys(tokens, False))
    yield account_id, f"{app.config['SESSION_COOKIE_NAME']}={kept}"
    app.config.update(tokens)


def send_at_once(app, cookie, forms):
    """Send forms from as many browsers at the same moment; return status and place of each."""
    gate, answers = threading.Barrier(len(forms)), []

    def send(form):
        client = app.test_client(use_cookies=False)
        gate.wait()
        answer = client.post("/hall/apply/start", data=form, headers={"Cookie": cookie})
        answers.append((answer.status_code, answer.headers.get("Location")))

    threads = [threading.Thread(target=send, args=(form,)) for form in forms]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def counted(rows, model):
    with rows() as session:
        return session.scalar(sa.select(sa.func.count()).select_from(model))


@pytest.mark.bar(5)
@pytest.mark.both
@pytest.mark.parametrize("keys", ["same", "other"])
def test_one_form_sent_many_times_makes_one_application(
    app, rows, applicant, kind, keys, record_property
):
    account_id, cookie = applicant
    form = {"account_id": account_id, "reason_code": "ZFFZ"}

    answers = send_at_once(
        app, cookie,
        [form | {"form_key": "k" if keys == "same" else f"k{n}"} for n in range(TIMES)],
    )  # fmt: skip

    record_property("number", f"{TIMES} at once, {len(set(answers))} answer")
    assert len(answers) == TIMES
    assert len(set(answers)) == 1, set(answers)
    assert answers[0][0] == 302
    assert counted(rows, Application) == 1
    assert counted(rows, IdempotencyKey) == (1 if keys == "same" else TIMES)


def test_a_key_is_not_taken_for_another_form(app, rows, applicant):
    account_id, cookie = applicant
    form = {"account_id": account_id, "reason_code": "ZFFZ", "form_key": "k"}
    [(_status, place)] = send_at_once(app, cookie, [form])
    key = place.rstrip("/").rsplit("/", 1)[-1]

    answer = app.test_client(use_cookies=False).post(
        f"/hall/progress/{key}/cancel", data={"form_key": "k"}, headers={"Cookie": cookie}
    )

    assert answer.status_code == 302
    with rows() as session:
        assert session.get_one(Application, int(key)).status == "draft"


def test_what_was_refused_can_be_sent_again_with_its_key(app, rows, applicant):
    account_id, cookie = applicant
    wrong = {"account_id": account_id, "reason_code": "", "form_key": "k"}

    [(first, _place)] = send_at_once(app, cookie, [wrong])
    [(second, _place)] = send_at_once(app, cookie, [wrong | {"reason_code": "ZFFZ"}])

    assert (first, second) == (200, 302)
