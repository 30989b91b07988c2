"""Log-ins under way at a provider: what their answers must fit, kept in the visitor's cookie."""

import datetime as dt
from dataclasses import dataclass

from flask import session

from app import current
from app.gateways.openid import Begun

KEY = "outside_attempts"
LASTS = dt.timedelta(minutes=10)
MOST = 3
"""Windows of one browser that may be at providers at once."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """A log-in under way; ``user_id`` when somebody signed in connects another way to log in."""

    begun: Begun
    next_page: str
    user_id: int | None


def note(provider: str, begun: Begun, *, next_page: str, user_id: int | None = None) -> None:
    """Remember a log-in that begins; the oldest of too many is forgotten."""
    kept = session.get(KEY, {})
    row = [provider, begun.nonce, begun.verifier, current.now().isoformat(), next_page, user_id]
    newest = sorted(kept.items(), key=lambda one: str(one[1][3]))[-MOST + 1 :]
    session[KEY] = dict(newest) | {begun.state: row}


def take(provider: str, state: str) -> Attempt | None:
    """Return the log-in that an answer belongs to, once; None for any other answer."""
    kept = dict(session.get(KEY, {}))
    row = kept.pop(state, None)
    session[KEY] = kept
    if row is None or row[0] != provider:
        return None
    _, nonce, verifier, at, next_page, user_id = row
    if current.now() - dt.datetime.fromisoformat(at) > LASTS:
        return None
    return Attempt(Begun("", state, nonce, verifier), next_page, user_id)
