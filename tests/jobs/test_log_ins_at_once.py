"""Many processes try passwords at the same moment: not one more is compared than may be."""

import pytest

from tests.bars import FULL
from tests.factories import NOON, make_applicant

TRIES, WORKERS, ADDRESSES = (1000, 4, 50) if FULL else (60, 2, 6)
HERE = "192.0.2.7"


def shared_out(asked: list[tuple[str, str]]) -> list[list[tuple[str, str]]]:
    """Give every worker its part, so that all come to the same names at the same time."""
    return [asked[number::WORKERS] for number in range(WORKERS)]


@pytest.mark.bar(17)
@pytest.mark.both
@pytest.mark.timeout(0 if FULL else 180)
@pytest.mark.parametrize(
    ("addresses", "pictures", "compared"),
    [
        (1, False, 3),
        (1, True, 5),
        (ADDRESSES, False, 3),
        (ADDRESSES, True, 5 * ADDRESSES),
    ],
    ids=["one address", "one address, pictures", "many", "many, pictures"],
)
def test_a_name_is_tried_as_often_as_it_may_and_not_once_more(
    kind, app, session, payer, addresses, pictures, compared, record_property
):
    login = make_applicant(session).mobile
    asked = [(login, f"192.0.2.{number % addresses}") for number in range(TRIES)]

    told = payer.work_for(app).log_ins(shared_out(asked), NOON, pictures=pictures)

    record_property("number", f"{TRIES} log-ins, {sum(told)} of {compared} compared")
    assert sum(told) == compared


@pytest.mark.bar(17)
@pytest.mark.skipif(not FULL, reason="a hundred tries a place: ANJU_BARS=full")
@pytest.mark.both
@pytest.mark.timeout(0)
def test_an_address_tries_a_hundred_names_and_not_one_more(
    kind, app, session, payer, record_property
):
    asked = [(f"137{number:08d}", HERE) for number in range(TRIES)]

    told = payer.work_for(app).log_ins(shared_out(asked), NOON, pictures=True)

    record_property("number", f"{TRIES} log-ins, {sum(told)} of 100 compared")
    assert sum(told) == 100
