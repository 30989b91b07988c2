"""What was searched for, as it may stand in an address: sealed, for the person who asks.

A name or a number in an address would stay in histories and logs (ASVS 14.2.1).
"""

from app import sealing
from app.domain.policy import Actor

LONGEST = 100
_TO_ADDRESS = str.maketrans("+/", "-_")
_FROM_ADDRESS = str.maketrans("-_", "+/")


def sealed(words: str, actor: Actor) -> str:
    """Return what was typed as it stands in an address."""
    kept = sealing.ring().seal(words[:LONGEST].encode(), _place(actor))
    return kept.translate(_TO_ADDRESS)


def opened(text: str, actor: Actor) -> str:
    """Return what was typed; nothing for what another person's search, or none, sealed."""
    try:
        return sealing.ring().open(text.translate(_FROM_ADDRESS), _place(actor)).decode()
    except sealing.SealBroken:
        return ""


def _place(actor: Actor) -> str:
    return f"search|{actor.user_id}"
