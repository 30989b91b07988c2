"""Files with money that come in by two people: one brings, another posts or refuses.

What contributions and opening balances have in common. A file lies sealed from the moment it is
brought; it stays as it was, whoever settled it.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session, defer

from app.domain import policy
from app.domain.errors import IllegalMove, Invalid, NotAllowed
from app.domain.policy import Actor
from app.domain.terms import Role
from app.models import BroughtFile
from app.services import audit
from app.services.entry import proofs
from app.services.records.packing import pack, unpack
from app.services.staff import standing

F = TypeVar("F", bound=BroughtFile)


@dataclass(frozen=True, slots=True)
class Hands(Generic[F]):
    """A kind of file and who has to do with it.

    ``word`` begins its acts and its sentences; ``readers`` see that one waits, ``carriers`` may
    have it in hand, with the names and accounts in it.
    """

    kind: type[F]
    word: str
    readers: tuple[Role, ...]
    carriers: tuple[Role, ...]


def check_may(
    session: Session, actor: Actor, *, now: dt.datetime, preview: bool, brought_by: int | None
) -> None:
    """Raise ``NotAllowed`` (four_eyes) for a person who posts what nobody else brought.

    Also when a role of the actor has ended. The operator's command brings and posts at once.
    """
    standing.check(session, actor, now=now)
    if actor.user_id is not None and not preview:
        standing.check_other(session, actor, earlier=brought_by)


def keep(
    session: Session, hands: Hands[F], file: F, data: bytes, *, actor: Actor, now: dt.datetime
) -> None:
    """Keep a file that the actor brings until a second person settles it.

    Raises ``IllegalMove`` (``<word>_wait``) for one that waits already.
    """
    assert actor.user_id is not None
    file.brought_by, file.brought_name, file.brought_at = actor.user_id, actor.name[:100], now
    file.content = pack(data)
    try:
        with session.begin_nested():
            session.add(file)
    except sa.exc.IntegrityError as clash:
        raise IllegalMove("it waits already", code=f"{hands.word}_wait") from clash
    _record(session, hands, "brought", file, actor=actor, now=now)


def waiting(session: Session, hands: Hands[F], *, actor: Actor) -> list[F]:
    """Return the agency's files that nobody has posted or refused, the oldest first.

    Who is of no agency sees what he or she brought.
    """
    policy.check_role(actor, *hands.readers)
    kind = hands.kind
    if actor.agency_id is None:
        mine = kind.brought_by == actor.user_id
    else:
        mine = kind.agency_id == actor.agency_id
    query = sa.select(kind).where(mine, kind.settled_at.is_(None))
    return list(session.scalars(query.options(defer(kind.content_sealed)).order_by(kind.id)))


def get_file(session: Session, hands: Hands[F], file_id: int, *, actor: Actor) -> F:
    """Return a file of the actor's agency; raise ``NotAllowed`` (not_found) for any other."""
    policy.check_role(actor, *hands.readers)
    file = session.get(hands.kind, file_id)
    if file is None:
        raise NotAllowed("there is none", code="not_found")
    _check_agency(file, actor)
    return file


def hand_out(
    session: Session, hands: Hands[F], file: F, *, actor: Actor, now: dt.datetime
) -> bytes:
    """Return the bytes of a file as it was brought, and record who has them."""
    policy.check_role(actor, *hands.carriers)
    _check_agency(file, actor)
    standing.check(session, actor, now=now)
    _record(session, hands, "handed_out", file, actor=actor, now=now)
    return unpack(file.content)


def begin_post(session: Session, file: BroughtFile, *, actor: Actor, now: dt.datetime) -> bytes:
    """Return the bytes of a file that this actor, another person than who brought it, posts.

    The file is locked. Raises ``NotAllowed`` (role_missing, not_found, four_eyes),
    ``IllegalMove`` when it is settled, ``ProofNeeded``.
    """
    _check_second(session, file, actor=actor, now=now)
    proofs.check(actor, now=now)
    return unpack(file.content)


def settle(session: Session, file: BroughtFile, *, actor: Actor, now: dt.datetime) -> None:
    """Write down who settled a file and when."""
    file.settled_by, file.settled_name, file.settled_at = actor.user_id, actor.name[:100], now
    session.flush()


def refuse(
    session: Session, hands: Hands[F], file: F, *, actor: Actor, now: dt.datetime, reason: str
) -> None:
    """Refuse a file that another person brought; it stays on record and posts nothing.

    Raises as ``begin_post`` does, and ``Invalid`` (reason_needed).
    """
    _check_second(session, file, actor=actor, now=now)
    if not reason.strip():
        raise Invalid(code="reason_needed", field="reason")
    proofs.check(actor, now=now)
    file.refused_why = reason.strip()[:200]
    settle(session, file, actor=actor, now=now)
    _record(session, hands, "refused", file, actor=actor, now=now, reason=file.refused_why)


def _check_second(
    session: Session, file: BroughtFile, *, actor: Actor, now: dt.datetime
) -> None:
    policy.check_role(actor, Role.RELEASER)
    policy.check_agency(actor, agency_id=file.agency_id)
    standing.check(session, actor, now=now)
    session.refresh(file, with_for_update=True)
    if file.settled_at is not None:
        raise IllegalMove("it is settled already")
    standing.check_other(session, actor, earlier=file.brought_by)


def _check_agency(file: BroughtFile, actor: Actor) -> None:
    if actor.agency_id is None and file.brought_by == actor.user_id:
        return
    policy.check_agency(actor, agency_id=file.agency_id)


def _record(
    session: Session,
    hands: Hands[Any],
    act: str,
    file: BroughtFile,
    *,
    actor: Actor,
    now: dt.datetime,
    **more: Any,
) -> None:
    audit.record(
        session, f"{hands.word}_{act}", actor=actor, now=now,
        object_type=hands.kind.__tablename__, object_id=file.id, agency_id=file.agency_id,
        name=file.name, sha256=file.sha256, rows=file.rows, total=str(file.total), **more,
    )  # fmt: skip
