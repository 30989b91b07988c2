"""Looking a house up: kept and masked when it may be bought, refused with everything else."""

import datetime as dt

import pytest

from app.domain.errors import Invalid, ManyProblems
from app.domain.terms import Lookup
from app.gateways.registry import Answer
from app.gateways.registry.table import TablePropertyRegistry
from app.models import Applicant
from app.services.applying import houses
from tests.factories import NOON, make_account, make_house
from tests.services.cases_walk import begin

NUMBER = "210199202600001"


class Silent:
    """A registry that does not answer."""

    def look_up(self, **_number):
        return Answer(Lookup.UNAVAILABLE)


@pytest.fixture
def buyer(session, ana):
    return session.get_one(Applicant, ana.applicant_id)


@pytest.fixture
def case(session, buyer, ana):
    return begin(session, make_account(session, buyer, scheme="fund"), ana, "GMSPF")


@pytest.fixture
def house(session, buyer):
    row = make_house(session, NUMBER)
    owner = {"name": buyer.name, "id_number": buyer.id_number, "share": "1"}
    row.house = row.house | {"owners": [owner]}
    session.commit()
    return row


def look_up(session, case, ana, number=NUMBER, by="filing_contract_no", registry=None):
    return houses.look_up(
        session, case, lookup_by=by, number=number, actor=ana, now=NOON,
        registry=registry or TablePropertyRegistry(session),
    )  # fmt: skip


@pytest.mark.both
@pytest.mark.usefixtures("house")
def test_a_house_is_kept_with_its_owners_masked(session, case, ana, kind):
    assert look_up(session, case, ana, " ２１０１９９202600001 ") == []

    assert case.house_key == NUMBER
    assert case.house["owners"] == [{"name": "林*夏", "share": "1"}]
    assert case.house["house_price"] == "1200000.00"


def test_an_unknown_number_is_refused_and_nothing_kept(session, case, ana):
    with pytest.raises(ManyProblems) as problems:
        look_up(session, case, ana, "NOWHERE")

    assert [one.code for one in problems.value.problems] == ["house_not_found"]
    assert case.house is None


@pytest.mark.parametrize(
    ("columns", "code"),
    [({"sealed": "true"}, "house_sealed"), ({"filing_state": "已撤销"}, "house_contract_cancelled"),
     ({"use": "商业"}, "house_not_residential"), ({"filing_state": "未备案"}, "house_not_filed"),
     ({"filing_date": "2024-01-01"}, "house_too_long_ago")],
)  # fmt: skip
def test_a_house_that_bars_the_withdrawal_says_why(session, case, ana, house, columns, code):
    house.house = house.house | columns
    session.commit()

    with pytest.raises(ManyProblems) as problems:
        look_up(session, case, ana)

    assert code in [one.code for one in problems.value.problems]


def test_a_registry_that_is_down_is_tried_again_later(session, case, ana):
    with pytest.raises(ManyProblems) as problems:
        look_up(session, case, ana, registry=Silent())

    assert [one.code for one in problems.value.problems] == ["house_registry_unavailable"]


def test_another_buyer_is_left_to_the_reviewer(session, case, ana):
    make_house(session, NUMBER)

    [warning] = look_up(session, case, ana)

    assert warning.because == "house_owner_mismatch"
    assert case.house["warnings"] == ["house_owner_mismatch"]


@pytest.mark.parametrize(
    ("number", "by", "code"),
    [("", "filing_contract_no", "answer_missing"), ("1" * 65, "filing_contract_no", "text_too_long"),
     ("1", "anything", "choice_invalid")],
)  # fmt: skip
def test_a_number_that_cannot_be_one_is_told(session, case, ana, number, by, code):
    with pytest.raises(Invalid) as wrong:
        look_up(session, case, ana, number, by)

    assert wrong.value.code == code


def test_the_look_up_is_dated(session, case, ana, house):
    assert house.filing_contract_no == NUMBER
    look_up(session, case, ana)

    assert dt.datetime.fromisoformat(case.house["looked_up_at"]) == NOON
