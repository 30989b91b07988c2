"""Corrections people ask for: what they state, what staff answer, within the fund's days."""

import datetime as dt
from collections.abc import Callable, Mapping

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.domain import identity, policy
from app.domain.errors import IllegalMove, Invalid, NotAllowed
from app.domain.policy import Actor
from app.domain.terms import Gender, Role
from app.domain.workdays import local_date
from app.models import (
    Account,
    Applicant,
    CorrectionRequest,
    IdDocumentType,
    NationalCode,
    Scheme,
)
from app.services import audit, reference
from app.services.records.updates import changed_rows

SUBJECTS = ("name", "gender", "birth_date", "ethnicity", "other")
"""What is corrected by request; mobile, address and cards people change themselves."""

LONGEST = 200
DAYS = 15
"""Working days to answer when an agency's packages do not say."""


def ask(
    session: Session,
    applicant: Applicant,
    *,
    subject: str,
    wanted: str,
    why: str,
    actor: Actor,
    now: dt.datetime,
) -> CorrectionRequest:
    """Ask for a correction; one of a kind is open at a time.

    Raises ``Invalid`` (choice_invalid, text_missing, those of the value) and ``IllegalMove``
    (correction_open). The caller commits.
    """
    policy.check_own(actor, applicant_id=applicant.id)
    if subject not in SUBJECTS:
        raise Invalid(code="choice_invalid", field="subject")
    value = _checked(session, applicant, subject, wanted.strip()[:LONGEST], now=now)
    same = sa.select(CorrectionRequest.id).where(
        CorrectionRequest.applicant_id == applicant.id, CorrectionRequest.subject == subject,
        CorrectionRequest.answered_at.is_(None),
    )  # fmt: skip
    if session.scalar(same) is not None:
        raise IllegalMove("asked already", code="correction_open")
    scheme = _scheme(session, applicant)
    row = CorrectionRequest(
        agency_id=scheme.agency_id, applicant_id=applicant.id, subject=subject,
        created_at=now, due_on=_due(session, scheme, now),
    )  # fmt: skip
    row.wanted, row.why = value, why.strip()[:LONGEST] or None
    session.add(row)
    session.flush()
    _record(session, "correction_asked", row, actor=actor, now=now)
    return row


def answer(
    session: Session,
    row: CorrectionRequest,
    *,
    grant: bool,
    text: str,
    actor: Actor,
    now: dt.datetime,
) -> None:
    """Grant a correction, which makes it, or refuse it with the reason; once.

    Supervisors of the agency answer, never for themselves. Raises ``NotAllowed``, ``Invalid``
    (reason_needed) and ``IllegalMove``. The caller commits.
    """
    policy.check_role(actor, Role.SUPERVISOR)
    policy.check_agency(actor, agency_id=row.agency_id)
    if actor.identity_index in (None, row.applicant.id_number_index):
        raise NotAllowed("own data", code="own_case")
    said = text.strip()[:LONGEST]
    if not grant and not said:
        raise Invalid(code="reason_needed", field="answer")
    is_first = changed_rows(
        session,
        sa.update(CorrectionRequest)
        .where(CorrectionRequest.id == row.id, CorrectionRequest.answered_at.is_(None))
        .values(answered_at=now, answered_by=actor.user_id, is_granted=grant)
        .execution_options(synchronize_session=False),
    )
    if not is_first:
        raise IllegalMove("answered already", code="moved_on")
    session.refresh(row)
    row.answer = said or None
    if grant and row.subject in _WRITE and row.wanted is not None:
        _WRITE[row.subject](row.applicant, row.wanted)
    session.flush()
    act = "correction_granted" if grant else "correction_refused"
    _record(session, act, row, actor=actor, now=now)


def open_requests(
    session: Session, *, actor: Actor, limit: int = 50
) -> list[CorrectionRequest]:
    """Return what waits for an answer at the actor's agency, the most urgent first."""
    return list(
        session.scalars(
            sa.select(CorrectionRequest)
            .where(
                CorrectionRequest.agency_id == actor.agency_id,
                CorrectionRequest.answered_at.is_(None),
            )
            .order_by(CorrectionRequest.due_on, CorrectionRequest.id)
            .limit(limit)
        )
    )


def own_requests(
    session: Session, applicant: Applicant, *, limit: int = 20
) -> list[CorrectionRequest]:
    """Return what a person asked, newest first."""
    return list(
        session.scalars(
            sa.select(CorrectionRequest)
            .where(CorrectionRequest.applicant_id == applicant.id)
            .order_by(CorrectionRequest.id.desc())
            .limit(limit)
        )
    )


def get_request(session: Session, key: int, *, actor: Actor) -> CorrectionRequest:
    """Return a request to the actor's agency, or raise ``NotAllowed`` (not_found)."""
    row = session.get(CorrectionRequest, key)
    if row is None or row.agency_id != actor.agency_id:
        raise NotAllowed("another agency's", code="not_found")
    return row


def _checked(
    session: Session, applicant: Applicant, subject: str, wanted: str, *, now: dt.datetime
) -> str:
    """Return a value as it is kept, or raise ``Invalid``; it must agree with the document."""
    if not wanted:
        raise Invalid(code="text_missing", field=f"wanted-{subject}")
    if subject == "name":
        return identity.check_name(wanted, id_type=applicant.id_type)
    if subject == "ethnicity":
        known = sa.select(NationalCode.id).where(
            NationalCode.table_name == "ethnic_group", NationalCode.code == wanted
        )
        if session.scalar(known) is None:
            raise Invalid(code="ethnicity_unknown", field="wanted-ethnicity")
    if subject == "gender" and wanted not in set(Gender):
        raise Invalid(code="gender_missing", field="wanted-gender")
    if subject == "birth_date" and not identity.check_birth_date(wanted, today=local_date(now)):
        raise Invalid(code="date_invalid", field="wanted-birth_date")
    if subject in ("gender", "birth_date"):
        _check_agrees(session, applicant, subject, wanted)
    return wanted


def _check_agrees(session: Session, applicant: Applicant, subject: str, wanted: str) -> None:
    """Raise ``Invalid`` when a document that states gender and birth says otherwise."""
    kind = session.scalar(
        sa.select(IdDocumentType).where(IdDocumentType.code == applicant.id_type)
    )
    if kind is None or not kind.birth_and_gender_in_number:
        return
    if subject == "gender" and identity.gender_in(applicant.id_number) != wanted:
        raise Invalid(code="id_gender_differs", field="wanted-gender")
    if subject == "birth_date" and f"{identity.birth_date_in(applicant.id_number)}" != wanted:
        raise Invalid(code="id_birth_differs", field="wanted-birth_date")


def _write_name(row: Applicant, value: str) -> None:
    row.name = value


def _write_gender(row: Applicant, value: str) -> None:
    row.gender = Gender(value)


def _write_birth_date(row: Applicant, value: str) -> None:
    row.birth_date = dt.date.fromisoformat(value)


def _write_ethnicity(row: Applicant, value: str) -> None:
    row.ethnicity = value


_WRITE: Mapping[str, Callable[[Applicant, str], None]] = {
    "name": _write_name, "gender": _write_gender, "birth_date": _write_birth_date,
    "ethnicity": _write_ethnicity,
}  # fmt: skip


def _scheme(session: Session, applicant: Applicant) -> Scheme:
    """Return the scheme of the first account; who has none is answered by the first agency."""
    own = session.scalar(
        sa.select(Scheme).join(Account, Account.scheme_id == Scheme.id)
        .where(Account.applicant_id == applicant.id).order_by(Account.id).limit(1)
    )  # fmt: skip
    return own or session.scalars(sa.select(Scheme).order_by(Scheme.id).limit(1)).one()


def _due(session: Session, scheme: Scheme, now: dt.datetime) -> dt.date:
    today = local_date(now)
    days = reference.settings_on(session, scheme.id, today).get("request_days", DAYS)
    return reference.calendar(session).add_workdays(today, int(days)).date


def _record(
    session: Session, act: str, row: CorrectionRequest, *, actor: Actor, now: dt.datetime
) -> None:
    audit.record(
        session, act, actor=actor, now=now, object_type="correction_request", object_id=row.id,
        agency_id=row.agency_id, applicant_id=row.applicant_id, value=row.subject,
    )  # fmt: skip
