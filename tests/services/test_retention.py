"""What has served its time goes, by outcome; money, history and audit stay."""

import datetime as dt
import json
import os

import pytest
import sqlalchemy as sa

from app import outside
from app.domain.terms import Channel, ExportStatus, NoticeStatus, Status
from app.jobs.retention import rows_due, run_retention
from app.models import (
    Application,
    AuditEvent,
    CaseEvent,
    DataExport,
    JournalEntry,
    LoginSession,
    Material,
    MaterialPage,
    MaterialType,
    Notice,
    OutsideIdentity,
)
from app.services.accounting import verification
from app.services.privacy import retention
from tests.factories import NOON, make_account, make_applicant, make_application, make_user
from tests.money import make_approved

LONG = dt.timedelta(days=4000)


@pytest.fixture
def with_page(session):
    """Put a page of a paper with its files into a case."""

    def put(case, key="a", **columns):
        kind = session.scalars(
            sa.select(MaterialType).where(MaterialType.scheme_id == case.scheme_id)
        ).first()
        paper = Material(
            agency_id=case.agency_id, application_id=case.id, material_type_id=kind.id,
            material_code=kind.code, origin=kind.origin, created_at=NOON,
        )  # fmt: skip
        session.add(paper)
        session.flush()
        page = MaterialPage(
            agency_id=case.agency_id, material_id=paper.id, width=1, height=1, bytes=1,
            storage_key=f"1/2026/11/18/{key * 32}", source_sha256="s", sha256="s",
            uploaded_at=NOON, **columns,
        )  # fmt: skip
        page.original_name = "林知夏的身份证.jpg"
        session.add(page)
        session.commit()
        for name in (page.storage_key, f"{page.storage_key}-small"):
            outside.storage().put(name, b"picture")
        return page

    return put


def ended(session, status, days, **columns):
    """Make a case that ended so many days ago."""
    account = make_account(session, make_applicant(session))
    return make_application(
        session, account, status=status, answers={"spouse_name": "周一鸣"},
        decided_at=NOON - dt.timedelta(days=days), **columns,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("status", "days", "goes"),
    [
        (Status.CANCELLED, 179, False),
        (Status.CANCELLED, 181, True),
        (Status.REJECTED, 1094, False),
        (Status.REJECTED, 1096, True),
        (Status.PAID, 1096, False),
        (Status.PAID, 3651, True),
        (Status.IN_REVIEW, 4000, False),
    ],
)
def test_papers_are_kept_as_long_as_the_outcome_asks(session, with_page, status, days, goes):
    case = ended(session, status, days)
    page = with_page(case)

    run_retention(now=NOON)

    session.expire_all()
    assert (case.scrubbed_at is not None, case.answers == {}) == (goes, goes)
    assert (page.purged_at is not None, page.original_name is None) == (goes, goes)
    assert outside.storage().exists(page.storage_key) is not goes
    assert case.amount == 5000
    unpaid = status in (Status.CANCELLED, Status.REJECTED)
    assert (case.payee_card is None) is (goes and unpaid)


def test_a_page_taken_away_goes_after_a_week(session, with_page):
    case = ended(session, Status.DRAFT, 0)
    late = with_page(case, removed_at=NOON - dt.timedelta(days=8))

    assert run_retention(now=NOON)["removed_pages"] == 1
    assert not outside.storage().exists(f"{late.storage_key}-small")
    assert run_retention(now=NOON)["removed_pages"] == 0


def test_files_no_row_knows_go_after_a_day(session, with_page, app):
    page = with_page(ended(session, Status.IN_REVIEW, 0))
    storage = outside.storage()
    row = DataExport(
        applicant_id=page.material.application.applicant_id, status=ExportStatus.READY,
        storage_key="exports/known", requested_at=NOON, expires_at=NOON,
    )  # fmt: skip
    session.add(row)
    session.commit()
    kept = ("audit/2026-11-18.jsonl", row.storage_key)
    for key in ("imports/abc", f"1/2026/11/18/{'b' * 32}", "exports/of-nobody", *kept):
        storage.put(key, b"left")
    folder = app.config["ANJU_HOME"] / "files"
    (folder / ".dead.part").write_bytes(b"half")
    old = NOON.timestamp() - 2 * 86400
    for path in folder.rglob("*"):
        os.utime(path, (old, old))

    assert run_retention(now=NOON)["uploads"] == 4
    assert {one.key for one in storage.kept()} == {
        page.storage_key, f"{page.storage_key}-small", *kept,
    }  # fmt: skip
    assert not (folder / ".dead.part").exists()


def test_what_was_taken_before_a_rule_fails_stands_in_the_audit(session, monkeypatch):
    ended(session, Status.CANCELLED, 181)
    broken = retention.Rule("broken", lambda *_: sa.select(sa.func.no_such()), lambda *_: [])
    monkeypatch.setattr(retention, "RULES", (*retention.RULES, broken))

    with pytest.raises(sa.exc.DBAPIError):
        run_retention(now=NOON)

    row = session.scalars(sa.select(AuditEvent).where(AuditEvent.act == "retention")).one()
    assert row.details == {"cancelled_cases": 1}


def test_old_messages_devices_and_copies_go(session):
    person = make_applicant(session)
    old = NOON - dt.timedelta(days=731)
    agency_id = make_account(session, person).agency_id
    for number, at in enumerate((old, NOON)):
        note = Notice(
            reference=f"r{number}", event="x", channel=Channel.INBOX, agency_id=agency_id,
            status=NoticeStatus.SENT, next_at=at, created_at=at,
        )  # fmt: skip
        note.text_zh = note.text_en = "您好"
        session.add(note)
        session.add(
            LoginSession(
                token_hash=f"h{number}", user_id=person.user_id, created_at=at, last_seen_at=at
            )
        )
        session.add(
            OutsideIdentity(
                provider="province", subject_index=f"s{number}", user_id=person.user_id,
                bound_at=old, last_used_at=old, ended_at=at,
            )
        )  # fmt: skip
    outside.storage().put("exports/a", b"zip")
    copy = DataExport(
        applicant_id=person.id, status=ExportStatus.READY, storage_key="exports/a",
        requested_at=old, expires_at=old,
    )  # fmt: skip
    session.add(copy)
    session.commit()

    counts = run_retention(now=NOON)

    assert (counts["notices"], counts["login_sessions"], counts["data_exports"]) == (1, 1, 1)
    assert counts["ended_connections"] == 1
    session.expire_all()
    assert (copy.status, copy.storage_key) == (ExportStatus.EXPIRED, None)
    assert not outside.storage().exists("exports/a")


def test_whoever_waits_is_told_of_every_row_that_goes(session, with_page):
    with_page(ended(session, Status.CANCELLED, 181))
    session.rollback()
    told, left = [], rows_due(now=NOON)

    run_retention(now=NOON, progress=told.append)

    assert left == sum(told) > 0
    assert rows_due(now=NOON) == 0


def test_a_dry_run_counts_and_changes_nothing(app, session, with_page):
    page = with_page(ended(session, Status.CANCELLED, 181))
    session.rollback()

    told = app.test_cli_runner().invoke(args=["anju", "retention", "--dry-run"])

    assert json.loads(told.output.splitlines()[-1])["cancelled_cases"] == 1
    session.expire_all()
    assert page.purged_at is None
    assert not session.scalars(sa.select(AuditEvent).where(AuditEvent.act == "retention")).all()


@pytest.mark.whole
@pytest.mark.both
def test_money_and_records_stay_and_the_audit_says_what_went(kind, session, chen, dai):
    payout = make_approved(session, chen, dai)
    make_user(session, "nobody")
    ended(session, Status.CANCELLED, 4)
    session.commit()
    tables = (JournalEntry, CaseEvent, Application)
    before = [session.scalar(sa.select(sa.func.count(one.id))) for one in tables]

    counts = run_retention(now=NOON + LONG)

    assert counts["cancelled_cases"] == 1
    assert [session.scalar(sa.select(sa.func.count(one.id))) for one in tables] == before
    [row] = session.scalars(sa.select(AuditEvent).where(AuditEvent.act == "retention"))
    assert row.details["cancelled_cases"] == 1
    assert payout.payee_card
    assert [*verification.verify(session)] == []


@pytest.mark.parametrize("by_command", [True, False])
def test_the_audit_says_whether_a_person_had_it_removed(app, session, with_page, by_command):
    with_page(ended(session, Status.CANCELLED, 181))
    session.commit()

    if by_command:
        app.test_cli_runner().invoke(args=["anju", "retention"])
    else:
        run_retention(now=NOON)

    [name] = session.scalars(
        sa.select(AuditEvent.actor_name).where(AuditEvent.act == "retention")
    )
    assert name == ("operator" if by_command else "worker")
