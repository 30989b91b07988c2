"""A mobile that is lost: asked for with the new one, checked at the counter, done by two people.

A person who asks gets a number and learns nothing else: whether the hall knows somebody is seen
only by staff who hold the document. Whoever gets a new mobile this way cannot name another
receiving account for a day: time in which the rightful person, told on the old mobile, can call.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import sealing
from app.domain import identity
from app.domain.errors import IllegalMove, Invalid, ManyProblems, RuleBroken
from app.domain.page_words import Words
from app.domain.policy import Actor
from app.domain.terms import ContactState
from app.domain.workdays import local_date
from app.models import Agency, Applicant, ContactChange
from app.services import audit, notices
from app.services.entry import known_devices, outside_identities, sessions, signin
from app.services.people import codes, counter, registration
from app.services.people.people_rules import RULES, PeopleRules
from app.services.records import numbering
from app.services.records.updates import changed_rows
from app.services.staff import standing

VALID = dt.timedelta(days=7)
PREFIX = "HB"
REASON_MAXIMUM = 200
OPEN = (ContactState.ASKED, ContactState.CHECKED)
MOBILE = Words("手机号码", "mobile")


@dataclass(frozen=True, slots=True, repr=False)
class Wanted:
    """What somebody types who has lost the mobile."""

    id_type: str
    id_number: str
    name: str
    mobile: str
    token: str
    code: str


def ask(
    session: Session,
    wanted: Wanted,
    *,
    agency: Agency,
    actor: Actor,
    now: dt.datetime,
    code_problem: Invalid | None = None,
) -> ContactChange:
    """Keep a request and return it with its number for the counter, whoever it is for.

    Raises ``ManyProblems``: form of number, name and mobile, and what is wrong with the code.
    """
    number, name, mobile = _read(session, wanted, now=now, code_problem=code_problem)
    index = sealing.index_of(mobile)
    codes.use_code(
        session, wanted.token, wanted.code, purpose=codes.Purpose.COUNTER, mobile_index=index,
        now=now,
    )  # fmt: skip
    person = _known(session, wanted.id_type, number, name)
    on = local_date(now)
    serial = numbering.next_value(session, f"{PREFIX}{on:%Y%m%d}")
    change = ContactChange(
        number=f"{PREFIX}{on:%Y%m%d}{serial:04d}", agency_id=agency.id,
        applicant_id=person.id if person else None, id_number_index=sealing.index_of(number),
        state=ContactState.ASKED, asked_at=now, ends_at=now + VALID, address=actor.address,
    )  # fmt: skip
    change.mobile = mobile
    session.add(change)
    session.flush()
    _record(session, "contact_asked", change, actor=actor, now=now)
    if person is not None:
        notices.notify(
            session, "contact_asked", applicant=person, agency_id=agency.id, now=now,
            reference=f"contact_asked:{change.id}", hotline=agency.hotline, number=change.number,
        )  # fmt: skip
    return change


def waiting(session: Session, *, actor: Actor, now: dt.datetime) -> Sequence[ContactChange]:
    """Return the requests that the actor's counter may serve, the oldest first."""
    return session.scalars(
        sa.select(ContactChange)
        .where(
            ContactChange.state.in_(OPEN),
            ContactChange.ends_at > now,
            counter.serves(
                actor, person=ContactChange.applicant_id, agency=ContactChange.agency_id
            ),
        )
        .order_by(ContactChange.asked_at, ContactChange.id)
        .limit(100)
    ).all()


def get(session: Session, change_id: int, *, actor: Actor) -> ContactChange:
    """Return a request that the actor may serve; raise ``NotAllowed``."""
    change = session.get(ContactChange, change_id)
    counter.check(
        session, change.applicant if change else None, actor=actor,
        agency_id=change.agency_id if change else 0,
    )  # fmt: skip
    assert change is not None
    return change


def check(
    session: Session,
    change: ContactChange,
    *,
    id_number: str,
    reason: str,
    actor: Actor,
    now: dt.datetime,
) -> None:
    """Say, as the first of two, that the document was seen; its number is typed from it.

    Raises ``ManyProblems`` (document_differs, reason_needed) and ``Invalid`` (contact_unknown)
    when nobody on file has this number and name.
    """
    _check_open(session, change, ContactState.ASKED, actor=actor, now=now)
    problems: list[RuleBroken] = []
    if sealing.index_of(identity.normalise(id_number)) != change.id_number_index:
        problems.append(Invalid(code="document_differs", field="id_number"))
    if not reason.strip():
        problems.append(Invalid(code="reason_needed", field="reason"))
    if problems:
        raise ManyProblems(problems)
    if change.applicant is None:
        raise Invalid(code="contact_unknown")
    change.state, change.reason = ContactState.CHECKED, reason.strip()[:REASON_MAXIMUM]
    change.checked_by, change.checked_at = actor.user_id, now
    session.flush()
    _record(session, "contact_checked", change, actor=actor, now=now, reason=change.reason)


def confirm(
    session: Session,
    change: ContactChange,
    *,
    actor: Actor,
    now: dt.datetime,
    rules: PeopleRules = RULES,
) -> None:
    """Set the new mobile as the second of two: all devices end, old and new mobile are told.

    Accounts elsewhere are disconnected: the lost telephone is where WeChat would open the hall.
    Raises ``NotAllowed`` (four_eyes), ``Invalid`` (mobile_taken).
    """
    _check_open(session, change, ContactState.CHECKED, actor=actor, now=now)
    standing.check_other(session, actor, earlier=change.checked_by)
    person = change.applicant
    assert person is not None
    holder = session.scalar(
        sa.select(Applicant.id).where(Applicant.mobile_index == change.mobile_index)
    )
    if holder is not None and holder != person.id:
        raise Invalid(code="mobile_taken")
    old = person.mobile
    if old:
        change.old_mobile = old
        codes.end_all(session, person.mobile_index or "", now=now)
        signin.forgive(session, old)
    person.mobile = change.mobile
    person.payee_rests_until = now + dt.timedelta(hours=rules.payee_rest_hours)
    change.state, change.decided_by, change.decided_at = ContactState.DONE, actor.user_id, now
    session.flush()
    if person.user_id is not None:
        sessions.close_others(session, person.user_id, now=now)
        outside_identities.end_all(session, person.user_id, now=now)
        known_devices.forget(session, person.user_id)
    _record(session, "contact_changed", change, actor=actor, now=now, reason=change.reason)
    _tell_both(session, change, person, old, now=now)


def refuse(
    session: Session, change: ContactChange, *, note: str, actor: Actor, now: dt.datetime
) -> None:
    """Refuse a request, with a reason; nothing changes."""
    _check_open(session, change, *OPEN, actor=actor, now=now)
    if not note.strip():
        raise Invalid(code="reason_needed", field="note")
    change.state, change.note = ContactState.REFUSED, note.strip()[:REASON_MAXIMUM]
    change.decided_by, change.decided_at = actor.user_id, now
    session.flush()
    _record(session, "contact_refused", change, actor=actor, now=now, reason=change.note)


def prune(session: Session, *, before: dt.datetime) -> int:
    """Remove requests that ended before a moment and came to nothing; return how many."""
    return changed_rows(
        session,
        sa.delete(ContactChange)
        .where(ContactChange.state != ContactState.DONE, ContactChange.ends_at < before)
        .execution_options(synchronize_session=False),
    )


def check_payee_rest(applicant: Applicant, *, now: dt.datetime) -> None:
    """Raise ``Invalid`` (payee_rests) while no other receiving account may be named."""
    until = applicant.payee_rests_until
    if until is not None and now < until:
        raise Invalid(code="payee_rests", field="bank_account_no", until=until)


def _read(
    session: Session, wanted: Wanted, *, now: dt.datetime, code_problem: Invalid | None
) -> tuple[str, str, str]:
    problems: list[RuleBroken] = [code_problem] if code_problem else []
    read: list[str] = []

    def number() -> str:
        kind = registration.document_type(session, wanted.id_type)
        return registration.check_number(session, kind, wanted.id_number, now=now)

    for check_one in (
        number,
        lambda: identity.check_name(wanted.name),
        lambda: identity.check_mobile(wanted.mobile),
    ):
        try:
            read.append(check_one())
        except RuleBroken as broken:
            problems.append(broken)
    if problems:
        raise ManyProblems(problems)
    return read[0], read[1], read[2]


def _known(session: Session, id_type: str, number: str, name: str) -> Applicant | None:
    """Return the registered person with this document and name."""
    person = session.scalar(
        sa.select(Applicant).where(
            Applicant.id_number_index == sealing.index_of(number),
            Applicant.id_type == id_type,
            Applicant.user_id.is_not(None),
        )
    )
    return person if person is not None and identity.same_name(person.name, name) else None


def _check_open(
    session: Session,
    change: ContactChange,
    *states: ContactState,
    actor: Actor,
    now: dt.datetime,
) -> None:
    counter.check(session, change.applicant, agency_id=change.agency_id, actor=actor)
    if change.state not in states or now >= change.ends_at:
        raise IllegalMove("the request has moved on or ended")


def _record(
    session: Session,
    act: str,
    change: ContactChange,
    *,
    actor: Actor,
    now: dt.datetime,
    reason: str = "",
) -> None:
    audit.record(
        session, act, actor=actor, now=now, object_type="contact_change", object_id=change.id,
        agency_id=change.agency_id, applicant_id=change.applicant_id, reason=reason,
    )  # fmt: skip


def _tell_both(
    session: Session, change: ContactChange, person: Applicant, old: str | None, *,
    now: dt.datetime,
) -> None:  # fmt: skip
    agency = session.get_one(Agency, change.agency_id)
    for word, mobile in (("old", old), ("new", change.mobile)):
        if mobile:
            notices.notify(
                session, "profile_changed", agency_id=agency.id, now=now,
                applicant=person if word == "old" else None,
                reference=f"contact:{change.id}:{word}", field_name=MOBILE, time=now,
                hotline=agency.hotline, mobile=mobile,
            )  # fmt: skip
