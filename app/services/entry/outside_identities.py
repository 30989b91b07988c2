"""What other providers know people as (统一身份认证, WeChat): bound with proof, ended, used.

Who binds has proved the own log-in first; nothing here matches people by mobile or e-mail.
"""

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa
from flask_appbuilder.security.sqla.models import User
from sqlalchemy.orm import Session

from app import sealing
from app.domain.errors import Invalid
from app.domain.policy import Actor
from app.models import Applicant, OutsideIdentity
from app.services import audit
from app.services.records.updates import changed_rows


def find(session: Session, provider: str, subject: str) -> User | None:
    """Return who is bound to what a provider calls the person, while the log-in is active."""
    kept = identity_of(session, provider, subject)
    return kept.user if kept is not None and kept.user.is_active else None


def identity_of(session: Session, provider: str, subject: str) -> OutsideIdentity | None:
    """Return the binding of a subject that has not ended."""
    return session.scalar(
        sa.select(OutsideIdentity).where(
            OutsideIdentity.provider == provider,
            OutsideIdentity.subject_index == subject_index(provider, subject),
            OutsideIdentity.ended_at.is_(None),
        )
    )


def of_user(session: Session, user_id: int) -> Sequence[OutsideIdentity]:
    """Return the bindings of a person that have not ended, oldest first."""
    return session.scalars(
        sa.select(OutsideIdentity)
        .where(OutsideIdentity.user_id == user_id, OutsideIdentity.ended_at.is_(None))
        .order_by(OutsideIdentity.id)
    ).all()


def bind(
    session: Session,
    user: User,
    provider: str,
    subject: str,
    *,
    level: str,
    actor: Actor,
    now: dt.datetime,
    keep_subject: bool = False,
) -> OutsideIdentity:
    """Bind a subject to a person; binding the same two again changes nothing.

    ``keep_subject`` seals the subject beside its hash, for providers that are written to.
    Raises ``Invalid``: subject_bound (it is somebody else's), provider_bound (the person has
    another subject of this provider, to be unbound first).
    """
    kept = identity_of(session, provider, subject)
    if kept is not None and kept.user_id == user.id:
        return kept
    if kept is not None:
        raise Invalid("bound to somebody else", code="subject_bound")
    if any(row.provider == provider for row in of_user(session, user.id)):
        raise Invalid("another subject is bound", code="provider_bound")
    made = OutsideIdentity(
        provider=provider, subject_index=subject_index(provider, subject), user_id=user.id,
        level=level, bound_at=now, last_used_at=now,
    )  # fmt: skip
    if keep_subject:
        made.subject = subject
    session.add(made)
    session.flush()
    _record(session, "outside_bound", made, actor=actor, now=now)
    return made


def unbind(
    session: Session, identity: OutsideIdentity, *, actor: Actor, now: dt.datetime
) -> None:
    """End a binding; the subject can be bound again, with proof. Ending twice does nothing."""
    ended = changed_rows(
        session,
        sa.update(OutsideIdentity)
        .where(OutsideIdentity.id == identity.id, OutsideIdentity.ended_at.is_(None))
        .values(ended_at=now, subject_sealed=None),
    )
    if ended:
        _record(session, "outside_unbound", identity, actor=actor, now=now)


def end_all(session: Session, user_id: int, *, now: dt.datetime) -> None:
    """End all bindings of a log-in that is closed; who closes it writes why."""
    session.execute(
        sa.update(OutsideIdentity)
        .where(OutsideIdentity.user_id == user_id, OutsideIdentity.ended_at.is_(None))
        .values(ended_at=now, subject_sealed=None)
        .execution_options(synchronize_session=False)
    )


def came_in(
    session: Session, identity: OutsideIdentity, *, level: str, actor: Actor, now: dt.datetime
) -> None:
    """Write that somebody logged in by a binding, and how surely the provider knew the person."""
    identity.last_used_at, identity.level = now, level
    user = identity.user
    user.login_count = (user.login_count or 0) + 1
    user.last_login = now.astimezone(dt.UTC).replace(tzinfo=None)
    _record(session, "login", identity, actor=actor, now=now)


def subject_index(provider: str, subject: str) -> str:
    """Return the keyed hash of a subject; equal subjects of two providers differ."""
    return sealing.index_of(f"outside:{provider}:{subject}")


def _record(
    session: Session, act: str, identity: OutsideIdentity, *, actor: Actor, now: dt.datetime
) -> None:
    person = sa.select(Applicant.id).where(Applicant.user_id == identity.user_id)
    audit.record(
        session, act, actor=actor, now=now, object_type="user", object_id=identity.user_id,
        applicant_id=session.scalar(person), provider=identity.provider, level=identity.level,
    )  # fmt: skip
