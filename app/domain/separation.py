"""Roles that never meet in one person: who decides does not pay, nor look after rights."""

from collections.abc import Collection

from app.domain.terms import Role

REVIEWERS = frozenset({Role.FIRST_REVIEWER, Role.SECOND_REVIEWER})
MONEY = frozenset({Role.PAYER, Role.RELEASER})
STAFF = frozenset(Role) - {Role.APPLICANT, Role.WORKER}
ADMINISTRATION = frozenset({Role.USER_ADMIN, Role.SECURITY_OFFICER, Role.INSTALLATION_ADMIN})


def _one(role: Role) -> frozenset[Role]:
    return frozenset({role})


APART: tuple[tuple[frozenset[Role], frozenset[Role]], ...] = (
    (_one(Role.FIRST_REVIEWER), _one(Role.SECOND_REVIEWER)),
    (_one(Role.PAYER), _one(Role.RELEASER)),
    (REVIEWERS | {Role.SUPERVISOR}, MONEY),
    (REVIEWERS | MONEY | {Role.SUPERVISOR}, ADMINISTRATION),
    (_one(Role.PACKAGE_EDITOR), _one(Role.PACKAGE_PUBLISHER)),
    (_one(Role.USER_ADMIN), _one(Role.SECURITY_OFFICER)),
    (_one(Role.INSTALLATION_ADMIN), _one(Role.USER_ADMIN)),
    (_one(Role.INSTALLATION_ADMIN), _one(Role.SECURITY_OFFICER)),
    (_one(Role.AUDITOR), STAFF - {Role.AUDITOR}),
    (_one(Role.APPLICANT), STAFF),
    (_one(Role.WORKER), frozenset(Role) - {Role.WORKER}),
)
"""Of each pair nobody holds one of both sides, in one log-in or in several (SE07)."""


def clash(held: Collection[Role]) -> tuple[Role, Role] | None:
    """Return two of the roles that must not meet in one person, None when all may."""
    roles = frozenset(held)
    for one, other in APART:
        if (left := roles & one) and (right := roles & other):
            return min(left), min(right)
    return None
