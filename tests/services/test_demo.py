"""Invented people and cases: right by every rule, the same every time, never in production."""

import datetime as dt

import pytest
import sqlalchemy as sa

from app import sealing
from app.demo import people
from app.demo.bulk import Wanted, first_index, write_people
from app.demo.bulk_world import read_world
from app.demo.cast import HOLDERS, PASSWORD, STAFF
from app.demo.numbers import card_ending, card_number, id_number
from app.demo.people import QUICK
from app.domain.cards import check_card, luhn_ok
from app.domain.identity import check_number
from app.domain.terms import Gender, PayoutStatus, Status
from app.extensions import db
from app.models import (
    Account,
    Applicant,
    Application,
    BankStatement,
    CaseEvent,
    ClockInterval,
    Material,
    Payout,
    PropertyRecord,
    Staff,
)  # fmt: skip
from app.services import payouts, reference
from app.services.accounting.verification import verify
from app.services.people import registration
from tests.factories import NOON
from tests.services.test_people_signin import enter

TODAY = NOON.date()
COMPARED = (Applicant, Account, Application, CaseEvent, ClockInterval, Material, Payout)
both = pytest.mark.both


def make_up(session, applicants=60, applications=300, seed=7, today=TODAY):
    """Make up people as the command does."""
    if not people.are_there(session):
        people.settle_desks(session, now=NOON, rules=QUICK)
    world, offset = read_world(session, today=today), first_index(session)
    wanted = Wanted(applicants, applications, seed)
    for chunk in wanted.chunks():
        write_people(session, world, wanted, chunk, offset=offset)
    world.keep_statements(session, now=NOON)
    session.commit()


def plain(session):
    """Return every row made up, without what is sealed."""
    found = []
    for model in COMPARED:
        columns = [
            column for column in sa.inspect(model).columns if not column.key.endswith("_sealed")
        ]
        rows = session.execute(sa.select(*columns).order_by(model.id))
        found += [(model.__name__, tuple(map(str, row))) for row in rows]
    return found


@both
def test_made_up_cases_keep_every_invariant(session):
    make_up(session)

    assert session.scalar(sa.select(sa.func.count()).select_from(Application)) == 300
    assert list(verify(session)) == []


@pytest.mark.whole
@both
def test_made_up_cases_stand_in_every_status(session):
    make_up(session, applicants=400, applications=400)

    found = session.scalars(sa.select(Application.status).distinct()).all()
    agencies = session.scalars(sa.select(Application.agency_id).distinct()).all()
    assert set(found) == set(Status)
    assert len(agencies) == 2


@pytest.mark.whole
@both
def test_rows_written_in_bulk_read_as_any_other(session):
    make_up(session, applicants=20, applications=40)

    for case in session.scalars(sa.select(Application)):
        assert case.created_at.tzinfo is not None
        assert case.answers == {}
        assert case.payee_card[-4:] == case.payee_last_four
        assert sealing.index_of(case.payee_card) == case.payee_card_index
        assert case.mobile == case.applicant.mobile
        assert (case.number is None) == (case.status is Status.DRAFT)
        assert case.updated_at < NOON
        if case.decision_hash:
            assert case.decision_hash == payouts.decision_hash(case)
    for payout in session.scalars(sa.select(Payout)):
        assert payout.payee_card == payout.application.payee_card
    bins, provinces = reference.bins(session), reference.provinces(session)
    document = registration.document_type(session, "resident_id_card")
    for person in session.scalars(sa.select(Applicant)):
        check_number(
            document, person.id_number, today=TODAY, birth_date=person.birth_date,
            gender=person.gender, provinces=provinces,
        )  # fmt: skip
        assert person.id_number[2:6] == "0199"
        for card in person.cards:
            assert check_card(card.number, bank_code=card.bank_code, bins=bins).kind == "debit"


@both
def test_new_rows_go_on_after_made_up_ones(session):
    make_up(session, applicants=3, applications=3)

    person = Applicant(id_type="resident_id_card", name="林知夏", created_at=NOON)
    person.id_number = id_number("340199", dt.date(1990, 4, 18), 7, Gender.FEMALE)
    session.add(person)
    session.commit()

    assert person.id == 4


@pytest.mark.whole
@both
def test_a_second_round_adds_other_people(session):
    make_up(session, applicants=10, applications=30)
    make_up(session, applicants=10, applications=30)

    people_there = session.scalar(sa.select(sa.func.count()).select_from(Applicant))
    assert people_there == 20
    assert list(verify(session)) == []


@pytest.mark.whole
def test_the_same_seed_and_day_give_the_same_rows(session, databases):
    make_up(session, applicants=30, applications=60)
    first = plain(session)
    db.session.remove()
    databases("sqlite").restore()

    make_up(db.session(), applicants=30, applications=60)

    assert plain(db.session()) == first


@pytest.mark.whole
def test_another_seed_gives_other_rows(session, databases):
    make_up(session, applicants=5, applications=5)
    first = plain(session)
    db.session.remove()
    databases("sqlite").restore()

    make_up(db.session(), applicants=5, applications=5, seed=8)

    assert plain(db.session()) != first


@pytest.mark.whole
def test_nothing_happens_on_or_after_the_day(session):
    make_up(session, today=dt.date(2026, 3, 2))

    last = session.scalar(sa.select(sa.func.max(CaseEvent.at)))
    assert last.date() < dt.date(2026, 3, 2)


@pytest.mark.whole
def test_the_heads_of_statements_agree_with_their_lines(session):
    make_up(session)

    paid = session.scalars(sa.select(Payout).where(Payout.status == PayoutStatus.SETTLED)).all()
    heads = session.scalars(sa.select(BankStatement)).all()
    assert sum(head.lines for head in heads) == len(paid)
    assert sum(head.total for head in heads) == sum(payout.amount for payout in paid)


def test_more_cases_than_people_can_have_are_refused():
    with pytest.raises(ValueError, match="at most"):
        Wanted(applicants=1, applications=41, seed=1)


def test_numbers_of_the_demonstration_pass_the_checks():
    assert luhn_ok(card_number("621700", 19, 5))
    assert len(card_number("621244", 16, 5)) == 16
    assert card_ending("621244", 16, 726_001, "8801").endswith("8801")
    with pytest.raises(ValueError, match="not below"):
        id_number("340199", TODAY, 500, Gender.MALE)
    with pytest.raises(ValueError, match="too long"):
        card_number("621700", 10, 10_000)


@pytest.fixture
def shown(app):
    """What ``flask anju demo-people`` says in an empty hall."""
    outcome = app.test_cli_runner().invoke(args=["anju", "demo-people"])
    assert outcome.exit_code == 0, outcome.output
    return outcome.output


@pytest.mark.whole
def test_the_people_of_the_demonstration_can_sign_in(shown, app):
    with app.app_context():
        session = db.session()
        for holder in HOLDERS:
            user = enter(session, holder.mobile, PASSWORD)
            assert (user is not None) is holder.registered
        for name in ("anhui-first", "liaoning-security", "root"):
            assert enter(session, name, PASSWORD)


@pytest.mark.whole
def test_every_screen_of_the_demonstration_has_something_and_its_guide(shown, app):
    again = app.test_cli_runner().invoke(args=["anju", "demo-people"])
    printed = app.test_cli_runner().invoke(args=["anju", "demo-people", "--print"])

    for said in (shown, again.output, printed.output):
        assert {PASSWORD, "anhui-first", "HF2026090001"} <= set(said.replace(":", " ").split())
        assert all(holder.id_number in said for holder in HOLDERS)
    with app.app_context():
        session = db.session()
        statuses = session.scalars(sa.select(Application.status)).all()
        assert sorted(statuses) == [
            "approved", "in_review", "paid", "returned", "second_review", "submitted"
        ]  # fmt: skip
        assert session.scalar(sa.select(sa.func.count()).select_from(Staff)) == 2 * len(STAFF)
        assert session.scalar(sa.select(sa.func.count()).select_from(PropertyRecord)) == 7
        assert session.scalar(sa.select(sa.func.count()).select_from(Applicant)) == len(HOLDERS)
        assert list(verify(session)) == []


@pytest.mark.whole
def test_a_demonstration_has_a_past_that_asks_nothing_of_anybody(app):
    outcome = app.test_cli_runner().invoke(args=["anju", "demo-people", "--past", "40"])

    assert outcome.exit_code == 0, outcome.output
    with app.app_context():
        session = db.session()
        counted = sa.select(Application.status, sa.func.count()).group_by(Application.status)
        counts = {row[0]: row[1] for row in session.execute(counted)}
        assert sum(counts.values()) == 46
        assert {counts[status] for status in ("in_review", "returned", "submitted")} == {1}
        assert list(verify(session)) == []


@pytest.mark.parametrize("command", [["demo-people"], ["demo", "--applications", "1"]])
def test_nobody_is_invented_in_production(app, command, monkeypatch):
    monkeypatch.setitem(app.config, "ANJU_PRODUCTION", True)

    outcome = app.test_cli_runner().invoke(args=["anju", *command])

    assert outcome.exit_code == 1
    assert "production" in outcome.output
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Applicant)) == 0


def test_the_command_makes_up_what_is_asked_for(app):
    outcome = app.test_cli_runner().invoke(
        args=[
            "anju",
            "demo",
            "--applicants",
            "4",
            "--applications",
            "9",
            "--today",
            "2026-11-18",
        ]
    )

    assert outcome.exit_code == 0
    assert "4 people, 9 applications" in outcome.output
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Application)) == 9
