"""What happens to accounts: money paid in by file and by two, late money, reversals."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from app.domain.policy import Actor
from app.domain.terms import AccountState, Role
from app.domain.workdays import local_date
from app.models import Account, ContributionFile, JournalEntry, LedgerReversal
from app.services.accounting import contribution_files, reversals, supplements
from tests.simulation.story import Broken, Story, proven

REVERSED = "('contribution', 'late', 'late_credit', 'interest')"
DAYS_AGO = (0, 0, 3, 40)
"""How many days before it comes money may count."""

MOSTLY = 0.7
SUMS = ("0.01", "37.50", "500.00", "12000.00")


def bring(story: Story) -> str:
    """Bring a file of money paid in, now and then the same one twice; mostly for what is closed."""
    agency_id, code = story.rng.choice(_agencies(story))
    rows = story.ask(
        "SELECT scheme.code, account.number, account.state, account.closing FROM account"
        " JOIN scheme ON scheme.id = account.scheme_id"
        f" WHERE account.agency_id = {agency_id:d} ORDER BY account.id"
    )
    closed = [
        row for row in rows if row[3] or row[2] == AccountState.CLOSED_BY_WITHDRAWAL.value
    ]
    chosen = closed if closed and story.rng.random() < MOSTLY else rows
    data = _file(story, code, chosen)
    actor = _hand(story, agency_id, Role.PAYER)
    with story.work() as session:
        report = contribution_files.bring(
            session, data, name="in.csv", actor=actor, now=story.now()
        )
    return f"bring {report.total} {len(report.problems)} faults by {actor.name}"


def post(story: Story) -> str:
    """Post what somebody brought, or refuse it; also by those who may not."""
    rows = story.ask(
        "SELECT id, agency_id, brought_by FROM contribution_file"
        " WHERE settled_at IS NULL ORDER BY id"
    )
    if not rows:
        return ""
    file_id, agency_id, brought_by = story.rng.choice(rows)
    actor = _hand(story, agency_id, Role.RELEASER, Role.PAYER)
    with story.work() as session:
        file = session.get_one(ContributionFile, file_id)
        if story.rng.random() < 0.1:
            contribution_files.refuse(
                session, file, actor=actor, now=story.now(), reason="金额不符"
            )
        else:
            contribution_files.post(session, file, actor=actor, now=story.now())
        if file.settled_by == brought_by:
            raise Broken("four_eyes", f"one person brought and posted file {file_id}")
    return f"post {file_id} by {actor.name}"


def open_supplement(story: Story) -> str:
    """Open the case that pays what waits for a closed account."""
    agency_id, _ = story.rng.choice(_agencies(story))
    actor = _hand(story, agency_id, Role.PAYER)
    with story.work() as session:
        waiting = supplements.waiting(session, actor=actor)
        if not waiting:
            return ""
        account = story.rng.choice(waiting).account
        case = supplements.open_case(
            session, session.get_one(Account, account.id), actor=actor, now=story.now()
        )
        story.counts["supplements"] += 1
        return f"supplement {case.id} {case.amount} by {actor.name}"


def reverse(story: Story) -> str:
    """Ask that an entry be reversed, or confirm what somebody asked for."""
    asked = story.ask(
        "SELECT id, agency_id, proposed_by FROM ledger_reversal"
        " WHERE confirmed_at IS NULL ORDER BY id"
    )
    if asked and story.rng.random() < 0.7:
        return _confirm(story, *story.rng.choice(asked))
    rows = story.ask(
        f"SELECT id, agency_id FROM journal_entry WHERE kind IN {REVERSED} ORDER BY id"
    )
    if not rows:
        return ""
    entry_id, agency_id = story.rng.choice(rows)
    actor = _hand(story, agency_id, Role.PAYER)
    with story.work() as session:
        entry = session.get_one(JournalEntry, entry_id)
        reversals.propose(session, entry, actor=actor, now=story.now(), proof="单位来函 7 号")
    return f"ask to reverse {entry_id} by {actor.name}"


def _confirm(story: Story, reversal_id: int, agency_id: int, proposed_by: int) -> str:
    actor = _hand(story, agency_id, Role.RELEASER, Role.PAYER)
    with story.work() as session:
        asked = session.get_one(LedgerReversal, reversal_id)
        reversals.confirm(session, asked, actor=actor, now=story.now())
    if actor.user_id == proposed_by:
        raise Broken("four_eyes", f"one person reversed by {reversal_id}")
    story.counts["reversed"] += 1
    return f"reverse {reversal_id} by {actor.name}"


def _file(story: Story, agency: str, rows: Sequence[Any]) -> bytes:
    on = local_date(story.now())
    lines, total = [], 0
    for _ in range(story.rng.choice((1, 2))):
        scheme, number, *_ = story.rng.choice(rows)
        amount = story.rng.choice(SUMS)
        day = on - dt.timedelta(days=story.rng.choice(DAYS_AGO))
        lines.append(f"{agency},{scheme},{number},{amount},{day}")
        total += int(amount.replace(".", ""))
    name = f"{on}-{story.rng.randrange(3)}"
    head = "agency,scheme,account_number,amount,value_date"
    trailer = f"#TRAILER,{len(lines)},{total // 100}.{total % 100:02d},{name}"
    return "\n".join((head, *lines, trailer, "")).encode()


def _agencies(story: Story) -> list[tuple[int, str]]:
    return [(key, code) for key, code in story.ask("SELECT id, code FROM agency ORDER BY id")]


def _hand(story: Story, agency_id: int, *roles: Role) -> Actor:
    return proven(story, story.rng.choice(story.hall.cast.with_role(agency_id, *roles)))
