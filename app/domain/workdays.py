"""Working days of the offices: the weekdays, the holidays and the swapped days (rule WF09)."""

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
"""The zone in which the offices count their days."""

_SATURDAY = 5
_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Deadline:
    """The last day of a term; estimated (预计) when it reaches a year not yet published."""

    date: dt.date
    estimated: bool


@dataclass(frozen=True, slots=True)
class Calendar:
    """The published calendar: days off, days worked instead, and the years it covers."""

    holidays: frozenset[dt.date]
    workday_swaps: frozenset[dt.date]
    known_years: frozenset[int]

    def is_workday(self, day: dt.date) -> bool:
        """Tell whether the offices work; a year not published goes by its weekdays."""
        if day in self.workday_swaps:
            return True
        return day.weekday() < _SATURDAY and day not in self.holidays

    def add_workdays(self, start: dt.date, count: int) -> Deadline:
        """Return the day a term of ``count`` working days ends; the day after start is one.

        A start in the evening or on a day off is a start on that date. Zero days end at once.
        """
        if count == 0:
            return Deadline(start, estimated=False)
        day = self.workdays_from(start, count)[-1]
        reached = range((start + _DAY).year, day.year + 1)
        return Deadline(day, estimated=not self.known_years.issuperset(reached))

    def workdays_from(self, start: dt.date, count: int) -> list[dt.date]:
        """Return the first ``count`` working days after a day; ``ValueError`` below zero."""
        if count < 0:
            raise ValueError(f"cannot count {count} working days")
        days: list[dt.date] = []
        day = start
        while len(days) < count:
            day += _DAY
            if self.is_workday(day):
                days.append(day)
        return days

    def days_before(self, day: dt.date, count: int) -> dt.date:
        """Return the last day after which ``count`` working days passed by ``day``, with it."""
        while count > 0:
            count -= self.is_workday(day)
            day -= _DAY
        return day

    def workdays_between(self, start: dt.date, end: dt.date) -> int:
        """Count the working days after ``start`` up to and with ``end``; below zero when past.

        So a term of three days, asked at its start, has three left, and at its end none.
        """
        if end < start:
            return -self.workdays_between(end, start)
        span = range(1, (end - start).days + 1)
        return sum(self.is_workday(start + dt.timedelta(days=ahead)) for ahead in span)


def local_date(moment: dt.datetime) -> dt.date:
    """Return the date in Shanghai of a moment; ``ValueError`` when it has no zone."""
    if moment.tzinfo is None:
        raise ValueError("a moment without a zone has no date")
    return moment.astimezone(SHANGHAI).date()
