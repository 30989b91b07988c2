"""A bank with moods: answers, is silent, is late, refuses, sends back; it books a reference once."""

import datetime as dt
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal

from app.gateways.bank import BankState, Payment, Receipt, Statement, StatementLine
from app.gateways.bank.codes import REASONS
from tests.factories import SHANGHAI

REFUSALS = sorted(REASONS.keys() - {"AM05", "DUPL"})
SILENCE = ("time_out", "unreadable", "http_500")
MOODS = {
    "calm": {"ok": 90, "paid": 5, "slow": 5},
    "human": {"ok": 50, "paid": 10, "slow": 15, "refused": 15, "done": 4, "lost": 3, "none": 3},
    "bad": {
        "ok": 20, "paid": 5, "slow": 15, "refused": 10, "refused_mute": 5, "done": 10,
        "lost": 10, "late": 10, "none": 5, "die_before": 5, "die_after": 5,
    },
}  # fmt: skip
WINDOW = dt.time(9)


class Death(BaseException):
    """The process ends here: its session and all it had in memory are gone."""


@dataclass
class Held:
    """One payment as the bank has it; it arrives or is decided at ``then``, if that is set."""

    payment: Payment
    state: BankState
    code: str = ""
    then: dt.datetime | None = None
    arrived: bool = True
    booked_at: dt.datetime | None = None


@dataclass
class MoodyBank:
    """The bank of one agency; ``meanwhile`` lets the world go on while it is asked."""

    rng: random.Random
    clock: Callable[[], dt.datetime]
    meanwhile: Callable[[str], None]
    mood: str = "human"
    held: dict[str, Held] = field(default_factory=dict)
    booked: list[StatementLine] = field(default_factory=list)
    foreign: int = 0
    misuse: list[str] = field(default_factory=list)
    words: Counter[str] = field(default_factory=Counter)

    def send(self, payment: Payment) -> Receipt:
        """Take a payment as the mood has it; one that is known is never taken again."""
        self.pass_time()
        word = self._word()
        self.words[word] += 1
        if word == "die_before":
            raise Death("before the bank got it")
        if word not in ("none", "lost"):
            answer = self._known(payment) or self._take(payment, word)
        elif word == "none":
            answer = self._say(BankState.UNKNOWN, "no_connection")
        else:
            answer = self._say(BankState.UNKNOWN, "time_out")
        self.meanwhile("sent")
        if word == "die_after":
            raise Death("after the bank got it")
        return answer

    def query(self, reference: str) -> Receipt:
        """Say what became of a reference, if in the mood."""
        self.pass_time()
        self.meanwhile("asked")
        if self.mood != "calm" and self.rng.random() < (0.3 if self.mood == "bad" else 0.05):
            self.words["mute"] += 1
            return self._say(BankState.UNKNOWN, self.rng.choice(SILENCE))
        held = self.held.get(reference)
        if held is None or not held.arrived:
            return self._say(BankState.NOT_FOUND)
        return self._say(held.state, held.code, held.payment)

    def statement(self, day: dt.date) -> Statement:
        """Return the bookings of a day; complete when it is over and nothing goes wrong."""
        self.pass_time()
        lines = tuple(row for row in self.booked if _day(row.booked_at) == day)
        if day >= _day(self.clock()):
            return Statement(day, lines, complete=False, problem="day_open")
        if self.mood != "calm" and self.rng.random() < 0.15:
            problem = self.rng.choice(("wrong_totals", "time_out", "unreadable"))
            return Statement(day, lines[:-1], complete=False, problem=problem)
        return Statement(day, lines, complete=True)

    def bounce(self) -> bool:
        """Send one of the last week's payments back."""
        week = self.clock() - dt.timedelta(days=6)
        out = [
            key
            for key, held in self.held.items()
            if held.state is BankState.PAID and held.booked_at and held.booked_at > week
        ]
        if not out:
            return False
        held = self.held[self.rng.choice(out)]
        held.state, held.code = BankState.RETURNED, self.rng.choice(REFUSALS)
        self._book(held.payment, -held.payment.amount)
        self.words["bounce"] += 1
        return True

    def book_foreign(self) -> None:
        """Book a payment that is nobody's, by a mistake of the bank."""
        self.foreign += 1
        self.booked.append(
            StatementLine(f"X{self.foreign:09d}", Decimal(7), "某人", "0", self.clock())
        )

    def pass_time(self) -> None:
        """Let late messages arrive and slow payments be decided."""
        for held in self.held.values():
            if held.then is None or held.then > self.clock():
                continue
            held.then, held.arrived = None, True
            if self.mood != "calm" and self.rng.random() < 0.25:
                held.state, held.code = BankState.REJECTED, self.rng.choice(REFUSALS)
            else:
                self._pay(held)

    def net(self, reference: str) -> Decimal:
        """Return what has gone out for good under a reference, yuan."""
        return sum(
            (row.amount for row in self.booked if row.reference == reference), Decimal(0)
        )

    def has(self, reference: str) -> bool:
        """Tell whether money is out, or may still go out, under a reference."""
        held = self.held.get(reference)
        return held is not None and (held.then is not None or held.state is BankState.PAID)

    def _known(self, payment: Payment) -> Receipt | None:
        held = self.held.get(payment.reference)
        if held is None:
            return None
        if held.payment != payment:
            self.misuse.append(f"{payment.reference} stands for two payments")
        if not held.arrived or held.state is BankState.PAID:
            self.misuse.append(f"{payment.reference} was sent again while the bank had it")
        state = self.rng.choice((held.state, BankState.REJECTED))  # DUPL is no refusal
        return self._say(state, "DUPL")

    def _take(self, payment: Payment, word: str) -> Receipt:
        held = self.held[payment.reference] = Held(payment, BankState.PROCESSING)
        if word in ("slow", "late"):
            held.arrived = word == "slow"
            held.then = self._soon()
            if word == "late":
                return self._say(BankState.UNKNOWN, "time_out")
            return self._say(self.rng.choice((BankState.ACCEPTED, BankState.PROCESSING)))
        if word in ("refused", "refused_mute"):
            held.state, held.code = BankState.REJECTED, self.rng.choice(REFUSALS)
            if word == "refused":
                return self._say(held.state, held.code, payment)
            return self._say(BankState.UNKNOWN, self.rng.choice(SILENCE))
        self._pay(held)
        if word == "done":
            return self._say(BankState.UNKNOWN, self.rng.choice(SILENCE))
        return self._say(BankState.PAID if word == "paid" else BankState.ACCEPTED)

    def _pay(self, held: Held) -> None:
        held.state, held.booked_at = BankState.PAID, self.clock()
        self._book(held.payment, held.payment.amount)

    def _book(self, payment: Payment, amount: Decimal) -> None:
        self.booked.append(
            StatementLine(
                payment.reference, amount, payment.payee_name, payment.payee_card, self.clock()
            )
        )

    def _soon(self) -> dt.datetime:
        """Return a moment before the end of the window in which "not found" is no proof."""
        now = self.clock()
        end = dt.datetime.combine(_day(now) + dt.timedelta(days=1), WINDOW, SHANGHAI)
        return now + self.rng.random() * (end - now)

    def _word(self) -> str:
        weights = MOODS[self.mood]
        return self.rng.choices(list(weights), list(weights.values()))[0]

    def _say(self, state: BankState, code: str = "", payment: Payment | None = None) -> Receipt:
        shown = payment is not None and self.rng.random() < 0.5
        return Receipt(
            state, code, "", self.clock(), b"asked", b"answered",
            amount=payment.amount if payment and shown else None,
            payee_tail=payment.payee_card[-4:] if payment and shown else "",
        )  # fmt: skip


def _day(moment: dt.datetime) -> dt.date:
    return moment.astimezone(SHANGHAI).date()
