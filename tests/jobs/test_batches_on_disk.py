"""A batch as a file: kept before it is seen, put out once, never with other bytes."""

import datetime as dt
from decimal import Decimal

import pytest
import sqlalchemy as sa

from app import outside
from app.domain.errors import Invalid
from app.domain.policy import WORKER
from app.domain.terms import PayoutStatus, Status
from app.gateways.errors import Unavailable
from app.jobs import filing
from app.jobs.paying import pay_all
from app.models import BankFile, Payout
from app.services.accounting import verification
from app.services.paying import bank_arrivals, bank_files, claims, payments
from app.services.records.packing import unpack
from app.transaction import transaction
from tests.bars import FULL
from tests.factories import NOON
from tests.jobs.tables import Died, answer, files, folder, payouts_of, put, statement

POINTS = (
    "claim.kept", "check.passed", "file.kept", "file.written", "file.on_disk", "file.sent",
)  # fmt: skip
LATER = NOON + dt.timedelta(minutes=20)


def sound(session):
    """Tell whether every invariant holds."""
    return [*verification.verify(session)] == []


@pytest.mark.both
def test_a_table_goes_out_is_answered_and_settled(kind, session, agency, approved):
    case = approved(amount=5000)
    pay_all(now=NOON)
    [file], [payout] = files(session), payouts_of(session)
    put(agency, answer(file, (payout.bank_reference, "5000.00", "0", "")))
    pay_all(now=LATER)
    put(agency, statement(agency, (payout.bank_reference, "5000.00")))

    counts = pay_all(now=NOON + dt.timedelta(days=1))

    session.refresh(case)
    assert (counts.settled, case.status) == (1, Status.PAID)
    assert (file.rows, file.total) == (1, Decimal(5000))
    assert sorted(path.name for path in folder(agency, "outbox").iterdir()) == [file.name]
    assert sound(session)


@pytest.mark.whole
@pytest.mark.parametrize("point", POINTS if FULL else POINTS[::2])
def test_a_death_at_any_point_sends_each_payment_in_one_file(
    session, agency, approved, dies, point
):
    approved()
    approved()
    dies(point)
    with pytest.raises(Died):
        pay_all(now=NOON)
    session.rollback()
    seen = {path.name: path.read_bytes() for path in folder(agency, "outbox").iterdir()}

    pay_all(now=LATER)
    pay_all(now=LATER + dt.timedelta(hours=1))

    lying = {path.name: path.read_bytes() for path in folder(agency, "outbox").iterdir()}
    text = b"".join(lying.values())
    assert seen.items() <= lying.items()
    assert {one.status for one in payouts_of(session)} == {PayoutStatus.SENT}
    assert [text.count(one.bank_reference.encode()) for one in payouts_of(session)] == [1, 1]
    assert sound(session)


def test_a_worker_that_slept_leaves_out_what_another_took_back(session, agency, approved):
    approved()
    approved()
    with transaction() as writing:
        turn = claims.plan(writing, now=NOON, agency_id=agency.id)
    taken = []
    for _ in range(2):
        with transaction() as writing:
            taken.append(claims.claim_next(writing, turn))
            first = writing.get(Payout, taken[0].payout_id)
            turn.batches[agency.id] = batch_id = first.batch_id
    with transaction() as writing:
        claims.give_back(
            writing, writing.get(Payout, taken[0].payout_id), now=NOON, why="slept"
        )

    with transaction() as writing:
        form = outside.bank(agency).form
        file = bank_files.compose(writing, batch_id, taken, form, now=NOON)
        rows, named = file.rows, unpack(file.content).decode("gb18030")

    first, second = payouts_of(session)
    assert (rows, second.bank_reference in named, first.bank_reference in named) == (
        1,
        True,
        False,
    )


def test_other_bytes_never_take_a_files_name(session, agency, approved):
    approved()
    bank = outside.bank(agency)
    bank.folder.publish("PC1.csv", b"one")

    bank.folder.publish("PC1.csv", b"one")
    with pytest.raises(Unavailable):
        bank.folder.publish("PC1.csv", b"two")

    assert (folder(agency, "outbox") / "PC1.csv").read_bytes() == b"one"


@pytest.mark.whole
def test_a_batch_that_is_too_long_is_split(session, agency, approved):
    agency.batch_limit = 2
    session.commit()
    for _ in range(5):
        approved()

    pay_all(now=NOON)

    kept = files(session)
    assert [file.rows for file in kept] == [2, 2, 1]
    assert len({file.message_id for file in kept}) == len({file.batch_id for file in kept}) == 3


def test_stopped_payouts_put_nothing_out_and_what_was_taken_waits_again(
    session, agency, approved, dies
):
    approved()
    dies("file.kept")
    with pytest.raises(Died):
        pay_all(now=NOON)
    session.rollback()
    agency.payouts_stopped = "looked at"
    session.commit()

    pay_all(now=LATER)

    assert list(folder(agency, "outbox").iterdir()) == []
    assert [one.status for one in payouts_of(session)] == [PayoutStatus.UNKNOWN]


def test_a_file_that_people_settled_meanwhile_never_goes_out(session, agency, approved, dies):
    approved()
    dies("file.kept")
    with pytest.raises(Died):
        pay_all(now=NOON)
    session.rollback()
    with transaction() as writing:
        [payout] = payouts_of(writing)
        payments.to_unknown(writing, payout, now=NOON, why="restart")
        payments.to_approved(writing, payout, now=NOON, why="resolved")

    pay_all(now=LATER)

    old, new = files(session)
    assert old.problem
    assert [path.name for path in folder(agency, "outbox").iterdir()] == [new.name]


MISFITS = (
    (("PC2026", "PC2025"), "bank_file_about"),
    ((",2,300", ",3,300"), "bank_file_counts"),
    ((",300.00,", ",301.00,"), "bank_file_counts"),
    (("D,1,AJ", "D,1,AX"), "bank_file_reference"),
)
"""What is changed in a good answer, and what it is refused for."""


class TestAnswers:
    @pytest.fixture
    def sent(self, session, agency, approved):
        """A file with two payments in the outbox."""
        approved(amount=100)
        approved(amount=200)
        pay_all(now=NOON)
        [file] = files(session)
        return file, [one.bank_reference for one in payouts_of(session)]

    def test_half_an_answer_changes_nothing(self, session, agency, sent):
        file, (one, two) = sent
        whole = answer(file, (one, "100.00", "0", ""), (two, "200.00", "1", "AC04"))
        for cut in range(10, len(whole) - len("\r\n"), 40):
            put(agency, whole[:cut])

        pay_all(now=LATER)

        assert {one.status for one in payouts_of(session)} == {PayoutStatus.SENT}
        assert {one.kind for one in files(session, "refused")} == {"refused"}
        assert len(list(folder(agency, "refused").iterdir())) == len(files(session, "refused"))

    def test_an_answer_that_comes_twice_is_taken_once(self, session, agency, sent):
        file, (one, two) = sent
        whole = answer(file, (one, "100.00", "0", ""), (two, "200.00", "1", "AC04"))
        put(agency, whole)
        put(agency, whole)

        pay_all(now=LATER)

        assert [one.status for one in payouts_of(session)] == [
            PayoutStatus.PAID, PayoutStatus.REJECTED,
        ]  # fmt: skip
        assert len(files(session, "answer")) == 1
        assert sound(session)

    @pytest.mark.whole
    def test_another_answer_under_the_same_number_is_refused(self, session, agency, sent):
        file, (one, two) = sent
        put(agency, answer(file, (one, "100.00", "0", "")))
        put(agency, answer(file, (two, "200.00", "0", "")))

        pay_all(now=LATER)

        assert [one.status for one in payouts_of(session)] == [
            PayoutStatus.PAID, PayoutStatus.SENT,
        ]  # fmt: skip

    def test_an_answer_that_does_not_fit_is_refused(self, session, agency, sent):
        file, (one, two) = sent
        whole = answer(file, (one, "100.00", "0", ""), (two, "200.00", "0", ""))
        form = outside.bank(agency).form
        for change, code in MISFITS:
            data = whole.replace(*change, 1).encode("gb18030")
            with pytest.raises(Invalid) as why:
                bank_arrivals.take(
                    session, agency, "hp.csv", data, form=form, actor=WORKER, now=LATER
                )
            assert why.value.code == code

    def test_a_death_in_the_middle_of_an_answer_goes_on_from_there(
        self, session, agency, sent, dies, monkeypatch
    ):
        monkeypatch.setattr(filing, "AT_ONCE", 1)
        file, (one, two) = sent
        put(agency, answer(file, (one, "100.00", "0", ""), (two, "200.00", "0", "")))
        dies("answer.part")
        with pytest.raises(Died):
            pay_all(now=LATER)
        session.rollback()
        assert [one.done_rows for one in files(session, "answer")] == [1]

        pay_all(now=LATER)

        assert {one.status for one in payouts_of(session)} == {PayoutStatus.PAID}
        assert files(session, "answer")[0].done_at
        assert sound(session)

    def test_another_amount_under_our_reference_stops_payouts(self, session, agency, sent):
        file, (one, two) = sent
        put(agency, answer(file, (one, "100.01", "0", ""), (two, "199.99", "2", "")))

        pay_all(now=LATER)

        session.refresh(agency)
        assert agency.payouts_stopped
        assert payouts_of(session)[0].status is PayoutStatus.UNKNOWN

    def test_a_batch_refused_as_a_whole_gives_nothing_back_that_was_paid(
        self, session, agency, sent
    ):
        file, (one, _two) = sent
        put(agency, answer(file, (one, "100.00", "0", "")))
        pay_all(now=LATER)
        put(agency, answer(file, number="HP2").replace(",,,", ",1,NARR,", 1))

        pay_all(now=LATER + dt.timedelta(minutes=1))

        session.refresh(agency)
        assert [one.status for one in payouts_of(session)] == [
            PayoutStatus.PAID, PayoutStatus.REJECTED,
        ]  # fmt: skip
        assert agency.payouts_stopped
        assert sound(session)

    @pytest.mark.whole
    def test_a_days_statement_waits_for_the_one_before(self, session, agency, sent):
        _, (one, two) = sent
        day, after = (NOON + dt.timedelta(days=ahead) for ahead in (1, 2))
        put(agency, statement(agency, (one, "100.00")))
        pay_all(now=day)
        gap = statement(agency, (two, "200.00"), day="2026-11-19", opening="999999.00")
        put(agency, gap)

        pay_all(now=after)

        assert [one.status for one in payouts_of(session)] == [
            PayoutStatus.SETTLED, PayoutStatus.SENT,
        ]  # fmt: skip

    @pytest.mark.whole
    def test_silence_of_days_is_seen_by_people_and_sends_nothing_again(
        self, session, agency, sent
    ):
        for day in (1, 2, 3, 4):
            pay_all(now=NOON + dt.timedelta(days=day))
        assert {one.status for one in payouts_of(session)} == {PayoutStatus.SENT}

        pay_all(now=NOON + dt.timedelta(days=5))

        assert {one.status for one in payouts_of(session)} == {PayoutStatus.UNKNOWN}
        assert len(files(session)) == 1


def test_the_nightly_proof_names_a_file_that_was_changed(session, agency, approved):
    approved()
    pay_all(now=NOON)
    for name in ("bank_file_no_update", "bank_file_no_other_end"):
        session.execute(sa.text(f"DROP TRIGGER {name}"))
    changes = ({"sha256": "0" * 64}, {"rows": 0}, {"done_at": None})
    named = []
    for change in changes:
        with session.begin_nested() as point:
            session.execute(sa.update(BankFile).values(change))
            session.expire_all()
            named += [one.code for one in verification.verify(session)]
            point.rollback()
    session.rollback()

    assert named == ["file_differs", "file_differs", "sent_unfiled"]


def test_an_operator_lists_files_and_takes_one_by_hand(
    app, session, agency, approved, tmp_path
):
    approved(amount=5000)
    pay_all(now=NOON)
    [file], [payout] = files(session), payouts_of(session)
    whole = answer(file, (payout.bank_reference, "5000.00", "0", ""))
    for name, text in (("half.csv", whole[:-4]), ("whole.csv", whole)):
        (tmp_path / name).write_bytes(text.encode("gb18030"))
    session.commit()

    run = app.test_cli_runner().invoke
    half, good, again = (
        run(args=["anju", "take-bank-file", "anhui", str(tmp_path / name)])
        for name in ("half.csv", "whole.csv", "whole.csv")
    )
    listed = run(args=["anju", "bank-files", "anhui"])

    assert (half.exit_code, good.exit_code, again.exit_code) == (1, 0, 1)
    assert '"line": 3, "column": 3' in half.output
    assert '"bank_file_taken"' in again.output
    assert [line.count(file.name) for line in listed.output.splitlines()] == [0, 1]
    taken = sa.select(BankFile.actor_name).where(BankFile.name == "whole.csv")
    assert session.scalars(taken).all() == ["operator"]


def test_a_folder_that_cannot_be_written_sends_nothing(session, agency, approved):
    approved()
    place = outside.bank(agency).folder.root
    place.mkdir(parents=True)
    (place / "outbox").write_bytes(b"a file where the folder should be")

    pay_all(now=NOON)
    before = {one.status for one in payouts_of(session)}
    (place / "outbox").unlink()
    pay_all(now=LATER)

    assert before == {PayoutStatus.CLAIMED}
    assert {one.status for one in payouts_of(session)} == {PayoutStatus.SENT}
    assert len(list(folder(agency, "outbox").iterdir())) == 1
