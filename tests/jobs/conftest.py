"""What tests of the jobs share: a bank on paper, and a process that pays and may be killed."""

from collections.abc import Iterator

import pytest

from tests.factories import Clock
from tests.jobs.payer import Payer
from tests.money import PaperBank


@pytest.fixture
def bank(clock: Clock) -> PaperBank:
    """A bank in memory, on the clock of the test."""
    return PaperBank(clock)


@pytest.fixture(scope="session")
def payer() -> Iterator[Payer]:
    """A process that loads the hall once for all tests."""
    with Payer() as process:
        yield process
