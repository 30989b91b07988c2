"""The numbers of registration and log-in (SE06), the same in every installation."""

import functools
from dataclasses import dataclass
from pathlib import Path

_COMMON = Path(__file__).parent / "data" / "common_passwords.txt"


@dataclass(frozen=True, slots=True)
class PeopleRules:
    """How long codes, sessions and locks last, and how passwords are kept.

    Times are minutes unless the name says else. Only the hash is a setting; tests have a quick one.
    """

    code_minutes: int = 5
    code_tries: int = 5
    code_again_seconds: int = 60
    codes_an_hour: int = 5
    codes_a_day: int = 10
    codes_an_hour_and_address: int = 100
    codes_a_day_and_address: int = 500
    payee_rest_hours: int = 24
    password_minimum: int = 8
    staff_password_minimum: int = 10
    failures: int = 5
    failures_an_address: int = 100
    lock_minutes: int = 15
    picture_after: int = 3
    codes_before_picture: int = 5
    proof_minutes: int = 10
    factor_tries: int = 5
    half_way_minutes: int = 10
    idle_minutes: int = 30
    staff_idle_minutes: int = 15
    session_hours: int = 12
    hash_method: str = "scrypt:32768:8:3"


RULES = PeopleRules()
"""The numbers, with the hash of an installation that sets none."""


@functools.cache
def common_passwords() -> frozenset[str]:
    """Return the passwords that thieves try first."""
    return frozenset(_COMMON.read_text(encoding="utf-8").split())
