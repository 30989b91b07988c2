"""A file that may be going out right now: nothing is said of its payments, the bank's word counts."""

import datetime as dt
from pathlib import Path

import pytest

from app import outside
from app.domain.errors import Invalid
from app.domain.terms import PayoutStatus, Role
from app.jobs.paying import pay_all
from app.jobs.payouts import run_payouts
from app.models import StatementLine
from app.services.paying import findings, payments, resolutions
from app.transaction import transaction
from tests.factories import NOON, actor_of, make_staff
from tests.jobs.tables import Died, answer, files, folder, payouts_of, put

LATER = NOON + dt.timedelta(minutes=20)


def test_nothing_is_said_of_a_payment_whose_file_may_be_going_out(
    session, agency, approved, dies
):
    approved()
    dies("file.on_disk")
    with pytest.raises(Died):
        pay_all(now=NOON)
    session.rollback()
    with transaction() as writing:
        [payout] = payouts_of(writing)
        payments.to_unknown(writing, payout, now=NOON, why="restart")
    payer = actor_of(session, make_staff(session, "付一", Role.PAYER))
    late = NOON + dt.timedelta(days=2)
    for outcome in (PayoutStatus.APPROVED, PayoutStatus.REJECTED):
        [payout] = payouts_of(session)
        with pytest.raises(Invalid) as why:
            resolutions.resolve_unknown(
                session, payout, actor=payer, now=late, outcome=outcome, proof="letter"
            )
        assert why.value.code == "file_going"
    line = StatementLine(
        agency_id=agency.id, on_date=NOON.date(), line_no=1, amount=payout.amount, read_at=late,
        reference="X", direction="out", bucket="only_theirs", payee_tail="",
    )  # fmt: skip
    session.add(line)
    session.flush()
    with pytest.raises(Invalid) as why:
        findings.propose(
            session, line, actor=payer, now=late, payout_id=payout.id, why="voucher 5"
        )
    assert why.value.code == "file_going"
    session.rollback()

    pay_all(now=LATER)

    assert [one.status for one in payouts_of(session)] == [PayoutStatus.SENT]


@pytest.mark.parametrize(
    "shut",
    [{"bank_opens": dt.time(9), "bank_closes": dt.time(12, 5)}, {"payouts_stopped": "no"}],
)
def test_a_file_that_was_left_lying_waits_until_the_bank_is_open_and_nobody_stops(
    session, agency, approved, dies, shut
):
    approved()
    dies("file.kept")
    with pytest.raises(Died):
        pay_all(now=NOON)
    session.rollback()
    before = {name: getattr(agency, name) for name in shut}
    for values, lying, later in ((shut, 0, LATER), (before, 1, LATER + LATER.resolution)):
        for name, value in values.items():
            setattr(agency, name, value)
        session.commit()
        pay_all(now=later)
        assert len(list(folder(agency, "outbox").iterdir())) == lying


def test_an_answer_proves_that_its_file_was_put_out(session, agency, approved, dies):
    approved(amount=100)
    dies("file.on_disk")
    with pytest.raises(Died):
        pay_all(now=NOON)
    session.rollback()
    agency.payouts_stopped = "looked at"
    session.commit()
    [file], [payout] = files(session), payouts_of(session)
    put(agency, answer(file, (payout.bank_reference, "100.00", "1", "AC04")))

    pay_all(now=NOON + dt.timedelta(minutes=1))

    assert [one.status for one in payouts_of(session)] == [PayoutStatus.REJECTED]
    assert files(session)[0].done_at


def test_a_run_that_holds_another_way_of_paying_sends_nothing(session, agency, approved, bank):
    approved()

    counts = run_payouts(bank, now=NOON)

    assert (counts.claimed, counts.sent) == (1, 0)
    assert [one.status for one in payouts_of(session)] == [PayoutStatus.APPROVED]


def test_an_inbox_that_cannot_be_read_holds_up_nobody(session, agency, approved):
    approved()
    place = outside.bank(agency).folder.root
    place.mkdir(parents=True)
    (place / "inbox").write_bytes(b"a file where the folder should be")

    pay_all(now=NOON)

    assert [one.status for one in payouts_of(session)] == [PayoutStatus.SENT]


def test_an_inbox_that_cannot_be_emptied_refuses_a_file_once(session, agency, approved):
    put(agency, "half a file", "hp1.csv")
    (outside.bank(agency).folder.root / "refused").write_bytes(b"no folder")

    for minute in range(3):
        pay_all(now=NOON + dt.timedelta(minutes=minute))
    put(agency, "another half", "hp1.csv")
    pay_all(now=LATER)

    assert [(one.name, one.size) for one in files(session, "refused")] == [
        ("hp1.csv", 11), ("hp1.csv", 12),
    ]  # fmt: skip


def test_a_folder_that_cannot_be_tidied_holds_up_nobody(session, agency, approved, monkeypatch):
    approved()
    folder(agency, "read")

    def locked(place):
        if place.name == "read":
            raise PermissionError(place)
        return iter(sorted(place.glob("*")))

    monkeypatch.setattr(Path, "iterdir", locked)
    pay_all(now=NOON)

    assert [one.status for one in payouts_of(session)] == [PayoutStatus.SENT]
