"""What an address of the office asks for."""

import datetime as dt

from flask import abort


def date_of(text: str) -> dt.date:
    """Return the date in an address; 404 for what is none."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        abort(404)
