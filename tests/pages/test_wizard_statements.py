"""The applicant's busiest pages ask the database for each thing once."""

import contextlib

import sqlalchemy as sa

from app.domain.terms import Status
from app.extensions import db
from app.models import Account, Application
from tests.factories import make_application
from tests.pages.hall_walk import begin, give_account

MOST = 20
OTHERS = 25


@contextlib.contextmanager
def statements(app):
    """Note every statement sent to the database."""
    noted = []

    def note(_connection, _cursor, statement, *_rest):
        if statement.startswith("SELECT"):
            noted.append(statement)

    with app.app_context():
        engine = db.engine
    sa.event.listen(engine, "before_cursor_execute", note)
    yield noted
    sa.event.remove(engine, "before_cursor_execute", note)


def test_a_page_of_the_wizard_takes_few_statements(app, rows, people, browse):
    give_account(rows, people["ana"])
    browser = browse("ana")
    begin(browser, "ZFFZ")
    with rows() as session:
        address = f"/hall/apply/{session.scalar(sa.select(Application.id))}/basic/"
    browser.open(address)

    with statements(app) as noted:
        browser.open(address)

    assert len(noted) <= MOST, "\n\n".join(noted)


def test_the_choice_of_a_reason_asks_once_for_all_of_them(app, rows, people, browse):
    give_account(rows, people["ana"])
    browser = browse("ana")
    browser.open("/hall/apply/")

    with statements(app) as noted:
        browser.open("/hall/apply/")

    assert len(noted) <= OTHERS, "\n\n".join(noted)


def test_following_an_application_takes_few_statements(app, rows, people, browse):
    account_id = give_account(rows, people["ana"])
    with rows() as session:
        account = session.get_one(Account, account_id)
        key = make_application(session, account, status=Status.SUBMITTED).id
    browser = browse("ana")
    browser.open(f"/hall/progress/{key}/")

    with statements(app) as noted:
        browser.open(f"/hall/progress/{key}/")

    assert len(noted) <= OTHERS, "\n\n".join(noted)


def test_my_hall_asks_no_more_for_more_cases(app, rows, people, browse):
    browser = browse("ana")
    counts = []
    for _ in range(2):
        with rows() as session:
            for _ in range(2):
                account = session.get_one(Account, give_account(rows, people["ana"]))
                make_application(session, account, status=Status.PAID, reason="ZFFZ")
        browser.open("/hall/")
        with statements(app) as noted:
            browser.open("/hall/")
        counts.append(len(noted))

    assert counts[0] == counts[1], counts
