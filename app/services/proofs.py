"""Fresh proof: who moves money or changes the way to it says again who they are (ASVS 7.5)."""

import datetime as dt

from app.domain.errors import NotAllowed
from app.domain.policy import Actor
from app.domain.terms import Role
from app.services.people_rules import RULES, PeopleRules

NEEDED = "fresh_proof"
"""The code of the refusal; entry points turn it into the page that asks again."""


def check(
    actor: Actor, *, now: dt.datetime, sms: bool = False, rules: PeopleRules = RULES
) -> None:
    """Raise ``NotAllowed`` (fresh_proof) unless the actor proved within the last ten minutes.

    ``sms`` also asks applicants for a code to the mobile on file: what changes where money goes
    takes two factors (ASVS 6.3.3). The fact ``sms`` of the refusal says whether one is lacking.
    """
    lacks_sms = (
        sms
        and actor.has(Role.APPLICANT)
        and not _is_fresh(actor.sms_proven_at, now=now, rules=rules)
    )
    if lacks_sms or not _is_fresh(actor.proven_at, now=now, rules=rules):
        raise NotAllowed("prove again who you are", code=NEEDED, sms=lacks_sms)


def _is_fresh(at: dt.datetime | None, *, now: dt.datetime, rules: PeopleRules) -> bool:
    return at is not None and now - at <= dt.timedelta(minutes=rules.proof_minutes)
