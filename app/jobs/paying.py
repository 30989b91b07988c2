"""The payments of every agency, each through its own bank."""

import datetime as dt
import logging
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field

from app import outside
from app.jobs import day_ends, housekeeping, leader
from app.jobs.payouts import Counts, recover, run_payouts
from app.models import Agency
from app.services import reference
from app.services.paying import stops
from app.transaction import transaction

TURN = 300.0
"""Seconds until the others have their turn; the bank's hours, caps and day are those of its begin."""

log = logging.getLogger(__name__)


@dataclass
class Turns:
    """The agencies of one run, each paying for a while, until none has anything left to send."""

    now: dt.datetime
    stopping: Callable[[], bool]
    begun: float = field(default_factory=time.monotonic)
    done: dict[int, Counts] = field(default_factory=dict)
    faults: list[Exception] = field(default_factory=list)

    def go_round(self, agencies: Iterable[int]) -> None:
        """Let every agency pay; what one cannot get over is kept, the others go on."""
        waiting = deque(agencies)
        while waiting and not self.stopping():
            agency_id = waiting.popleft()
            try:
                if self._pay(agency_id):
                    waiting.append(agency_id)
            except Exception as fault:
                log.exception("the payments of agency %s ended early", agency_id)
                self.faults.append(fault)

    def _pay(self, agency_id: int) -> bool:
        """Run the payments of one agency for one turn; tell whether it needs another."""
        begun = time.monotonic()
        with transaction() as session:
            bank = outside.bank(session.get_one(Agency, agency_id))
        counts = run_payouts(
            bank, now=self.now + dt.timedelta(seconds=int(begun - self.begun)),
            agency_id=agency_id, alone=False,
            stopping=lambda: self.stopping() or time.monotonic() >= begun + TURN,
        )  # fmt: skip
        is_cut = time.monotonic() >= begun + TURN and counts.claimed > 0
        if agency_id in self.done:
            counts.go_on_from(self.done[agency_id])
        self.done[agency_id] = counts
        return is_cut


def pay_all(*, now: dt.datetime, stopping: Callable[[], bool] = lambda: False) -> Counts:
    """Run the payments of all agencies; a run beside others leaves their fresh claims alone.

    They take turns until nothing is left to send: many payments of one hold up no other. What
    one agency's run cannot get over is raised at the end, when the others had their turn.
    """
    total, turns = Counts(), Turns(now, stopping)

    def take_over() -> None:
        total.recovered = recover(now=now)

    with transaction() as session:
        agency_ids = [agency.id for agency in reference.agencies(session)]
    with leader.presence("payouts", when_alone=take_over):
        turns.go_round(agency_ids)
    for counts in turns.done.values():
        for key, value in asdict(counts).items():
            setattr(total, key, getattr(total, key) + value)
    day_ends.close_days(now=now)
    prove_for_lifts(now=now)
    if turns.faults:
        raise turns.faults[0]
    return total


def prove_for_lifts(*, now: dt.datetime) -> None:
    """Prove the books where somebody proposed that stopped payouts go on."""
    with transaction() as session:
        wanted = stops.wants_proof(session, now=now)
    if wanted:
        housekeeping.prove_books(now=now)
