"""Which masked values may be shown in full, one at a time, to whom (rule SE03)."""

import re
from collections.abc import Mapping
from enum import StrEnum

from app.domain.terms import Role


class Of(StrEnum):
    """On what a masked value stands."""

    APPLICATION = "application"
    APPLICANT = "applicant"
    PAYOUT = "payout"


class Value(StrEnum):
    """A value that is masked until somebody asks for it."""

    NAME = "name"
    HOLDER = "holder"
    ID_NUMBER = "id-number"
    MOBILE = "mobile"
    ACCOUNT = "account"
    CARD = "card"
    ADDRESS = "address"
    HOUSE = "house"


REVIEWERS = frozenset({Role.FIRST_REVIEWER, Role.SECOND_REVIEWER, Role.SUPERVISOR})
MONEY = frozenset({Role.PAYER, Role.RELEASER})

WHO: Mapping[Of, tuple[frozenset[Role], frozenset[Value]]] = {
    Of.APPLICATION: (REVIEWERS, frozenset(Value) - {Value.ADDRESS}),
    Of.APPLICANT: (
        REVIEWERS, frozenset({Value.NAME, Value.ID_NUMBER, Value.MOBILE, Value.ADDRESS})
    ),
    Of.PAYOUT: (MONEY, frozenset({Value.NAME, Value.CARD})),
}  # fmt: skip
"""Reviewers see what they decide on, payers the payee; the auditor sees nothing in full."""

SECONDS_SHOWN = 60
PER_HOUR = 60
"""Values a member of staff may look at within an hour, unless a setting says otherwise."""

LONGEST_REASON = 200
_NUMBER = re.compile(r"[0-9A-Za-z]*[0-9]{6,}[0-9Xx]*")


def may_ask(roles: frozenset[Role], of: Of, value: Value) -> bool:
    """Tell whether one of the roles lets somebody ask for a value at all."""
    who, values = WHO[of]
    return value in values and bool(who & roles)


def without_numbers(text: str) -> str:
    """Return what somebody typed as a reason, every long number in it reduced to its end."""
    bounded = " ".join(text.split())[:LONGEST_REASON]
    return _NUMBER.sub(lambda found: f"****{found[0][-4:]}", bounded)[:LONGEST_REASON]
