"""How an agency pays is data: changed by the administrator while nothing is on its way."""

import pytest
import sqlalchemy as sa

from app.domain.errors import Invalid
from app.domain.terms import PayoutStatus, Role
from app.models import Agency, BankFile, Payout
from app.services.catalogue import agency_edits
from app.services.records.packing import pack
from tests.factories import NOON, actor_of, make_staff
from tests.money import make_approved


@pytest.fixture
def agency(session, people):
    """The agency whose cases are paid."""
    return session.scalar(sa.select(Agency).where(Agency.code == "anhui"))


@pytest.fixture
def change(session, agency):
    """Change how the agency pays, as the installation's administrator."""
    root = actor_of(session, make_staff(session, "Wurzel", Role.INSTALLATION_ADMIN))

    def to(way):
        hours = {"bank_opens": None, "bank_closes": None}
        agency_edits.change_agency(
            session, agency, hours | {"pays_by": way}, actor=root, now=NOON
        )

    return to


@pytest.fixture
def change_account(session, agency):
    """Change the account that the agency pays from."""
    root = actor_of(session, make_staff(session, "Wurzel", Role.INSTALLATION_ADMIN))
    hours = {"bank_opens": None, "bank_closes": None}
    return lambda account: agency_edits.change_agency(
        session, agency, hours | {"payer_account": account}, actor=root, now=NOON
    )


def test_the_way_changes_while_no_payment_is_on_its_way(session, agency, change, chen, dai):
    make_approved(session, chen, dai)

    change("pain001")

    assert agency.pays_by == "pain001"


def test_the_way_stays_while_a_payment_is_on_its_way(session, agency, change, chen, dai):
    make_approved(session, chen, dai)
    for status in (PayoutStatus.CLAIMED, PayoutStatus.SENT, PayoutStatus.UNKNOWN):
        session.scalar(sa.select(Payout)).status = status
        session.flush()

        with pytest.raises(Invalid) as why:
            change("csv")

        assert (why.value.code, agency.pays_by) == ("pays_by_in_flight", "simulator")


@pytest.mark.parametrize("status", ["claimed", "sent", "unknown", "paid"])
def test_the_payer_account_stays_until_its_statements_have_every_payment(
    session, agency, change_account, chen, dai, status
):
    make_approved(session, chen, dai)
    payout = session.scalar(sa.select(Payout))
    payout.status = PayoutStatus(status)
    session.flush()
    with pytest.raises(Invalid) as why:
        change_account("34009999")
    assert why.value.code == "account_unsettled"

    payout.status = PayoutStatus.SETTLED
    session.flush()
    change_account("34009999")

    assert agency.payer_account == "34009999"


def test_there_is_no_way_but_those_that_are_built(change):
    with pytest.raises(Invalid):
        change("pigeon")


DEEDS = (
    "UPDATE bank_file SET sha256 = 'x'",
    "UPDATE bank_file SET total = 1",
    "UPDATE bank_file SET done_at = NULL",
    "UPDATE bank_file SET problem = 'x'",
    "DELETE FROM bank_file",
)


@pytest.mark.both
def test_a_kept_file_is_never_changed(kind, session, agency):
    file = BankFile(
        agency_id=agency.id, direction="in", kind="answer", form="csv", name="a.csv",
        message_id="1", sha256="0" * 64, size=1, actor_name="-", at=NOON, confirmed_at=NOON,
        done_at=NOON,
    )  # fmt: skip
    file.content = pack(b"-")
    session.add(file)
    session.commit()

    for deed in DEEDS:
        with pytest.raises(sa.exc.DatabaseError):
            session.execute(sa.text(deed))
        session.rollback()
