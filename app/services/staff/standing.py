"""Who somebody is to the hall at this moment: the roles in force, the log-ins of one person."""

import datetime as dt
import logging
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any

import sqlalchemy as sa
from flask_appbuilder.security.sqla.models import Role as RoleRow
from flask_appbuilder.security.sqla.models import User
from sqlalchemy.orm import Session, aliased, selectinload

from app.domain import separation
from app.domain.errors import NotAllowed
from app.domain.policy import Actor
from app.domain.terms import Role
from app.domain.violation import Violation
from app.domain.workdays import local_date
from app.models import RoleGrant, Staff

logger = logging.getLogger(__name__)

NAMES = frozenset(role.value for role in Role if role is not Role.WORKER)
"""Roles a person can hold; the hall's clock is no person."""

_own = aliased(Staff)
_mine = (
    sa.select(_own.id_number_index)
    .where(_own.user_id == sa.bindparam("user_id"))
    .scalar_subquery()
)
_OF_ONE_PERSON = (
    sa.select(Staff.user_id, RoleGrant.role, RoleGrant.valid_from, RoleGrant.valid_until)
    .join(User, User.id == Staff.user_id)
    .outerjoin(RoleGrant, sa.and_(RoleGrant.staff_id == Staff.id, RoleGrant.ended_at.is_(None)))
    .where(
        sa.or_(
            Staff.user_id == sa.bindparam("user_id"),
            sa.and_(Staff.id_number_index == _mine, User.active.is_(True)),
        )
    )
)
"""The log-ins of a person with their dated roles: asked at every step, so built once."""

_WITH_ROLES = [selectinload(User.roles)]

Term = tuple[Role, dt.date, dt.date | None]
"""A role with the first and the last day of its grant."""


def held_by(user: User) -> frozenset[Role]:
    """Return the roles a log-in was given, whenever they are in force."""
    return frozenset(Role(row.name) for row in user.roles if row.name in NAMES)


def roles_in_force(session: Session, user: User, *, now: dt.datetime) -> frozenset[Role]:
    """Return the roles a log-in may use today, read anew each time.

    A role outside its dates is left out. Nobody has any right while roles that must not meet
    are held by one person, in this log-in or together with another one of the same identity.
    """
    if user.active is False:
        return frozenset()
    held = held_by(user)
    if held <= {Role.APPLICANT}:
        return held
    together = held_together(session, user, now=now)
    if (two := _clash(together)) is not None:
        logger.error("user %s has no right: %s and %s in one person", user.id, *two)
        return frozenset()
    return together[user.id]


def _clash(together: Mapping[int, frozenset[Role]]) -> tuple[Role, Role] | None:
    return separation.clash(frozenset().union(*together.values()))


def held_together(
    session: Session, user: User, *, now: dt.datetime
) -> Mapping[int, frozenset[Role]]:
    """Return the roles in force of all active log-ins of one person, by log-in."""
    rows = session.execute(_OF_ONE_PERSON, {"user_id": user.id}).all()
    on = local_date(now)
    dated: dict[int, list[Term]] = {user.id: []}
    for user_id, role, first, last in rows:
        dated.setdefault(user_id, [])
        if role is not None:
            dated[user_id].append((role, first, last))
    held = {key: held_by(session.get_one(User, key)) for key in dated.keys() - {user.id}}
    held[user.id] = held_by(user)
    return {key: _today(held[key], terms, on) for key, terms in dated.items()}


def _today(held: frozenset[Role], terms: Iterable[Term], on: dt.date) -> frozenset[Role]:
    """Leave out what has dates and none of them covers the day."""
    covered: dict[Role, bool] = {}
    for role, first, last in terms:
        covers = first <= on and (last is None or on <= last)
        covered[role] = covered.get(role, False) or covers
    return frozenset(role for role in held if covered.get(role, True))


def check(session: Session, actor: Actor, *, now: dt.datetime) -> None:
    """Raise ``NotAllowed`` when the log-in was switched off or lost a role since it was read.

    Asked inside the transaction that does the deed: what was true when the page was opened
    does not count.
    """
    if actor.user_id is None:
        return
    user = session.get(User, actor.user_id, options=_WITH_ROLES)
    if user is None or not user.active:
        raise NotAllowed("the log-in is switched off", code="role_missing")
    if not actor.roles <= roles_in_force(session, user, now=now):
        raise NotAllowed("a role has ended", code="role_missing")


@cache
def _verify_query() -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(User, Staff.id_number_index)
        .outerjoin(Staff, Staff.user_id == User.id)
        .where(User.active.is_(True), User.roles.any(RoleRow.name != Role.APPLICANT.value))
        .options(selectinload(User.roles))
        .order_by(User.id)
    )


def verify(session: Session) -> Iterator[Violation]:
    """Name every person who holds roles that must not meet, and who has two log-ins at work."""
    people: dict[str, list[tuple[int, frozenset[Role]]]] = {}
    rows = session.execute(_verify_query())
    for user, index in rows:
        people.setdefault(index or f"user {user.id}", []).append((user.id, held_by(user)))
    for logins in people.values():
        first = logins[0][0]
        if (
            two := separation.clash(frozenset().union(*(roles for _, roles in logins)))
        ) is not None:
            yield Violation(
                "roles_clash", "ab_user", first, f"{two[0]} and {two[1]} are held by one person"
            )
        if len(logins) > 1:
            yield Violation(
                "two_log_ins", "ab_user", first, f"the person has {len(logins)} log-ins at work"
            )


def check_entry(session: Session, user: User, *, now: dt.datetime) -> None:
    """Raise ``NotAllowed`` (login_barred) for roles of one person that must not meet."""
    held = held_by(user)
    if held <= {Role.APPLICANT}:
        return
    if _clash(held_together(session, user, now=now)) is not None:
        raise NotAllowed("roles that must not meet", code="login_barred")


def log_ins_of(session: Session, actor: Actor) -> frozenset[int]:
    """Return every log-in of the person who acts, switched-off ones too."""
    if actor.user_id is None:
        return frozenset()
    same = session.scalars(
        sa.select(Staff.user_id).where(
            Staff.id_number_index.is_not(None), Staff.id_number_index == actor.identity_index
        )
    )
    return frozenset({actor.user_id, *same})


def check_other(session: Session, actor: Actor, *, earlier: int | None) -> None:
    """Raise ``NotAllowed`` (four_eyes) when the earlier step was the same person's, or nobody's."""
    if earlier is None or earlier in log_ins_of(session, actor):
        raise NotAllowed("somebody else has to take this step", code="four_eyes")
