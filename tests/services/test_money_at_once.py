"""Two people at the same piece of money at once: the slower is told so, or goes on; no fault."""

import threading

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.domain.errors import IllegalMove, Invalid
from app.domain.policy import WORKER
from app.domain.terms import Role
from app.gateways.bank.ways import FORMS
from app.models import Agency, BankFile, ContributionBatch, LedgerAccount
from app.services.accounting import verification
from app.services.accounting.contributions import import_contributions
from app.services.paying import bank_arrivals, bank_files
from tests.factories import NOON, actor_of, make_account, make_applicant, make_staff

pytestmark = [
    pytest.mark.whole,
    pytest.mark.parametrize("kind", ["postgresql"], indirect=True),
]
SOON = 0.3
"""Seconds in which the slower one reaches what the faster one holds."""


@pytest.fixture
def race(session):
    """Do one deed, begin another beside it, then keep the first; return what the second said."""

    def run(first, second):
        said, engine = [], session.get_bind()

        def slower():
            with Session(engine) as other:
                try:
                    said.append(second(other))
                    other.commit()
                except (IllegalMove, Invalid) as told:
                    said.append(told)

        first(session)
        session.flush()
        beside = threading.Thread(target=slower)
        beside.start()
        beside.join(SOON)
        assert beside.is_alive(), "the second one waits for the first"
        session.commit()
        beside.join(20)
        return said[0]

    return run


def brought(session, payer):
    """Make a statement that a payer brought."""
    file = BankFile(
        agency_id=payer.agency_id, direction="in", kind="statement", form="csv", name="a.csv",
        sha256="0" * 64, size=1, actor_id=payer.user_id, actor_name="Pan", at=NOON,
    )  # fmt: skip
    file.content = bank_files.pack(b"x")
    session.add(file)
    session.commit()
    return file.id


def test_of_two_who_settle_a_bank_file_the_slower_is_told(session, people, race):
    payer, one, two = (
        actor_of(session, make_staff(session, name, role))
        for name, role in (("Pan", Role.PAYER), ("Rex", Role.RELEASER), ("Rue", Role.RELEASER))
    )
    key = brought(session, payer)

    told = race(
        lambda here: bank_arrivals.confirm(
            here, here.get_one(BankFile, key), actor=one, now=NOON
        ),
        lambda there: bank_arrivals.discard(
            there, there.get_one(BankFile, key), actor=two, now=NOON, reason="wrong day"
        ),
    )

    assert isinstance(told, IllegalMove)
    session.expire_all()
    file = session.get_one(BankFile, key)
    assert (file.confirmed_by, file.problem) == (one.user_id, "")


def test_of_two_who_bring_the_same_file_the_slower_is_told(session, people, race):
    payer = actor_of(session, make_staff(session, "Pan", Role.PAYER))
    agency = session.get_one(Agency, payer.agency_id)
    data = (
        f"H,ANJU-DZ1,S1,{agency.payer_account},2026-11-17,0.00,0.00\r\nT,0,0.00\r\n"
    ).encode()
    session.commit()

    told = race(
        *[
            lambda at: bank_arrivals.bring(
                at, "s.csv", data, form=FORMS["csv"], actor=payer, now=NOON
            )
        ]
        * 2
    )

    assert (type(told), told.code) == (Invalid, "bank_file_taken")


def test_two_first_contribution_files_of_an_agency_are_both_posted(session, race):
    accounts = [make_account(session, make_applicant(session), 0) for _ in range(2)]
    files = [
        (
            "agency,scheme,account_number,amount,value_date,name\n"
            f"{one.scheme.agency.code},{one.scheme.code},{one.number},100.10,2026-11-01,\n"
            f"#TRAILER,1,100.10,first-{one.number}\n"
        ).encode()
        for one in accounts
    ]
    assert session.scalar(sa.select(sa.func.count(LedgerAccount.id))) == 0
    session.commit()

    said = race(
        *[
            lambda at, data=data: import_contributions(at, data, actor=WORKER, now=NOON)
            for data in files
        ]
    )

    assert said.problems == ()
    assert session.scalar(sa.select(sa.func.count(ContributionBatch.id))) == 2
    assert [*verification.verify(session)] == []
