"""Days and moments as the database keeps them."""

import datetime as dt
import functools

from app.domain.workdays import Calendar

DAY_SECONDS = 86_400
OPENS = 3_600
"""09:00 in Shanghai, in seconds of the day in UTC."""


@functools.cache
def day_text(ordinal: int) -> str:
    """Return a date as the database keeps it."""
    return dt.date.fromordinal(ordinal).isoformat()


def moment(at: int) -> str:
    """Return a moment, counted in seconds since the first day, as UTC text."""
    ordinal, second = divmod(at, DAY_SECONDS)
    minutes, seconds = divmod(second, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{day_text(ordinal)} {hours:02d}:{minutes:02d}:{seconds:02d}.000000"


class Days:
    """The working days up to yesterday, and terms counted from them."""

    def __init__(self, calendar: Calendar, today: dt.date, *, back: int) -> None:
        """Take as many working days before ``today`` as asked for."""
        self.calendar, self.today = calendar, today.toordinal()
        days: list[int] = []
        day = self.today
        while len(days) < back:
            day -= 1
            if calendar.is_workday(dt.date.fromordinal(day)):
                days.append(day)
        self.workdays = days[::-1]
        self.due = functools.cache(self._due)

    def next_workday(self, ordinal: int) -> int:
        """Return the working day after a day."""
        return dt.date.fromisoformat(self.due(ordinal, 1)).toordinal()

    def date(self, ordinal: int) -> dt.date:
        """Return the date of a day's number."""
        return dt.date.fromordinal(ordinal)

    def _due(self, ordinal: int, count: int) -> str:
        return self.calendar.add_workdays(dt.date.fromordinal(ordinal), count).date.isoformat()
