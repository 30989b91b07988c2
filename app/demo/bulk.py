"""Any number of invented people and cases: the same seed and day give the same rows."""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.demo import bulk_plan as plan
from app.demo.bulk_cases import add_case
from app.demo.bulk_people import (
    SECOND_ACCOUNT,
    Held,
    add_files,
    add_person,
    close_row,
    open_account,
)
from app.demo.bulk_world import Reason, World
from app.demo.bulk_writing import Writer
from app.models import (
    Account,
    Applicant,
    Application,
    BankCard,
    CaseEvent,
    ClockInterval,
    ImportBatch,
    JournalEntry,
    LedgerAccount,
    Material,
    Payout,
    Posting,
    ReturnItem,
    StatementLine,
)  # fmt: skip

TABLES = (
    Applicant, BankCard, Account, LedgerAccount, Application, Material, CaseEvent, ReturnItem,
    ClockInterval, Payout, ImportBatch, JournalEntry, Posting, StatementLine,
)  # fmt: skip
"""In the order in which rows refer to each other."""

MOST_CASES = 40
"""Cases that one account can have had within the history."""

CASES_A_CHUNK = 4_000
PEOPLE_A_CHUNK = 4_000
GAP = 12
"""Working days from one case of an account to the next, at least."""

YEAR = 250


@dataclass(frozen=True, slots=True)
class Wanted:
    """How many people and cases, from which seed; perhaps only cases that have ended."""

    applicants: int
    applications: int
    seed: int
    ended: bool = False

    def __post_init__(self) -> None:
        """Refuse more cases than so many people can have had."""
        if self.applicants < 1 or self.applications < 0:
            raise ValueError("at least one applicant is needed")
        if self.applications > MOST_CASES * self.applicants:
            raise ValueError(f"one person has at most {MOST_CASES} applications here")

    def cases_of(self, place: int) -> int:
        """Return how many cases the person at this place has."""
        whole, rest = divmod(self.applications, self.applicants)
        return whole + (place < rest)

    def chunks(self) -> Iterator[range]:
        """Yield the people who are written together."""
        each = max(1, -(-self.applications // self.applicants))
        size = max(1, min(PEOPLE_A_CHUNK, CASES_A_CHUNK // each))
        for start in range(0, self.applicants, size):
            yield range(start, min(start + size, self.applicants))


def first_index(session: Session) -> int:
    """Return the number of the next invented person: nobody gets another's numbers."""
    return session.scalar(sa.select(sa.func.max(Applicant.id))) or 0


def write_people(
    session: Session, world: World, wanted: Wanted, chunk: range, *, offset: int
) -> None:
    """Write some people with all that is theirs; the caller commits."""
    writer = Writer(session, TABLES)
    writer.reserve(session)
    for place in chunk:
        _add(writer, world, wanted, place, index=offset + place)
    add_files(writer, world, first=offset + chunk.start)
    writer.write(session)
    world.keep_serials(session)


def _add(writer: Writer, world: World, wanted: Wanted, place: int, *, index: int) -> None:
    person = add_person(writer, world, seed=wanted.seed, index=index)
    at = index % len(world.places)
    held = open_account(writer, world, person, world.places[at], index=index)
    newest = plan.EARLIER if wanted.ended else plan.LAST
    _add_cases(writer, world, held, wanted.cases_of(place), newest)
    close_row(writer, world, held)
    if len(world.places) > 1 and person.chance.random() < SECOND_ACCOUNT:
        other = world.places[(at + 1) % len(world.places)]
        more = open_account(writer, world, person, other, index=index, second=1)
        close_row(writer, world, more)


def _add_cases(
    writer: Writer, world: World, held: Held, count: int, newest: Mapping[str, int]
) -> None:
    """Add the cases of an account, the oldest first; only the newest may still be open."""
    if not count:
        return
    chance, end = held.person.chance, len(world.days.workdays) - 1
    outcome = _drawn(chance, newest)
    if outcome == "closed" and not held.place.closing:
        outcome = "paid"
    start = _start(chance, outcome, end)
    gap = max(GAP, min(YEAR, (start - GAP) // count))
    turn = chance.randrange(len(held.place.partial))
    for number in range(1, count):
        earlier = start - (count - number) * gap + chance.randrange(3)
        reason = held.place.partial[(turn + number) % len(held.place.partial)]
        add_case(
            writer, world, held, outcome=_drawn(chance, plan.EARLIER), reason=reason,
            start=max(0, earlier),
        )  # fmt: skip
    add_case(
        writer, world, held, outcome=outcome, reason=_reason(held, outcome, turn), start=start
    )


def _reason(held: Held, outcome: str, turn: int) -> Reason:
    of = held.place.closing if outcome == "closed" else held.place.partial
    return of[turn % len(of)]


def _start(chance: random.Random, outcome: str, end: int) -> int:
    """Return the working day on which the newest case was begun."""
    latest = end - plan.length(outcome)
    if outcome in plan.OPEN_LATELY:
        return latest - chance.randrange(3)
    return latest - chance.randrange(20 if outcome == "draft" else YEAR)


def _drawn(chance: random.Random, weights: Mapping[str, int]) -> str:
    return chance.choices(tuple(weights), tuple(weights.values()))[0]
