"""Who brings and who releases money, for tests of services."""

import pytest

from app.domain.terms import Role
from tests.factories import actor_of, make_staff


@pytest.fixture
def payer(session, people):
    """Make the payer of Anhui."""
    return actor_of(session, make_staff(session, "Pan", Role.PAYER))


@pytest.fixture
def releaser(session, people):
    """Make the releaser of Anhui."""
    return actor_of(session, make_staff(session, "Ren", Role.RELEASER))
