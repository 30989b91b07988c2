"""Payments that go by file: a batch is kept, put out whole, and answered by files.

The same steps as one by one, each a transaction of its own: take and check every payment, keep
the file, put it into the outbox, call its payments sent. A death after the file was kept leaves
it to be put out again, with the same bytes under the same number.
"""

import datetime as dt
import logging
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Protocol

from app.domain.errors import Invalid, RuleBroken
from app.domain.policy import WORKER
from app.gateways.bank.filed import FiledBank
from app.gateways.bank.folder import READ, REFUSED
from app.gateways.bank.orders import MOST_BYTES, Answer
from app.gateways.bank.protocol import Payment
from app.gateways.bank.ways import FORMS
from app.gateways.errors import Unavailable
from app.jobs import crash
from app.models import Agency, BankFile, Payout
from app.services import payouts
from app.services.paying import bank_answers, bank_arrivals, bank_files
from app.services.paying.bank_answers import Effect
from app.services.paying.claims import Claim, Round
from app.services.paying.payments import Outcome
from app.services.records.packing import unpack
from app.transaction import transaction

AT_ONCE = 100
"""So many payments of an answer are worked in by one transaction."""

IN_CLEAR = dt.timedelta(days=7)
"""So long a file that was read or refused stays on disk, where it is not sealed."""

STOP_BROKEN = "A payment broke a rule of the books."
log = logging.getLogger(__name__)


class Counting(Protocol):
    """The counts of a run."""

    claimed: int
    sent: int

    def add(self, outcome: Outcome) -> None:
        """Count what became of one payment."""


def begin(bank: FiledBank, counts: Counting, *, now: dt.datetime, agency_id: int) -> None:
    """Put out what a dead worker kept, take what lies in the inbox, work in what it says."""
    with transaction() as session:
        left = bank_files.unpublished(session, agency_id)
    for file_id in left:
        counts.sent += _put_out(bank, file_id, now=now)
    take_inbox(bank, now=now, agency_id=agency_id)
    bank.folder.tidy(now - IN_CLEAR)
    work_in(counts, now=now, agency_id=agency_id)
    with transaction() as session:
        bank_files.doubt_silent(session, agency_id, now=now)


def send_due(
    bank: FiledBank,
    counts: Counting,
    turn: Round,
    *,
    go_on: Callable[[], bool],
    take: Callable[[Round], Claim | None],
    check: Callable[[Claim, Round], Payment | None],
) -> None:
    """Take what is due and put it out, file by file, until nothing waits."""
    while turn.agencies and go_on():
        group: list[Claim] = []
        ended = False
        while len(group) < bank.most and turn.agencies and go_on():
            claim = take(turn)
            if claim is None:
                ended = True
                break
            counts.claimed += 1
            if check(claim, turn) is not None:
                group.append(claim)
        counts.sent += _write(bank, group, now=turn.now)
        turn.batches.clear()
        if ended:
            return


def take_inbox(bank: FiledBank, *, now: dt.datetime, agency_id: int) -> int:
    """Take every whole file from the inbox and move it out of there; return how many were good."""
    taken = 0
    try:
        names = list(bank.folder.arrived())
    except Unavailable:
        log.exception("the bank's inbox could not be read")
        return 0
    for name in names:
        try:
            data = bank.folder.fetch(name, MOST_BYTES)
            good = _take_one(bank, name, data, now=now, agency_id=agency_id)
            crash.point("inbox.kept")
            bank.folder.put_away(name, READ if good else REFUSED)
        except Exception:  # one file, whatever is in it, holds up no payment and no other file
            log.exception("a file of the bank could not be taken or moved")
            continue
        taken += good
    return taken


def days_here(agency_id: int, wanted: Iterable[dt.date]) -> list[dt.date]:
    """Return those of the days whose statement came as a file; the others come later."""
    with transaction() as session:
        here = set(bank_arrivals.days_kept(session, agency_id))
    return [day for day in wanted if day in here]


def work_in(counts: Counting, *, now: dt.datetime, agency_id: int) -> None:
    """Act on the confirmed answers, a few payments at a time, from where the last run ended."""
    with transaction() as session:
        files = bank_answers.waiting(session, agency_id)
    for file_id in files:
        with transaction() as session:
            file = session.get_one(BankFile, file_id)
            said = bank_arrivals.read(FORMS[file.form], unpack(file.content))
            assert isinstance(said, Answer)
            bank_files.arrived(session, file.about_id, now=now)
            found, start = bank_answers.effects(session, file, said), file.done_rows
        for at in range(start, max(len(found), start + 1), AT_ONCE):
            part = found[at : at + AT_ONCE]
            for outcome in _apply(file_id, part, now=now):
                if outcome is not Outcome.SENT:
                    counts.add(outcome)
            with transaction() as session:
                file = session.get_one(BankFile, file_id)
                bank_answers.done(session, file, at + len(part), all_rows=len(found), now=now)
            crash.point("answer.part")


def _write(bank: FiledBank, group: Iterable[Claim], *, now: dt.datetime) -> int:
    by_batch: dict[int, list[Claim]] = defaultdict(list)
    with transaction() as session:
        for claim in group:
            batch_id = session.get_one(Payout, claim.payout_id).batch_id
            assert batch_id is not None
            by_batch[batch_id].append(claim)
    sent = 0
    for batch_id, part in by_batch.items():
        with transaction() as session:
            file = bank_files.compose(session, batch_id, part, bank.form, now=now)
            crash.point("file.written")
            file_id = None if file is None else file.id
        crash.point("file.kept")
        if file_id is not None:
            sent += _put_out(bank, file_id, now=now)
    return sent


def _put_out(bank: FiledBank, file_id: int, *, now: dt.datetime) -> int:
    """Put a kept file into the outbox and call its payments sent; return how many were."""
    with transaction() as session:
        file = session.get_one(BankFile, file_id)
        if not bank_files.may_go(session, file, now=now):
            return 0
        name, content = file.name, unpack(file.content)
    try:
        bank.folder.publish(name, content)
    except Unavailable as fault:
        log.warning("a file for the bank was not put out: %s", fault.code)
        if fault.code == "clash":
            with transaction() as session:
                file = session.get_one(BankFile, file_id)
                bank_files.stop_for_clash(session, file, now=now)
        return 0
    crash.point("file.on_disk")
    with transaction() as session:
        sent = bank_files.published(session, session.get_one(BankFile, file_id), now=now)
        crash.point("file.sent")
    return sent


def _take_one(
    bank: FiledBank, name: str, data: bytes, *, now: dt.datetime, agency_id: int
) -> bool:
    """Take one file, or keep it as refused; what was taken before is good and changes nothing.

    A refused one that could not be moved out of the inbox is not kept again with every run.
    """
    try:
        with transaction() as session:
            agency = session.get_one(Agency, agency_id)
            bank_arrivals.take(
                session, agency, name, data, form=bank.form, actor=WORKER, now=now
            )
    except Invalid as why:
        if why.code == "bank_file_taken":
            return True
        with transaction() as session:
            agency = session.get_one(Agency, agency_id)
            if bank_arrivals.was_refused(session, agency, name, data):
                return False
            log.warning("a file of the bank was refused: %s", why.code)
            bank_arrivals.refuse(
                session, agency, name, data, why, form=bank.form, actor=WORKER, now=now
            )
        return False
    return True


def _apply(file_id: int, part: list[Effect], *, now: dt.datetime) -> list[Outcome]:
    """Act on a part at once; where a rule of the books breaks, one by one, and payouts stop."""
    try:
        with transaction() as session:
            return bank_answers.apply(
                session, session.get_one(BankFile, file_id), part, now=now
            )
    except RuleBroken:
        if len(part) > 1:
            return [one for effect in part for one in _apply(file_id, [effect], now=now)]
    with transaction() as session:
        payout = session.get_one(Payout, part[0].payout_id)
        payouts.stop(session, payout.agency_id, STOP_BROKEN, now=now, payout=payout.id)
    return []
