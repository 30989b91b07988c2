"""One seed from beginning to end: steps, checks after each, a calm end, one line."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa

from app.domain.errors import ManyProblems, RuleBroken
from app.domain.terms import PayoutStatus
from app.domain.workdays import local_date
from app.jobs.payouts import run_payouts
from app.models import Application, Payout
from app.transaction import transaction
from tests.factories import SHANGHAI
from tests.simulation import accounts, applicants, checks, money, office
from tests.simulation.bank import Death
from tests.simulation.books import Books
from tests.simulation.cast import SETTLED
from tests.simulation.hall import Hall, another_process
from tests.simulation.story import Broken, Story

STEPS = 200
"""Deeds of a seed; what banks, workers and deaths add to them comes on top."""

CALM_DAYS = 16
"""At the end: the longest holiday, after which a closed bank is tried again, and its statements."""

FEWEST_CALM_DAYS = 2
CALM_HOURS = (dt.time(9, 30), dt.time(15))
PROVE_EVERY = 50
MEANWHILE = 0.06

DEEDS: tuple[tuple[int, Callable[[Story], str]], ...] = (
    (4, applicants.start), (8, applicants.go_on), (2, applicants.cancel),
    (8, applicants.change_card), (44, office.review), (3, office.send_back),
    (1, office.refuse), (1, office.void), (3, office.flag), (10, office.check_card),
    (22, money.run), (14, money.pass_time), (3, money.set_clock), (8, accounts.bring),
    (5, money.bounce), (1, money.book_foreign), (4, money.resolve), (3, money.mend), (4, money.resume),
    (4, money.keep_house), (10, accounts.post), (8, accounts.open_supplement), (5, accounts.reverse),
)  # fmt: skip
WEIGHTS = [weight for weight, _ in DEEDS]
CHOICES = [deed for _, deed in DEEDS]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a seed: its line, whether all held, and its last events."""

    line: str
    ok: bool
    trace: tuple[str, ...]
    counts: dict[str, int]


class Runner:
    """Plays one story on a hall."""

    def __init__(self, hall: Hall, seed: int, steps: int) -> None:
        self.hall, self.seed, self.steps = hall, seed, steps
        self.story, self.books = Story(hall, seed), Books()
        for bank in self.story.banks.values():
            bank.meanwhile = self.meanwhile
        self.story.meanwhile = self.meanwhile  # type: ignore[method-assign]

    def play(self) -> Outcome:
        """Play to the end and tell in one line; a broken invariant ends it at once."""
        self.hall.begin()
        config = self.hall.app.config
        config["ANJU_CRASH_AT"] = self.story.crash_point
        try:
            with another_process(self.hall.app):
                return self._told(self._until_the_end())
        finally:
            config["ANJU_CRASH_AT"] = ""

    def meanwhile(self, where: str) -> None:
        """Let another process do something while this one waits; never twice nested."""
        story = self.story
        if story.nested or not story.chance(MEANWHILE):
            return
        story.note(f"meanwhile, at {where}:")
        story.nested = True
        try:
            with another_process(self.hall.app):
                self._try(story.rng.choices(CHOICES, WEIGHTS)[0])
        finally:
            story.nested = False

    def _until_the_end(self) -> Broken | None:
        try:
            for number in range(1, self.steps + 1):
                self.story.at += dt.timedelta(minutes=self.story.rng.randrange(20))
                self._try(self.story.rng.choices(CHOICES, WEIGHTS)[0])
                checks.after_step(self.story, self.books)
                if number % PROVE_EVERY == 0:
                    with transaction() as session:
                        checks.prove(session)
            self._calm_down()
            checks.at_end(self.story)
        except Broken as broken:
            return broken
        except Exception as fault:
            return Broken("exception", f"{type(fault).__name__}: {fault}".split("\n")[0])
        return None

    def _try(self, deed: Callable[[Story], str]) -> None:
        story = self.story
        try:
            if told := deed(story):
                story.note(told)
        except RuleBroken as refused:
            story.counts["refused"] += 1
            story.note(f"{deed.__name__} refused: {_why(refused)}")
        except Death as death:
            story.bury(death)

    def _calm_down(self) -> None:
        """Let some quiet days go by, in which every payment must come to its end."""
        story = self.story
        story.calm, story.behind = True, dt.timedelta(0)
        office.let_go_on(story)
        for bank in story.banks.values():
            bank.mood = "calm"
        for number in range(1, CALM_DAYS + 1):
            day = local_date(story.now()) + dt.timedelta(days=1)
            for hour in CALM_HOURS:
                story.at = dt.datetime.combine(day, hour, SHANGHAI)
                for agency_id, bank in story.banks.items():
                    money.resume(story)
                    run_payouts(bank, now=story.now(), agency_id=agency_id)
            checks.after_step(story, self.books)
            if number >= FEWEST_CALM_DAYS and not checks.open_payments():
                return

    def _told(self, broken: Broken | None) -> Outcome:
        story, counts = self.story, self.story.counts
        with transaction() as session:
            cases = session.scalar(
                sa.select(sa.func.count()).where(Application.number.is_not(None))
            )
            grouped = sa.select(Payout.status, sa.func.count()).group_by(Payout.status)
            ends = {row[0]: row[1] for row in session.execute(grouped)}
        facts = {
            "cases": cases or 0,
            "paid": ends.get(PayoutStatus.SETTLED, 0),
            "returned": ends.get(PayoutStatus.RETURNED, 0),
            "unknown": counts["unknown"],
            "refused": counts["refused"],
            "deaths": counts["deaths"],
            "supplements": counts["supplements"],
            "reversed": counts["reversed"],
            "steps": counts["events"],
        }
        said = " ".join(f"{key}={value}" for key, value in facts.items())
        end = f"FAILED {said} {broken}" if broken else f"ok {said}"
        line = f"seed {self.seed} {end} digest={checks.digest(story)}"
        return Outcome(line, broken is None, tuple(story.trace), facts)


def prepare(hall: Hall) -> None:
    """Fill the queue of a hall, and let every seed begin there."""
    story = Story(hall, 0)
    story.at, story.calm = SETTLED + dt.timedelta(hours=2), True
    with another_process(hall.app):
        applicants.queue(story)
    hall.keep()


def _why(refused: RuleBroken) -> str:
    problems = refused.problems if isinstance(refused, ManyProblems) else [refused]
    return " ".join(f"{one.code}({one.field})" for one in problems)


def play(hall: Hall, seed: int, steps: int = STEPS) -> Outcome:
    """Play one seed on a hall."""
    return Runner(hall, seed, steps).play()
