"""Who came from outside and is not bound yet: kept sealed in the visitor's own cookie."""

import datetime as dt
import json
from dataclasses import dataclass, replace

from flask import session

from app import current, sealing
from app.domain.outside_person import OutsidePerson

KEY = "outside_person"
PLACE = "cookie.outside_person"
LASTS = dt.timedelta(minutes=30)
"""Time to prove the own log-in, or to register."""


@dataclass(frozen=True, slots=True)
class Pending:
    """Somebody who logged in elsewhere; ``user_id`` once the first proof here is right."""

    person: OutsidePerson
    how: str
    next_page: str
    until: dt.datetime
    user_id: int | None = None


def keep(person: OutsidePerson, *, how: str, next_page: str) -> None:
    """Remember who came, until the time is over or the browser logs in."""
    _write(Pending(person, how, next_page, current.now() + LASTS))


def prove(pending: Pending, user_id: int) -> None:
    """Remember whose password was right; the code is still to come."""
    _write(replace(pending, user_id=user_id))


def forget() -> None:
    """Forget who came."""
    session.pop(KEY, None)


def find() -> Pending | None:
    """Return who came and is waited for; what is too old or was changed counts for nothing."""
    sealed = session.get(KEY)
    if not isinstance(sealed, str):
        return None
    try:
        record = json.loads(sealing.ring().open(sealed, PLACE))
        pending = Pending(
            person=OutsidePerson.from_record(record["person"]),
            how=record["how"],
            next_page=record["next_page"],
            until=dt.datetime.fromisoformat(record["until"]),
            user_id=record["user_id"],
        )
    except (sealing.SealBroken, ValueError, KeyError, TypeError):
        return None
    return pending if current.now() < pending.until else None


def _write(pending: Pending) -> None:
    record = {
        "person": pending.person.as_record(),
        "how": pending.how,
        "next_page": pending.next_page,
        "until": pending.until.isoformat(),
        "user_id": pending.user_id,
    }
    session[KEY] = sealing.ring().seal(json.dumps(record, ensure_ascii=False).encode(), PLACE)
