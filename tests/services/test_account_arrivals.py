"""A file of accounts with balances is brought by one person and posted, or refused, by another."""

from dataclasses import replace
from decimal import Decimal
from functools import partial

import pytest
import sqlalchemy as sa

from app.domain.errors import IllegalMove, Invalid, NotAllowed
from app.domain.policy import OPERATOR
from app.domain.terms import Role
from app.models import Account, AccountFile, AuditEvent, ImportBatch
from app.services.accounting import account_arrivals as files
from app.services.accounting import posting_proofs, verification
from app.services.accounts import import_accounts
from app.services.entry.proofs import ProofNeeded
from app.services.paying import second_steps
from app.services.records.packing import pack
from tests.factories import NOON, actor_of, change_roles, make_staff
from tests.services.test_accounts import ANA, BO, csv_of, faults, line

REFUSED = "new rows only"


@pytest.fixture
def supervisor(session, people):
    """Make the supervisor of Anhui."""
    return actor_of(session, make_staff(session, "Sun", Role.SUPERVISOR))


@pytest.fixture
def brought(session, supervisor):
    """Bring a file with one account of 1000.50 yuan."""
    report = files.bring(
        session, csv_of(line()), name="accounts.csv", actor=supervisor, now=NOON
    )
    session.commit()
    return session.get_one(AccountFile, report.file_id)


def holder_at_work(session):
    """Make a supervisor who is the holder of the usual line."""
    member = make_staff(session, "holder", Role.SUPERVISOR)
    member.id_number = ANA
    session.commit()
    return actor_of(session, member)


def balances(session):
    """Return what lies in each account."""
    return session.scalars(sa.select(Account.available)).all()


@pytest.mark.both
def test_one_brings_and_another_posts(kind, session, supervisor, releaser, brought):
    assert balances(session) == []
    assert files.waiting(session, actor=releaser) == [brought]
    assert second_steps.count(session, actor=releaser).accounts == 1

    report = files.post(session, brought, actor=releaser, now=NOON)
    session.commit()

    assert balances(session) == [Decimal("1000.50")]
    batch = session.get_one(ImportBatch, report.batch_id)
    assert (brought.batch_id, brought.settled_by) == (batch.id, releaser.user_id)
    assert (brought.brought_by, batch.actor_id) == (supervisor.user_id, releaser.user_id)
    assert files.waiting(session, actor=releaser) == []
    acts = session.scalars(sa.select(AuditEvent.act).where(AuditEvent.act.like("accounts_%")))
    assert sorted(acts) == ["accounts_brought", "accounts_imported"]
    assert [*verification.verify(session)] == []


def test_nobody_writes_alone(session, supervisor, releaser, brought):
    data = csv_of(line(account_number="A9"))
    for actor, code in ((supervisor, "role_missing"), (releaser, "four_eyes")):
        with pytest.raises(NotAllowed) as told:
            import_accounts(session, data, actor=actor, now=NOON)
        assert told.value.code == code
    turned = change_roles(session, supervisor, Role.RELEASER)
    for deed in (files.post, partial(files.refuse, reason="no")):
        with pytest.raises(NotAllowed) as told:
            deed(session, brought, actor=turned, now=NOON)
        assert told.value.code == "four_eyes"
    assert balances(session) == []


def test_who_looks_after_the_installation_brings_and_does_not_post(session, people, releaser):
    admin = actor_of(session, make_staff(session, "wu", Role.INSTALLATION_ADMIN))
    report = files.bring(session, csv_of(line()), name="a.csv", actor=admin, now=NOON)
    file = session.get_one(AccountFile, report.file_id)

    for deed in (files.post, partial(files.refuse, reason="no")):
        with pytest.raises(NotAllowed) as told:
            deed(session, file, actor=admin, now=NOON)
        assert told.value.code == "role_missing"
    assert files.post(session, file, actor=releaser, now=NOON).written


def test_an_administrator_of_no_agency_sees_what_he_brought_and_no_more(
    session, people, brought
):
    root = actor_of(session, make_staff(session, "wu", Role.INSTALLATION_ADMIN))
    nowhere = replace(root, agency_id=None)
    assert files.waiting(session, actor=nowhere) == []
    with pytest.raises(NotAllowed):
        files.get_file(session, brought.id, actor=nowhere)

    data = csv_of(line(id_number=BO, name="周一鸣", account_number="A2"))
    report = files.bring(session, data, name="b.csv", actor=nowhere, now=NOON)

    [mine] = files.waiting(session, actor=nowhere)
    assert (mine.id, mine.agency_id) == (report.file_id, brought.agency_id)
    assert files.hand_out(session, mine, actor=nowhere, now=NOON) == data


def test_the_second_person_proves_who_they_are(session, releaser, brought):
    unproven = replace(releaser, proven_at=None)
    with pytest.raises(ProofNeeded):
        files.post(session, brought, actor=unproven, now=NOON)
    with pytest.raises(ProofNeeded):
        files.refuse(session, brought, actor=unproven, now=NOON, reason="wrong")
    assert brought.settled_at is None


def test_a_right_that_ended_since_is_none(session, releaser, brought):
    change_roles(session, releaser, Role.PAYER)
    with pytest.raises(NotAllowed):
        files.post(session, brought, actor=releaser, now=NOON)


def test_people_of_another_agency_neither_see_nor_post_it(session, people, brought):
    other = actor_of(session, make_staff(session, "Fan", Role.RELEASER, agency="liaoning"))
    assert files.waiting(session, actor=other) == []
    for deed in (files.post, files.hand_out):
        with pytest.raises(NotAllowed) as told:
            deed(session, brought, actor=other, now=NOON)
        assert told.value.code == "not_found"
    with pytest.raises(NotAllowed):
        files.get_file(session, brought.id, actor=other)


@pytest.mark.parametrize("whose", ["bringer", "second"])
def test_nobody_has_a_hand_in_the_own_account(session, people, releaser, whose):
    mine = holder_at_work(session)
    other = actor_of(session, make_staff(session, "Yan", Role.SUPERVISOR))
    second = releaser
    if whose == "second":
        mine, second = other, change_roles(session, mine, Role.RELEASER)
    report = files.bring(
        session, csv_of(line(id_number=BO)), name="a.csv", actor=mine, now=NOON
    )
    file = session.get_one(AccountFile, report.file_id)
    file.content = pack(csv_of(line()))

    with pytest.raises(NotAllowed) as told:
        files.post(session, file, actor=second, now=NOON)

    assert told.value.code == "own_account"
    assert balances(session) == []


def test_who_brings_an_own_account_is_told_the_line(session, people):
    mine = holder_at_work(session)
    report = files.bring(session, csv_of(line()), name="a.csv", actor=mine, now=NOON)
    assert faults(report) == [(2, "id_number")]
    assert report.file_id is None


def test_a_refused_file_opens_nothing_and_may_be_brought_again(
    session, supervisor, releaser, brought
):
    with pytest.raises(Invalid):
        files.refuse(session, brought, actor=releaser, now=NOON, reason=" ")
    files.refuse(session, brought, actor=releaser, now=NOON, reason="the sum is wrong")
    session.commit()
    with pytest.raises(IllegalMove):
        files.post(session, brought, actor=releaser, now=NOON)
    assert balances(session) == []
    again = files.bring(
        session, csv_of(line()), name="accounts.csv", actor=supervisor, now=NOON
    )
    assert again.file_id not in (None, brought.id)


def test_a_file_waits_once(session, supervisor, brought):
    with pytest.raises(IllegalMove) as told:
        files.bring(session, csv_of(line()), name="b.csv", actor=supervisor, now=NOON)
    assert told.value.code == "accounts_wait"


def test_what_came_up_since_is_named_and_the_file_waits_on(session, releaser, brought):
    import_accounts(session, csv_of(line(balance="7.00")), actor=OPERATOR, now=NOON)
    session.commit()
    report = files.post(session, brought, actor=releaser, now=NOON)
    assert report.batch_id is None
    assert faults(report) == [(2, "account_number")]
    assert files.waiting(session, actor=releaser) == [brought]


def test_its_bytes_are_handed_out_as_they_were_and_that_is_written_down(
    session, releaser, brought
):
    assert files.hand_out(session, brought, actor=releaser, now=NOON) == csv_of(line())
    assert session.scalar(
        sa.select(AuditEvent.id).where(AuditEvent.act == "accounts_handed_out")
    )


@pytest.mark.both
@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM account_file", "UPDATE account_file SET total = 1",
        "UPDATE account_file SET brought_by = settled_by",
        "UPDATE account_file SET settled_by = NULL, settled_at = NULL",
        "DELETE FROM import_batch", "UPDATE import_batch SET actor_id = NULL",
    ],
)  # fmt: skip
def test_what_was_brought_and_posted_stands(kind, session, releaser, brought, change):
    files.post(session, brought, actor=releaser, now=NOON)
    session.commit()
    with pytest.raises(sa.exc.DatabaseError, match=REFUSED):
        session.execute(sa.text(change))
    session.rollback()


def test_the_proof_names_what_one_person_imported(session, releaser, brought):
    files.post(session, brought, actor=releaser, now=NOON)
    assert [*posting_proofs.alone(session)] == []
    columns = {
        "agency_id": brought.agency_id,
        "name": "a.csv",
        "rows": 0,
        "total": 0,
        "at": NOON,
    }
    session.add_all([
        ImportBatch(sha256="1" * 64, actor_id=releaser.user_id, **columns),
        ImportBatch(sha256="2" * 64, actor_id=None, **columns),
    ])  # fmt: skip
    session.flush()
    [found] = posting_proofs.alone(session)
    assert (found.code, found.table) == ("posted_alone", "import_batch")
    session.rollback()
