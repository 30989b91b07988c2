"""How the simulated bank misbehaves: scripted by card, amount, reference, or the next calls."""

import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from .codes import REASONS


class Fault(StrEnum):
    """What the bank does with one call."""

    OK = "ok"
    SLOW = "slow"
    TIME_OUT = "time_out"
    LOST = "lost"
    REJECT = "reject"
    LATE = "late"
    RETURN = "return"
    GARBAGE = "garbage"
    HTTP_500 = "http_500"


@dataclass(frozen=True, slots=True)
class Behaviour:
    """A fault and, for refusals and returns, its reason code."""

    fault: Fault = Fault.OK
    code: str = ""

    @classmethod
    def read(cls, text: str) -> "Behaviour":
        """Read ``fault`` or ``fault:CODE``; raises ``ValueError`` for what does not exist."""
        word, _, code = text.partition(":")
        fault = Fault(word)
        if fault in {Fault.REJECT, Fault.RETURN}:
            code = code or "AC01"
            if code not in REASONS:
                raise ValueError(f"no such reason code: {code}")
        return cls(fault, code)


CARD_TAILS: Mapping[str, Behaviour] = {
    tail: Behaviour.read(text)
    for tail, text in {
        "990001": "slow",
        "990002": "time_out",
        "990003": "lost",
        "990004": "late",
        "990005": "return:AC04",
        "990006": "garbage",
        "990007": "http_500",
        "990011": "reject:AC01",
        "990012": "reject:AC03",
        "990013": "reject:AC04",
        "990014": "reject:AC06",
        "990015": "reject:AG01",
        "990016": "reject:AM04",
        "990017": "reject:BE01",
        "990018": "reject:RC01",
        "990019": "reject:RR04",
        "990020": "reject:TM01",
        "990021": "reject:FF01",
        "990022": "reject:MS02",
        "990023": "reject:MS03",
        "990024": "reject:NARR",
    }.items()
}
STATEMENT_FAULTS = frozenset({"wrong_totals", "missing", "doubled", "wrong_amount", "extra"})


@dataclass(frozen=True, slots=True)
class Rule:
    """Payments whose ``field`` (card, amount or reference) ends in ``tail`` behave so."""

    field: str
    tail: str
    behaviour: Behaviour


class Script:
    """The behaviour in force; every control message replaces the parts it names."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rules: list[Rule] = []
        self._default: Behaviour | None = None
        self._sends: deque[Behaviour] = deque()
        self._queries: deque[Behaviour] = deque()
        self._now: datetime | None = None
        self.delay = 2.0
        self.hold = 30.0
        self.statement: list[dict[str, str]] = []

    def now(self) -> datetime:
        """Return the bank's time: the one set by control, else the machine's."""
        return self._now or datetime.now(UTC)

    def for_send(self, card: str, amount: str, reference: str, *, again: bool) -> Behaviour:
        """Choose the behaviour of a sending: next call, rules, default, then the card's tail.

        What a card's tail scripts befalls the first sending only; ``again`` marks later ones.
        """
        values = {"card": card, "amount": amount, "reference": reference}
        with self._lock:
            if self._sends:
                return self._sends.popleft()
            for rule in self._rules:
                if values[rule.field].endswith(rule.tail):
                    return rule.behaviour
            if self._default is not None:
                return self._default
        return Behaviour() if again else CARD_TAILS.get(card[-6:], Behaviour())

    def for_query(self) -> Behaviour:
        """Choose the behaviour of a query: scripted by control only."""
        with self._lock:
            return self._queries.popleft() if self._queries else Behaviour()

    def update(self, said: Mapping[str, Any]) -> None:
        """Take a control message; raises ``ValueError`` and changes nothing when it is wrong.

        ``rules`` [{field, tail, fault}], ``default`` (fault or null), ``next_sends`` and
        ``next_queries`` [fault], ``delay`` and ``hold`` (seconds), ``now`` (ISO time or null),
        ``statement`` [{kind, reference}].
        """
        unknown = set(said) - set(_READERS)
        if unknown:
            raise ValueError(f"no such control: {', '.join(sorted(unknown))}")
        changes = {_READERS[key][0]: _READERS[key][1](value) for key, value in said.items()}
        with self._lock:
            for name, value in changes.items():
                setattr(self, name, value)


def _rules(rows: list[dict[str, str]]) -> list[Rule]:
    for row in rows:
        if row["field"] not in {"card", "amount", "reference"}:
            raise ValueError(f"no such field: {row['field']}")
    return [Rule(row["field"], row["tail"], Behaviour.read(row["fault"])) for row in rows]


def _default(text: str | None) -> Behaviour | None:
    return None if text is None else Behaviour.read(text)


def _calls(texts: list[str]) -> deque[Behaviour]:
    return deque(Behaviour.read(text) for text in texts)


def _time(text: str | None) -> datetime | None:
    if text is None:
        return None
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError("a time needs its zone")
    return at.astimezone(UTC)


def _statement(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    for row in rows:
        if row["kind"] not in STATEMENT_FAULTS:
            raise ValueError(f"no such statement fault: {row['kind']}")
    return rows


_READERS: Mapping[str, tuple[str, Callable[[Any], Any]]] = {
    "rules": ("_rules", _rules),
    "default": ("_default", _default),
    "next_sends": ("_sends", _calls),
    "next_queries": ("_queries", _calls),
    "delay": ("delay", float),
    "hold": ("hold", float),
    "now": ("_now", _time),
    "statement": ("statement", _statement),
}
