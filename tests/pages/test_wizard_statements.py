"""A page of the wizard asks the database for each thing once."""

import contextlib

import sqlalchemy as sa

from app.extensions import db
from app.models import Application
from tests.pages.hall_walk import begin, give_account

MOST = 20


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
