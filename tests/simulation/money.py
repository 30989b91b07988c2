"""What happens to payments: the worker's runs, doubts settled by people, returns."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

from app.domain.errors import RuleBroken
from app.domain.terms import PayoutStatus, Role
from app.jobs.deadlines import run_deadlines
from app.jobs.housekeeping import prove_books
from app.jobs.interest import settle_due
from app.jobs.notices import send_due
from app.jobs.payouts import run_payouts
from app.models import Payout, PayoutStop
from app.services.paying import resolutions, stops
from tests.simulation.story import Broken, Story, proven, words

BEHIND = (0, 0, 5, 180, 1440)
"""How many minutes the hall's clock may be behind the bank's."""

MENDABLE = (
    resolutions.office_tasks()
    .with_only_columns(Payout.id, Payout.agency_id)
    .order_by(Payout.id)
)

PASSING = ((30, 120), (30, 480), (25, 1440), (10, 4320), (5, 12_960))
"""How time passes: weight, minutes at most; the last is a long holiday."""


@contextmanager
def unrefused() -> Iterator[None]:
    """Break the story when a job is refused: nobody stands there to be told."""
    try:
        yield
    except RuleBroken as refused:
        raise Broken("job_refused", f"{refused.code}: {refused}") from refused


@unrefused()
def run(story: Story) -> str:
    """Run the payments of an agency; sometimes beside another worker, sometimes only a few."""
    agency_id = story.rng.choice(story.hall.cast.agencies)
    counts = run_payouts(
        story.banks[agency_id], now=story.now(), agency_id=agency_id,
        alone=story.rng.random() < 0.8,
        limit=1 if story.chance(0.1) else None,
    )  # fmt: skip
    for word in ("unknown", "returned", "rejected", "settled", "approved_again"):
        story.counts[word] += getattr(counts, word)
    return f"run {agency_id} {_said(counts)}"


def pass_time(story: Story) -> str:
    """Let minutes, a night, a weekend or a holiday go by; never within another's work."""
    if story.nested:
        return ""
    weights, longest = zip(*PASSING, strict=True)
    most = story.rng.choices(longest, weights)[0]
    story.at += dt.timedelta(minutes=story.rng.randrange(1, most))
    return "time"


def set_clock(story: Story) -> str:
    """Set the hall's clock back by minutes, hours or a day, or put it right again."""
    if story.nested:
        return ""
    story.behind = dt.timedelta(minutes=story.rng.choice(BEHIND))
    return f"the clock is {story.behind} behind"


def bounce(story: Story) -> str:
    """Let a bank send a payment back."""
    agency_id = story.rng.choice(story.hall.cast.agencies)
    return f"bounce at {agency_id}" if story.banks[agency_id].bounce() else ""


def book_foreign(story: Story) -> str:
    """Let a bank that has paid for us book what is not ours, once a story at most."""
    agency_id = story.rng.choice(story.hall.cast.agencies)
    if story.foreign_planted or not story.banks[agency_id].booked:
        return ""
    story.banks[agency_id].book_foreign()
    story.foreign_planted = True
    return f"foreign booking at {agency_id}"


def resolve(story: Story) -> str:
    """Say what became of a payment in doubt, as the bank told by telephone, or confirm it."""
    rows = story.ask(
        "SELECT id, agency_id, bank_reference FROM payout"
        f" WHERE status IN {words([PayoutStatus.UNKNOWN])} ORDER BY id"
    )
    if not rows:
        return ""
    payout_id, agency_id, reference = story.rng.choice(rows)
    end = _truth(story, agency_id, reference)
    if end is None:
        return ""
    hands = story.hall.cast.with_role(agency_id, Role.PAYER, Role.RELEASER)
    actor = proven(story, story.rng.choice(hands))
    with story.work() as session:
        said = resolutions.resolve_unknown(
            session, session.get_one(Payout, payout_id), actor=actor, now=story.now(),
            outcome=end, proof="回单 2026",
        )  # fmt: skip
        if said.confirmed_by is not None and said.confirmed_by == said.proposed_by:
            raise Broken("four_eyes", f"one person settled the doubt of payout {payout_id}")
    return f"resolve {payout_id} {end} by {actor.name}"


def mend(story: Story) -> str:
    """Put right what the bank refused and only the office can mend, or hand it on; by two."""
    with story.work() as session:
        rows = session.execute(MENDABLE).all()
    if not rows:
        return ""
    payout_id, agency_id = story.rng.choice(rows)
    end = PayoutStatus.APPROVED if payout_id % 3 else PayoutStatus.REJECTED
    hands = story.hall.cast.with_role(agency_id, Role.PAYER, Role.RELEASER)
    actor = proven(story, story.rng.choice(hands))
    with story.work() as session:
        resolutions.settle_refusal(
            session, session.get_one(Payout, payout_id), actor=actor, now=story.now(),
            outcome=end, proof="已与银行核对",
        )  # fmt: skip
    return f"mend {payout_id} {end} by {actor.name}"


def resume(story: Story) -> str:
    """Let stopped payouts go on, after somebody has looked."""
    for agency_id in story.hall.cast.agencies:
        rows = story.ask(
            f"SELECT id FROM payout_stop WHERE agency_id = {agency_id:d}"
            " AND lifted_at IS NULL ORDER BY id"
        )
        if rows:
            _lift(story, agency_id, rows[0][0])
            return f"resume {agency_id}"
    return ""


def _lift(story: Story, agency_id: int, stop_id: int) -> None:
    """Let one propose, prove the books, let another confirm."""
    first = story.hall.cast.with_role(agency_id, Role.PAYER)[0]
    second = proven(story, story.hall.cast.with_role(agency_id, Role.RELEASER)[0])
    with story.work() as session:
        stop = session.get_one(PayoutStop, stop_id)
        if stop.proposed_by is None:
            stops.propose_lift(session, stop, actor=first, now=story.now(), why="已核对")
    if prove_books(now=story.now()):
        raise Broken("books", "the books do not hold before payouts go on")
    with story.work() as session:
        stop = session.get_one(PayoutStop, stop_id)
        stops.confirm_lift(session, stop, actor=second, now=story.now())


@unrefused()
def keep_house(story: Story) -> str:
    """Do what the clock does besides paying: deadlines, messages, interest, the proof of the books."""
    deed = story.rng.choice(("deadlines", "notices", "interest", "books"))
    if deed == "interest":
        return f"interest {settle_due(now=story.now())}"
    if deed == "deadlines":
        return f"deadlines {run_deadlines(now=story.now())}"
    if deed == "notices":
        return f"notices {send_due(story.sms, now=story.now(), limit=20)}"
    if prove_books(now=story.now()):
        raise Broken("books", "the daily proof of the books found a difference")
    return "proof of the books"


def _truth(story: Story, agency_id: int, reference: str) -> PayoutStatus | None:
    """Return what the bank would say on paper, or nothing while it cannot tell."""
    bank = story.banks[agency_id]
    bank.pass_time()
    held = bank.held.get(reference)
    if held is None:
        return PayoutStatus.APPROVED
    if held.then is not None or held.state.value == "returned":
        return None
    return PayoutStatus(held.state.value)


def _said(counts: object) -> str:
    return " ".join(f"{key}={value}" for key, value in vars(counts).items() if value)
