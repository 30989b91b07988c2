"""What tests of pages share: staff made for one test, signed in; a telephone."""

import re

import pytest

from app.gateways.sms import LocalSms
from tests.factories import PASSWORD, Person, actor_of, make_staff


@pytest.fixture
def staff(rows, browse, app):
    """Sign in a member of staff made for the test: ``staff("eve", Role.SUPERVISOR)``."""

    def signed_in(username, *roles, agency="anhui", name=""):
        with rows() as session:
            member = make_staff(session, username, *roles, agency=agency, name=name)
            person = Person(username, PASSWORD, actor_of(session, member), member.name)
        return browse().sign_in(person)

    return signed_in


@pytest.fixture
def phone(app):
    """Read the newest code on this machine's telephone."""

    def read() -> str:
        newest = LocalSms(app.config["ANJU_SMS_FILE"]).messages(1)[0]
        return re.findall(r"\d{6}", newest["text"])[0]

    return read
