"""Who may do what: rights over the facts of a case, asked by the service that does the deed."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from app.domain.errors import NotAllowed
from app.domain.masking import mask_name
from app.domain.terms import Action, Role, Status


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who does something: a signed-in person, or the worker.

    ``proven_at`` and ``sms_proven_at``: when this session last saw password (and second factor),
    and a code sent to the mobile on file; None is never.
    """

    user_id: int | None
    name: str
    roles: frozenset[Role]
    agency_id: int | None = None
    applicant_id: int | None = None
    identity_index: str | None = None
    address: str = ""
    request_id: str = ""
    proven_at: dt.datetime | None = None
    sms_proven_at: dt.datetime | None = None

    @property
    def kept_name(self) -> str:
        """Return the name as history and audit keep it: of an applicant the masked one."""
        return self.name if self.applicant_id is None else mask_name(self.name)

    def has(self, *roles: Role) -> bool:
        """Tell whether the actor holds one of the roles."""
        return bool(self.roles.intersection(roles))


WORKER = Actor(user_id=None, name="worker", roles=frozenset({Role.WORKER}))
"""The clock of the hall: deadlines, payouts, notices."""

OPERATOR = Actor(user_id=None, name="operator", roles=frozenset({Role.WORKER}))
"""Who runs commands on the machine itself: keys, retention, imports."""

WHO: Mapping[Action, frozenset[Role]] = {
    Action.SUBMIT: frozenset({Role.APPLICANT}),
    Action.CANCEL: frozenset({Role.APPLICANT}),
    Action.TAKE_UP: frozenset({Role.FIRST_REVIEWER}),
    Action.PASS_FIRST: frozenset({Role.FIRST_REVIEWER}),
    Action.DECLINE: frozenset({Role.FIRST_REVIEWER}),
    Action.PASS_LEVEL: frozenset({Role.SECOND_REVIEWER}),
    Action.APPROVE: frozenset({Role.SECOND_REVIEWER}),
    Action.RETURN_FOR_CORRECTION: frozenset({Role.FIRST_REVIEWER, Role.SECOND_REVIEWER}),
    Action.REJECT: frozenset({Role.FIRST_REVIEWER, Role.SECOND_REVIEWER}),
    Action.CONFIRM_PAYEE: frozenset({Role.FIRST_REVIEWER, Role.SECOND_REVIEWER}),
    Action.VOID: frozenset({Role.SUPERVISOR}),
    Action.UNDO: frozenset({Role.SUPERVISOR}),
    Action.SUPPLEMENT: frozenset({Role.WORKER}),
    Action.PAY: frozenset({Role.WORKER}),
    Action.BANK_REFUSED: frozenset({Role.WORKER}),
    Action.BANK_RETURNED: frozenset({Role.WORKER}),
    Action.LAPSE: frozenset({Role.WORKER}),
    Action.STAND: frozenset({Role.WORKER}),
    Action.STAND_DOWN: frozenset({Role.WORKER}),
}
"""Which role takes which action: the table itself, gone through by tests/domain/test_policy.py."""


class Level(StrEnum):
    """In what capacity somebody acts on a case; nobody does so in two (WF06)."""

    FIRST = "first"
    SECOND = "second"
    OVERSIGHT = "oversight"


LEVELS: Mapping[Action, Level] = {
    Action.TAKE_UP: Level.FIRST,
    Action.PASS_FIRST: Level.FIRST,
    Action.DECLINE: Level.FIRST,
    Action.PASS_LEVEL: Level.SECOND,
    Action.APPROVE: Level.SECOND,
    Action.VOID: Level.OVERSIGHT,
    Action.UNDO: Level.OVERSIGHT,
}
"""The level a step belongs to; a return or a refusal belongs to that of the case's status."""

REVIEWED_AT: Mapping[Status, Level] = {
    Status.IN_REVIEW: Level.FIRST,
    Status.SECOND_REVIEW: Level.SECOND,
}


def level_of(action: Action, status: Status | None) -> Level | None:
    """Return the level at which an action is taken in a status, None when it has none."""
    if action in (Action.RETURN_FOR_CORRECTION, Action.REJECT):
        return REVIEWED_AT.get(status) if status is not None else None
    return LEVELS.get(action)


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """What the rights on one case depend on.

    ``acted`` says who took which step since it was submitted last, ``levels`` who ever acted in
    which capacity; both name every log-in of those people.
    """

    agency_id: int
    applicant_id: int
    identities: frozenset[str]
    acted: Mapping[Action, frozenset[int]]
    status: Status | None = None
    levels: Mapping[Level, frozenset[int]] = field(default_factory=dict)

    def at_other_levels(self, level: Level) -> frozenset[int]:
        """Return who acted on the case in another capacity than ``level``."""
        found = [
            users for step, users in self.acted.items() if LEVELS.get(step, level) is not level
        ]
        found += [users for at, users in self.levels.items() if at is not level]
        return frozenset().union(*found)


def check_own(actor: Actor, *, applicant_id: int) -> None:
    """Raise ``NotAllowed`` unless the row belongs to the applicant who asks."""
    if actor.applicant_id is None or actor.applicant_id != applicant_id:
        raise NotAllowed("not your own", code="not_found")


def check_agency(actor: Actor, *, agency_id: int) -> None:
    """Raise ``NotAllowed`` when staff of one agency reach for a row of another."""
    if actor.agency_id != agency_id:
        raise NotAllowed("another agency's case", code="not_found")


def check_role(actor: Actor, *roles: Role) -> None:
    """Raise ``NotAllowed`` unless the actor holds one of the roles."""
    if not actor.has(*roles):
        raise NotAllowed(f"needs one of {', '.join(roles)}", code="role_missing")


def check(actor: Actor, action: Action, case: CaseFacts) -> None:
    """Raise ``NotAllowed`` unless this actor may take this action on this case.

    An applicant acts on the own case only; staff on cases of the own agency, never on a case
    of their own (identity compared, not user), never on one case in two capacities, whatever
    role they hold by now, and never twice among the further levels.
    """
    check_role(actor, *WHO[action])
    if Role.WORKER in WHO[action]:
        return
    if action in (Action.SUBMIT, Action.CANCEL):
        check_own(actor, applicant_id=case.applicant_id)
        return
    check_agency(actor, agency_id=case.agency_id)
    if actor.identity_index is None or actor.identity_index in case.identities:
        raise NotAllowed("own case", code="own_case")
    level = level_of(action, case.status)
    if level is None:
        return
    earlier = case.at_other_levels(level)
    if action in (Action.PASS_LEVEL, Action.APPROVE):
        earlier |= case.acted.get(Action.PASS_LEVEL, frozenset())
    if actor.user_id in earlier:
        raise NotAllowed("somebody else has to take this step", code="four_eyes")
