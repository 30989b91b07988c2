"""A supplementary case on the pages: opened by a payer, read by reviewers and by its holder."""

from decimal import Decimal

import pytest

from app.domain.errors import IllegalMove
from app.domain.terms import AccountState, Kind, Role, Status
from app.models import Account, Applicant, Application
from app.services.accounting import supplements
from app.services.review import decisions
from app.services.review.decisions import ReturnLine
from tests import paid_in
from tests.factories import (
    NOON,
    PASSWORD,
    Person,
    actor_of,
    make_account,
    make_application,
    make_staff,
)  # fmt: skip


@pytest.fixture
def waiting(rows, people):
    """Close an account of Ana by a paid case; let money come for it."""
    with rows() as session:
        ana = session.get_one(Applicant, people["ana"].actor.applicant_id)
        account = make_account(session, ana, 0)
        make_application(
            session, account, status=Status.PAID, reason="LTX", kind=Kind.CLOSING, amount=900
        )
        account.number, account.state = "S900", AccountState.CLOSED_BY_WITHDRAWAL
        paid_in.pay_in_late(
            session, account, Decimal("640.00"), now=NOON, value_date=NOON.date(), reference="l"
        )
        session.commit()
        member = make_staff(session, "Pan", Role.PAYER)
        return account.id, Person("Pan", PASSWORD, actor_of(session, member), member.name)


@pytest.mark.whole
def test_a_payer_opens_it_and_everybody_can_read_it(browse, waiting, rows):
    payer = browse().sign_in(waiting[1])
    page = payer.open("/desk/reversals/")
    assert "640.00" in page.text
    opened = payer.press(page, "发起补充支取 S900")
    assert "初审" in opened.text
    with rows() as session:
        case = session.query(Application).filter_by(account_id=waiting[0]).all()[-1]
        assert (case.status, case.amount) == (Status.SUBMITTED, Decimal("640.00"))
        key = case.id
    assert "640.00" in browse("ana").open(f"/hall/progress/{key}/").text
    reviewer = browse("chen")
    shown = reviewer.open(f"/desk/case/{key}/")
    assert "640.00" in shown.text
    assert reviewer.press(shown, "受理").heading


def test_nobody_is_asked_to_correct_what_the_office_opened(browse, waiting, rows, people):
    chen = people["chen"].actor
    with rows() as session:
        account = session.get_one(Account, waiting[0])
        case = supplements.open_case(session, account, actor=waiting[1].actor, now=NOON)
        decisions.take_up(session, case, actor=chen, now=NOON)
        session.commit()
        with pytest.raises(IllegalMove) as told:
            decisions.return_for_correction(
                session, case, [ReturnLine("R05")], actor=chen, now=NOON
            )
        session.rollback()
        key = case.id

    assert told.value.code == "supplement_return"
    page = browse("chen").open(f"/desk/case/{key}/")
    offered = {
        tag["value"] for tag in page.soup.select("input[name=deed], option, button[name=deed]")
    }
    assert "pass_first" in offered
    assert "return" not in offered
