"""What tests of pages share: staff made for one test, signed in."""

import pytest

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
