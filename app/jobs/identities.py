"""Ask the identity service again for those it could not tell of; one call at a time, no lock."""

import datetime as dt

from app.gateways.identity import IdentityCheck, IdentityState
from app.models import IdentityTask
from app.services.people import identity_tasks
from app.transaction import transaction

SILENT = 3
"""After so many unknown answers in a row the service is left alone until the next round."""


def run_identities(check: IdentityCheck, *, now: dt.datetime) -> dict[str, int]:
    """Ask for every task that is due and return how many ended in each state."""
    counts = dict.fromkeys(map(str, IdentityState), 0)
    with transaction() as session:
        keys = identity_tasks.due(session, now=now)
    silent = 0
    for key in keys:
        with transaction() as session:
            person = session.get_one(IdentityTask, key).applicant
            asked = (person.id_type, person.id_number, person.name, person.mobile or "")
        answer = check.verify(*asked)
        with transaction() as session:
            task = session.get_one(IdentityTask, key)
            identity_tasks.answered(session, task, answer.state, answer.reason, now=now)
        counts[answer.state] += 1
        silent = silent + 1 if answer.state is IdentityState.UNKNOWN else 0
        if silent == SILENT:
            break
    return counts
