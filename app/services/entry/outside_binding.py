"""When somebody from outside may be bound to a person of the hall, and let in as that person.

Proof is the log-in of the hall (password and a code to the mobile on file) or registration; a
provider that vouches for name and document stands for the password, never for the code.
"""

import datetime as dt
from dataclasses import replace

import sqlalchemy as sa
from flask_appbuilder.security.sqla.models import User
from sqlalchemy.orm import Session

from app import sealing
from app.domain import identity
from app.domain.errors import Invalid, NotAllowed
from app.domain.outside_person import OutsidePerson
from app.domain.page_words import Words
from app.domain.policy import Actor
from app.models import Agency, Applicant, OutsideIdentity, Staff
from app.services import audit, notices
from app.services.entry import entering, outside_identities, tries
from app.services.people import codes
from app.services.people.codes import Purpose

REFUSED = "outside_refused"
WAYS_IN = Words("登录方式", "ways to log in")


def match(session: Session, person: OutsidePerson) -> Applicant | None:
    """Return the registered applicant with the document and name a provider vouches for."""
    if not person.is_identified:
        return None
    index = sealing.index_of(identity.normalise(person.id_number))
    found = session.scalar(
        sa.select(Applicant).where(
            Applicant.id_number_index == index, Applicant.id_type == person.id_type,
            Applicant.user_id.is_not(None), Applicant.mobile_index.is_not(None),
        )
    )  # fmt: skip
    return found if found is not None and identity.same_name(found.name, person.name) else None


def bind(
    session: Session, person: OutsidePerson, user: User, *, actor: Actor, now: dt.datetime
) -> OutsideIdentity:
    """Bind somebody from outside to a person whose proof is complete; the person is told.

    Raises ``NotAllowed`` (login_barred, staff_not_outside) and ``Invalid`` (other_person,
    subject_bound, provider_bound).
    """
    check_same_person(session, person, user)
    row = outside_identities.bind(
        session, user, person.provider, person.subject, level=person.level, actor=actor,
        now=now, keep_subject=person.keep_subject,
    )  # fmt: skip
    _tell(session, row, f"outside_bound:{row.id}", now=now)
    return row


def unbind(session: Session, row: OutsideIdentity, *, actor: Actor, now: dt.datetime) -> None:
    """End a binding; the person is told."""
    outside_identities.unbind(session, row, actor=actor, now=now)
    _tell(session, row, f"outside_unbound:{row.id}", now=now)


def bind_by_code(
    session: Session,
    person: OutsidePerson,
    user: User,
    token: str,
    code: str,
    *,
    actor: Actor,
    now: dt.datetime,
    code_problem: Invalid | None = None,
) -> OutsideIdentity:
    """Bind with a code that went to the mobile on file, after the first proof.

    ``code_problem`` is the answer of ``codes.check_code``, committed before. Raises what
    ``bind`` and ``codes.use_code`` raise.
    """
    if code_problem is not None:
        raise code_problem
    codes.use_code(
        session, token, code, purpose=Purpose.BIND, mobile_index=mobile_index(session, user.id),
        now=now,
    )  # fmt: skip
    return bind(session, person, user, actor=replace(actor, user_id=user.id), now=now)


def let_in(
    session: Session, person: OutsidePerson, *, actor: Actor, now: dt.datetime
) -> User | None:
    """Return the person that somebody from outside is bound to, and write the log-in.

    None when nobody is. Raises ``NotAllowed`` (login_barred, staff_not_outside) and
    ``Invalid`` (other_person: the provider now names another person than was bound).
    """
    kept = outside_identities.identity_of(session, person.provider, person.subject)
    if kept is None:
        return None
    check_same_person(session, person, kept.user)
    who = replace(actor, user_id=kept.user_id)
    outside_identities.came_in(session, kept, level=person.level, actor=who, now=now)
    return kept.user


def check_same_person(session: Session, person: OutsidePerson, user: User) -> None:
    """Raise unless the log-in is active, may be reached from outside, and is of the person named.

    A provider that vouches for a document must name the document on file.
    """
    if not user.is_active:
        raise NotAllowed("switched off", code="login_barred")
    applicant = applicant_of(session, user.id)
    member = session.scalar(sa.select(Staff).where(Staff.user_id == user.id))
    if applicant is None and not person.staff:
        raise NotAllowed("not for staff", code="staff_not_outside")
    if not person.is_identified:
        return
    kept = applicant or member
    index = sealing.index_of(identity.normalise(person.id_number))
    known = kept.id_number_index if kept is not None else None
    same = kept is not None and identity.same_name(kept.name, person.name)
    if known is not None and not (known == index and same):
        raise Invalid("another person", code="other_person")


def applicant_of(session: Session, user_id: int) -> Applicant | None:
    """Return the applicant behind a log-in, or None for staff."""
    found: Applicant | None = session.scalar(
        sa.select(Applicant).where(Applicant.user_id == user_id)
    )
    return found


def mobile_index(session: Session, user_id: int) -> str:
    """Return the index of the mobile on file; a person without one gets no code."""
    found = applicant_of(session, user_id)
    return (found.mobile_index if found else None) or codes.nobody(f"user:{user_id}")


def refuse(
    session: Session, provider: str, why: str, *, actor: Actor, now: dt.datetime
) -> None:
    """Write that somebody from outside was not let in, and why; it names nobody.

    At most ten an hour and address: nobody fills the audit with answers of their own making.
    """
    try:
        tries.check(session, REFUSED, address=actor.address, now=now)
    except NotAllowed:
        return
    tries.miss(session, REFUSED, address=actor.address, now=now)
    audit.record(
        session, REFUSED, actor=actor, now=now, object_type="provider",
        object_id=provider, why=why,
    )  # fmt: skip


def _tell(session: Session, row: OutsideIdentity, reference: str, *, now: dt.datetime) -> None:
    """Tell an applicant that the ways to log in were changed (ASVS 6.3.7)."""
    applicant = applicant_of(session, row.user_id)
    agency_id = entering.agency_of(session, applicant)
    if applicant is None or agency_id is None:
        return
    notices.notify(
        session, "profile_changed", applicant=applicant, agency_id=agency_id, now=now,
        reference=reference, field_name=WAYS_IN, time=now,
        hotline=session.get_one(Agency, agency_id).hotline,
    )  # fmt: skip
