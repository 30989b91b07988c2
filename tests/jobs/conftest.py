"""What tests of the jobs share: a bank on paper, and a process that pays and may be killed."""

import shutil
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from app import outside
from app.models import Agency
from tests.factories import Clock
from tests.jobs.payer import Payer
from tests.jobs.tables import Died
from tests.money import PaperBank, make_approved


@pytest.fixture
def bank(clock: Clock) -> PaperBank:
    """A bank in memory, on the clock of the test."""
    return PaperBank(clock)


@pytest.fixture(scope="session")
def payer() -> Iterator[Payer]:
    """A process that loads the hall once for all tests."""
    with Payer() as process:
        yield process


@pytest.fixture
def agency(session):
    """The agency, paying by tables."""
    row = session.scalar(sa.select(Agency).where(Agency.code == "anhui"))
    row.pays_by = "csv"
    session.commit()
    yield row
    shutil.rmtree(outside.bank(row).folder.root, ignore_errors=True)


@pytest.fixture
def approved(session, agency, chen, dai):
    """Make an approved case."""
    return lambda **columns: make_approved(session, chen, dai, **columns)


@pytest.fixture
def dies(app):
    """Let the process die at a named point, once."""

    def at(point):
        def end(name):
            if name == point:
                app.config["ANJU_CRASH_AT"] = None
                raise Died

        app.config["ANJU_CRASH_AT"] = end

    yield at
    app.config["ANJU_CRASH_AT"] = None
