"""Files of contributions by two people: a payer brings one, a releaser posts or refuses it."""

import datetime as dt
from dataclasses import replace

from sqlalchemy.orm import Session

from app.domain import policy
from app.domain.policy import Actor
from app.domain.terms import Role
from app.models import ContributionFile
from app.services.accounting.contributions import ContributionReport, import_contributions
from app.services.paying.payout_lists import READERS
from app.services.records import second_hands
from app.services.records.second_hands import Hands

HANDS = Hands(
    ContributionFile, "contributions", readers=READERS,
    carriers=(Role.PAYER, Role.RELEASER),
)  # fmt: skip


def bring(
    session: Session, data: bytes, *, name: str, actor: Actor, now: dt.datetime
) -> ContributionReport:
    """Keep a file that a payer brings until a second person posts it; nothing is posted yet.

    A file with a fault is not kept, the report names it. Raises ``IllegalMove``
    (contributions_wait) for a file that waits already.
    """
    policy.check_role(actor, Role.PAYER)
    report = import_contributions(session, data, actor=actor, now=now, name=name, preview=True)
    if report.problems:
        return report
    file = ContributionFile(
        agency_id=actor.agency_id, name=report.name[:200], reference=report.reference,
        sha256=report.sha256, rows=report.rows, total=report.total,
    )  # fmt: skip
    second_hands.keep(session, HANDS, file, data, actor=actor, now=now)
    return replace(report, file_id=file.id)


def waiting(session: Session, *, actor: Actor) -> list[ContributionFile]:
    """Return the agency's files that nobody has posted or refused, the oldest first."""
    return second_hands.waiting(session, HANDS, actor=actor)


def get_file(session: Session, file_id: int, *, actor: Actor) -> ContributionFile:
    """Return a file of the actor's agency; raise ``NotAllowed`` (not_found) for any other."""
    return second_hands.get_file(session, HANDS, file_id, actor=actor)


def hand_out(
    session: Session, file: ContributionFile, *, actor: Actor, now: dt.datetime
) -> bytes:
    """Return the bytes of a file as it was brought, and record who has them."""
    return second_hands.hand_out(session, HANDS, file, actor=actor, now=now)


def post(
    session: Session, file: ContributionFile, *, actor: Actor, now: dt.datetime
) -> ContributionReport:
    """Post a file that another person brought, whole or not at all; it is checked once more.

    A fault that came up since leaves it waiting, and the report names it.
    """
    data = second_hands.begin_post(session, file, actor=actor, now=now)
    report = import_contributions(
        session, data, actor=actor, now=now, name=file.name, brought_by=file.brought_by
    )
    if report.batch_id is not None:
        file.batch_id = report.batch_id
        second_hands.settle(session, file, actor=actor, now=now)
    return report


def refuse(
    session: Session, file: ContributionFile, *, actor: Actor, now: dt.datetime, reason: str
) -> None:
    """Refuse a file that another person brought; it stays on record and posts nothing."""
    second_hands.refuse(session, HANDS, file, actor=actor, now=now, reason=reason)
