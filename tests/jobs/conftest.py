"""What tests of the jobs share: a bank on paper."""

import pytest

from tests.factories import Clock
from tests.money import PaperBank


@pytest.fixture
def bank(clock: Clock) -> PaperBank:
    """A bank in memory, on the clock of the test."""
    return PaperBank(clock)
