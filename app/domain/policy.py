"""Who may do what: rights over the facts of a case, asked by the service that does the deed."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.domain.errors import NotAllowed
from app.domain.terms import Action, Role, Status


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who does something: a signed-in person, or the worker."""

    user_id: int | None
    name: str
    roles: frozenset[Role]
    agency_id: int | None = None
    applicant_id: int | None = None
    identity_index: str | None = None
    address: str = ""
    request_id: str = ""

    def has(self, *roles: Role) -> bool:
        """Tell whether the actor holds one of the roles."""
        return bool(self.roles.intersection(roles))


WORKER = Actor(user_id=None, name="worker", roles=frozenset({Role.WORKER}))
"""The clock of the hall: deadlines, payouts, notices."""

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
    Action.PAY: frozenset({Role.WORKER}),
    Action.BANK_REFUSED: frozenset({Role.WORKER}),
    Action.BANK_RETURNED: frozenset({Role.WORKER}),
    Action.LAPSE: frozenset({Role.WORKER}),
}
"""Which role takes which action (table of DESIGN section 3)."""

SEPARATED = frozenset({Action.PASS_FIRST, Action.PASS_LEVEL, Action.APPROVE})
"""Steps of one case that must be taken by different people (WF06)."""


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """What the rights on one case depend on."""

    agency_id: int
    applicant_id: int
    identities: frozenset[str]
    acted: Mapping[Action, frozenset[int]]
    status: Status | None = None


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
    of their own (identity compared, not user), never twice on one case in separated steps.
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
    earlier = {
        user_id
        for step in SEPARATED - {action}
        for user_id in case.acted.get(step, frozenset())
    }
    if action is Action.PASS_LEVEL or action is Action.APPROVE:
        earlier |= case.acted.get(Action.PASS_LEVEL, frozenset())
    if case.status is Status.SECOND_REVIEW:
        earlier |= case.acted.get(Action.PASS_FIRST, frozenset())
    if (action in SEPARATED or case.status is Status.SECOND_REVIEW) and (
        actor.user_id in earlier
    ):
        raise NotAllowed("somebody else has to take this step", code="four_eyes")
