"""People and their data: who looked, a copy of everything, corrections, the end of a log-in."""

import datetime as dt
import io
import json
import zipfile

import pytest
import sqlalchemy as sa

from app import outside
from app.domain.errors import IllegalMove, Invalid, NotAllowed
from app.domain.revealing import Of, Value
from app.domain.terms import ExportStatus, Gender, Role, Status
from app.jobs.data_exports import make_exports
from app.models import Applicant, Application, BankCard, DataExport, LoginSession
from app.services.privacy import data_corrections, data_exports, leaving, looks, reveals
from tests.factories import (
    NOON,
    actor_of,
    make_account,
    make_application,
    make_card,
    make_staff,
)

WEEK = dt.timedelta(days=7, seconds=1)


@pytest.fixture
def mine(session, people, ana):
    """Ana with a mobile, a card, an account and a case."""
    person = session.get_one(Applicant, ana.applicant_id)
    person.address = "合肥市示例区安居路1号"
    make_card(session, person, number="6217000010000000001")
    make_application(session, make_account(session, person), status=Status.IN_REVIEW)
    return person


@pytest.fixture
def head(session):
    """A supervisor in Anhui."""
    return actor_of(session, make_staff(session, "head", Role.SUPERVISOR))


def test_a_person_sees_who_looked_by_role_and_office(session, mine, ana, chen):
    reveals.reveal(
        session, Of.APPLICANT, mine.id, Value.MOBILE, reason="与材料核对", actor=chen, now=NOON
    )
    data_exports.ask(session, mine, actor=ana, now=NOON)

    [look] = looks.who_looked(session, mine)

    assert (look.act, look.value, look.roles) == ("reveal", "mobile", ("first_reviewer",))
    assert look.agency.code == "anhui"
    assert "陈思源" not in repr(look)


def test_a_copy_holds_all_of_the_own_and_nothing_of_others(session, mine, ana, bo):
    other = session.get_one(Applicant, bo.applicant_id)
    row = data_exports.ask(session, mine, actor=ana, now=NOON)
    session.commit()

    assert make_exports(now=NOON) == 1
    assert make_exports(now=NOON) == 0
    packed = data_exports.fetch(session, row.id, outside.storage(), actor=ana, now=NOON)

    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        record = json.loads(archive.read("data.json"))
        page = archive.read("index.html").decode()
    assert record["person"]["document_number"] == mine.id_number
    assert record["bank_cards"][0]["number"] == "6217000010000000001"
    assert record["accounts"][0]["movements"]
    assert len(record["applications"]) == 1
    assert mine.address in page
    assert "收支明细 Movements" in page
    assert "居民身份证 Resident identity card" in page
    assert "document_number" not in page
    assert other.id_number not in page


def test_a_copy_is_for_its_owner_and_for_a_week(session, mine, ana, bo):
    row = data_exports.ask(session, mine, actor=ana, now=NOON)
    session.commit()
    make_exports(now=NOON)

    for actor, now in ((bo, NOON), (ana, NOON + WEEK)):
        with pytest.raises(NotAllowed):
            data_exports.fetch(session, row.id, outside.storage(), actor=actor, now=now)


def test_copies_are_made_one_at_a_time_and_some_a_day(session, mine, ana):
    data_exports.ask(session, mine, actor=ana, now=NOON)
    with pytest.raises(IllegalMove, match="being made"):
        data_exports.ask(session, mine, actor=ana, now=NOON)
    for _ in range(2):
        session.execute(sa.update(DataExport).values(status=ExportStatus.READY))
        data_exports.ask(session, mine, actor=ana, now=NOON)
    session.execute(sa.update(DataExport).values(status=ExportStatus.READY))

    with pytest.raises(IllegalMove, match="for a day"):
        data_exports.ask(session, mine, actor=ana, now=NOON)


def test_a_copy_that_cannot_be_made_is_given_up(session, mine, ana):
    mine.address_sealed = "k1:AAAA"
    row = data_exports.ask(session, mine, actor=ana, now=NOON)
    session.commit()

    assert [make_exports(now=NOON) for _ in range(4)] == [0] * 4
    session.expire_all()
    assert row.status is ExportStatus.FAILED


def test_a_correction_is_made_when_staff_grant_it(session, mine, ana, head):
    row = data_corrections.ask(
        session, mine, subject="name", wanted="林知霞", why="证件如此", actor=ana, now=NOON
    )
    assert row.due_on == dt.date(2026, 12, 9)
    with pytest.raises(IllegalMove):
        data_corrections.ask(
            session, mine, subject="name", wanted="林霞", why="", actor=ana, now=NOON
        )

    data_corrections.answer(session, row, grant=True, text="", actor=head, now=NOON)

    assert mine.name == "林知霞"
    with pytest.raises(IllegalMove):
        data_corrections.answer(session, row, grant=False, text="不", actor=head, now=NOON)


@pytest.mark.parametrize(
    ("subject", "wanted", "code"),
    [
        ("name", "", "text_missing"),
        ("name", "<b>", "name_characters"),
        ("gender", "1", "id_gender_differs"),
        ("birth_date", "1990-01-01", "id_birth_differs"),
        ("ethnicity", "99", "ethnicity_unknown"),
        ("id_number", "1", "choice_invalid"),
    ],
)
def test_what_the_document_contradicts_is_not_asked(session, mine, ana, subject, wanted, code):
    assert mine.gender is Gender.FEMALE
    with pytest.raises(Invalid) as refused:
        data_corrections.ask(
            session, mine, subject=subject, wanted=wanted, why="", actor=ana, now=NOON
        )

    assert refused.value.code == code


def test_only_supervisors_of_the_agency_answer_and_refuse_with_a_reason(
    session, mine, ana, chen, head
):
    row = data_corrections.ask(
        session, mine, subject="other", wanted="查一下", why="", actor=ana, now=NOON
    )
    far = actor_of(session, make_staff(session, "far", Role.SUPERVISOR, agency="liaoning"))

    for actor in (chen, far, ana):
        with pytest.raises(NotAllowed):
            data_corrections.answer(session, row, grant=True, text="", actor=actor, now=NOON)
    with pytest.raises(Invalid):
        data_corrections.answer(session, row, grant=False, text=" ", actor=head, now=NOON)


def test_a_log_in_ends_when_no_case_is_open_and_may_begin_anew(session, mine, ana):
    with pytest.raises(IllegalMove, match="open"):
        leaving.close_log_in(session, mine, actor=ana, now=NOON)
    case = mine.accounts[0]
    for row in session.scalars(sa.select(Application)):
        row.status = Status.PAID
    make_application(session, case, status=Status.DRAFT, reason="")
    session.add(
        LoginSession(token_hash="h", user_id=ana.user_id, created_at=NOON, last_seen_at=NOON)
    )
    session.commit()

    leaving.close_log_in(session, mine, actor=ana, now=NOON)
    session.commit()

    session.expire_all()
    assert (mine.user_id, mine.mobile, mine.address) == (None, None, None)
    assert mine.name == "林知夏"
    assert session.scalar(sa.select(LoginSession.ended_at)) is not None
    assert not session.scalar(sa.select(BankCard.in_use))
    drafts = sa.select(Application).where(Application.status == Status.DRAFT)
    assert session.scalars(drafts).all() == []
