"""A file of contributions is brought by one person and posted, or refused, by another."""

from dataclasses import replace
from decimal import Decimal

import pytest
import sqlalchemy as sa

from app.domain.errors import IllegalMove, Invalid, NotAllowed
from app.domain.terms import Role
from app.models import AuditEvent, ContributionBatch, ContributionFile
from app.services.accounting import contribution_files as files
from app.services.accounting import posting_proofs, verification
from app.services.accounting.contributions import import_contributions
from app.services.entry.proofs import ProofNeeded
from tests.factories import NOON, actor_of, change_roles, make_staff
from tests.money import make_funded
from tests.services.test_contributions import file_of, line


@pytest.fixture
def account(session):
    """Make an account with 1000 yuan."""
    return make_funded(session, 1000)


@pytest.fixture
def brought(session, payer, account):
    """Bring a file with one line of 100.10 yuan."""
    report = files.bring(
        session, file_of(line(account)), name="november.csv", actor=payer, now=NOON
    )
    session.commit()
    return session.get_one(ContributionFile, report.file_id)


@pytest.mark.both
def test_one_brings_and_another_posts(kind, session, payer, releaser, account, brought):
    assert account.available == 1000
    assert files.waiting(session, actor=releaser) == [brought]

    report = files.post(session, brought, actor=releaser, now=NOON)
    session.commit()

    assert account.available == Decimal("1100.10")
    batch = session.get_one(ContributionBatch, report.batch_id)
    assert (brought.batch_id, brought.settled_by) == (batch.id, releaser.user_id)
    assert (brought.brought_by, batch.actor_id) == (payer.user_id, releaser.user_id)
    assert files.waiting(session, actor=releaser) == []
    acts = session.scalars(
        sa.select(AuditEvent.act).where(AuditEvent.act.like("contributions_%"))
    ).all()
    assert sorted(acts) == ["contributions_brought", "contributions_posted"]
    assert [*verification.verify(session)] == []


def test_nobody_posts_alone(session, payer, releaser, account, brought):
    data = file_of(line(account, "5.00"))
    for actor, code in ((payer, "role_missing"), (releaser, "four_eyes")):
        with pytest.raises(NotAllowed) as told:
            import_contributions(session, data, actor=actor, now=NOON)
        assert told.value.code == code
    turned = change_roles(session, payer, Role.RELEASER)
    with pytest.raises(NotAllowed) as told:
        files.post(session, brought, actor=turned, now=NOON)
    assert told.value.code == "four_eyes"
    assert account.available == 1000


def test_the_second_person_proves_who_they_are(session, releaser, brought):
    with pytest.raises(ProofNeeded):
        files.post(session, brought, actor=replace(releaser, proven_at=None), now=NOON)


def test_people_of_another_agency_neither_see_nor_post_it(session, people, brought):
    other = actor_of(session, make_staff(session, "Fan", Role.RELEASER, agency="liaoning"))
    assert files.waiting(session, actor=other) == []
    for deed in (files.post, files.hand_out):
        with pytest.raises(NotAllowed):
            deed(session, brought, actor=other, now=NOON)
    with pytest.raises(NotAllowed):
        files.get_file(session, brought.id, actor=other)


def test_a_refused_file_posts_nothing_and_may_be_brought_again(
    session, payer, releaser, account, brought
):
    with pytest.raises(Invalid):
        files.refuse(session, brought, actor=releaser, now=NOON, reason=" ")
    files.refuse(session, brought, actor=releaser, now=NOON, reason="the sum is wrong")
    session.commit()
    with pytest.raises(IllegalMove):
        files.post(session, brought, actor=releaser, now=NOON)
    assert account.available == 1000
    again = files.bring(
        session, file_of(line(account)), name="november.csv", actor=payer, now=NOON
    )
    assert again.file_id not in (None, brought.id)


def test_a_file_waits_once(session, payer, account, brought):
    with pytest.raises(IllegalMove) as told:
        files.bring(session, file_of(line(account)), name="b.csv", actor=payer, now=NOON)
    assert told.value.code == "contributions_wait"


def test_what_came_up_since_is_named_and_the_file_waits_on(session, releaser, account, brought):
    account.opened_on = NOON.date()
    session.commit()
    report = files.post(session, brought, actor=releaser, now=NOON)
    assert report.batch_id is None
    assert [problem.column for problem in report.problems] == ["value_date"]
    assert files.waiting(session, actor=releaser) == [brought]


def test_its_bytes_are_handed_out_as_they_were_and_that_is_written_down(
    session, releaser, account, brought
):
    assert files.hand_out(session, brought, actor=releaser, now=NOON) == file_of(line(account))
    assert session.scalar(
        sa.select(AuditEvent.id).where(AuditEvent.act == "contributions_handed_out")
    )


@pytest.mark.both
@pytest.mark.parametrize(
    "change", ["DELETE FROM contribution_file", "UPDATE contribution_file SET total = 1"]
)
def test_what_was_brought_stands(kind, session, brought, change):
    with pytest.raises(sa.exc.DatabaseError, match="new rows only"):
        session.execute(sa.text(change))
    session.rollback()


def test_the_proof_names_what_one_person_posted(session, releaser, account, brought):
    files.post(session, brought, actor=releaser, now=NOON)
    assert [*posting_proofs.alone(session)] == []
    batch = session.get_one(ContributionBatch, brought.batch_id)
    session.add(
        ContributionBatch(
            agency_id=batch.agency_id, reference="alone", sha256="1" * 64, name="a.csv", rows=0,
            total=0, actor_id=releaser.user_id, actor_name="Ren", at=NOON,
        )
    )  # fmt: skip
    session.flush()
    assert [one.code for one in posting_proofs.alone(session)] == ["posted_alone"]
    session.rollback()
