"""One seed's story: its chance, its clock, its banks, and what was done so far."""

import datetime as dt
import random
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Session

from app.domain.policy import Actor
from app.extensions import db
from app.gateways.cardcheck import LocalCardCheck
from app.services.catalogue import reference_cache
from app.transaction import transaction
from tests.factories import SHANGHAI
from tests.simulation.bank import MOODS, Death, MoodyBank
from tests.simulation.hall import Files, Hall, MoodySms

FIRST_DAY = dt.date(2026, 1, 12)
DAYS = 350
DEATH = 0.02
"""How often a process dies in or right after a piece of work."""


class Broken(Exception):
    """An invariant does not hold; ``code`` names it."""

    def __init__(self, code: str, sentence: str) -> None:
        self.code = code
        super().__init__(f"{code}: {sentence}")


@dataclass
class Story:
    """What all that happens in one seed shares."""

    hall: Hall
    seed: int
    rng: random.Random = field(init=False)
    at: dt.datetime = field(init=False)
    banks: dict[int, MoodyBank] = field(init=False)
    counts: Counter[str] = field(default_factory=Counter)
    trace: deque[str] = field(default_factory=lambda: deque(maxlen=40))
    files: Files = field(default_factory=Files)
    foreign_planted: bool = False
    behind: dt.timedelta = dt.timedelta(0)
    nested: bool = False
    calm: bool = False

    def __post_init__(self) -> None:
        self.rng = random.Random(self.seed)
        day = FIRST_DAY + dt.timedelta(days=self.rng.randrange(DAYS))
        self.at = dt.datetime.combine(day, dt.time(9, self.rng.randrange(60)), SHANGHAI)
        self.sms = MoodySms(self.rng)
        self.card_check = LocalCardCheck()
        self.banks = {
            agency_id: MoodyBank(
                self.rng, self.true_now, self.meanwhile, self.rng.choice([*MOODS])
            )
            for agency_id in self.hall.cast.agencies
        }

    def now(self) -> dt.datetime:
        """Return the moment by the hall's clock, which somebody may have set back."""
        return self.true_now() - self.behind

    def true_now(self) -> dt.datetime:
        """Return the moment by the bank's clock."""
        return self.at.astimezone(dt.UTC)

    def meanwhile(self, where: str) -> None:
        """Give others a chance to act while one waits; the runner fills this in."""

    def chance(self, share: float) -> bool:
        """Say yes so often; never once the story calms down."""
        return self.rng.random() < share and not self.calm

    @contextmanager
    def work(self) -> Iterator[Session]:
        """Do one piece of work as an entry point does; the process may die in it or after it."""
        with transaction() as session:
            yield session
            if self.chance(DEATH):
                raise Death("before the commit")
        if self.chance(DEATH):
            raise Death("after the commit")

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        """Read as somebody does who looks at a list; the process may die over it."""
        rows = read(query)
        for when in ("before", "after"):
            if self.chance(DEATH):
                raise Death(f"{when} the commit")
        return rows

    def crash_point(self, name: str) -> None:
        """Be what ``ANJU_CRASH_AT`` names: die there, or let the others go on."""
        if self.chance(DEATH):
            raise Death(name)
        if not name.endswith(".written"):
            self.meanwhile(name)

    def note(self, what: str) -> None:
        """Remember what happened, for the report of a failure."""
        self.counts["events"] += 1
        self.trace.append(f"{self.at:%m-%d %H:%M} {'  ' * self.nested}{what}")

    def bury(self, death: Death) -> None:
        """End a process: what it had in memory is gone."""
        self.counts["deaths"] += 1
        self.note(f"died {death}")
        db.session.remove()
        reference_cache.forget()


def read(query: str) -> list[tuple[Any, ...]]:
    """Read what is committed, straight from the driver: a tenth of what the models take."""
    with closing(db.engine.raw_connection()) as raw:
        cursor = raw.cursor()
        cursor.execute(query)
        return list(cursor.fetchall())


def words(terms: Iterable[StrEnum]) -> str:
    """Return terms as a list of SQL."""
    return "({})".format(", ".join(f"'{term.value}'" for term in terms))


def proven(story: Story, actor: Actor) -> Actor:
    """Return somebody who has just proved again who they are."""
    return replace(actor, proven_at=story.now(), sms_proven_at=story.now())
