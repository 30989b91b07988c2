"""Files of accounts with their balances by two people: one brings, a releaser posts or refuses.

A supervisor of the agency brings one, or who looks after the installation.
"""

import datetime as dt
from dataclasses import replace

from sqlalchemy.orm import Session

from app.domain import policy
from app.domain.policy import Actor
from app.domain.terms import Role
from app.models import AccountFile
from app.services.accounts import ImportReport, import_accounts
from app.services.records import second_hands
from app.services.records.second_hands import Hands

BRINGERS = (Role.SUPERVISOR, Role.INSTALLATION_ADMIN)
HANDS = Hands(
    AccountFile, "accounts", readers=(*BRINGERS, Role.RELEASER),
    carriers=(*BRINGERS, Role.RELEASER),
)  # fmt: skip


def bring(
    session: Session, data: bytes, *, name: str, actor: Actor, now: dt.datetime
) -> ImportReport:
    """Keep a file of accounts until a second person posts it; no account is opened yet.

    A file with a fault is not kept, the report names it; an account of who brings it is one.
    Raises ``IllegalMove`` (accounts_wait) for a file that waits already.
    """
    policy.check_role(actor, *BRINGERS)
    report = import_accounts(session, data, actor=actor, now=now, name=name, preview=True)
    if report.problems:
        return report
    file = AccountFile(
        agency_id=report.agency_id, name=report.name[:200], sha256=report.sha256,
        rows=report.rows, total=report.total,
    )  # fmt: skip
    second_hands.keep(session, HANDS, file, data, actor=actor, now=now)
    return replace(report, file_id=file.id)


def waiting(session: Session, *, actor: Actor) -> list[AccountFile]:
    """Return the files of the own agency, without one those brought, that wait; oldest first."""
    return second_hands.waiting(session, HANDS, actor=actor)


def get_file(session: Session, file_id: int, *, actor: Actor) -> AccountFile:
    """Return a file of the actor's agency; raise ``NotAllowed`` (not_found) for any other."""
    return second_hands.get_file(session, HANDS, file_id, actor=actor)


def hand_out(session: Session, file: AccountFile, *, actor: Actor, now: dt.datetime) -> bytes:
    """Return the bytes of a file as it was brought, and record who has them."""
    return second_hands.hand_out(session, HANDS, file, actor=actor, now=now)


def post(
    session: Session, file: AccountFile, *, actor: Actor, now: dt.datetime
) -> ImportReport:
    """Open the accounts of a file that another person brought, whole or not at all.

    It is checked once more; a fault that came up since leaves it waiting, and the report names
    it. Raises ``NotAllowed`` (own_account) where one of the two is the holder of a line.
    """
    data = second_hands.begin_post(session, file, actor=actor, now=now)
    report = import_accounts(
        session, data, actor=actor, now=now, name=file.name, brought_by=file.brought_by
    )
    if report.batch_id is not None:
        file.batch_id = report.batch_id
        second_hands.settle(session, file, actor=actor, now=now)
    return report


def refuse(
    session: Session, file: AccountFile, *, actor: Actor, now: dt.datetime, reason: str
) -> None:
    """Refuse a file that another person brought; it stays on record and opens nothing."""
    second_hands.refuse(session, HANDS, file, actor=actor, now=now, reason=reason)
