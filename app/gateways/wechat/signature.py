"""Who signs what between the platform and the hall (接入指南; 消息加解密)."""

import datetime as dt
import hashlib
import hmac
import re

SECONDS = re.compile(r"[0-9]{1,12}")
WINDOW = dt.timedelta(minutes=5)
"""How far the platform's clock may be from ours; what is older was recorded by somebody."""


def signature(token: str, *parts: str) -> str:
    """Return the platform's signature: SHA-1 of token and parts, sorted and joined."""
    joined = "".join(sorted((token, *parts)))
    return hashlib.sha1(joined.encode(), usedforsecurity=False).hexdigest()


def is_signed(given: str, token: str, *parts: str) -> bool:
    """Tell whether a signature is right, in a time that tells nothing about it."""
    return hmac.compare_digest(given.encode(), signature(token, *parts).encode())


def is_fresh(timestamp: str, now: dt.datetime) -> bool:
    """Tell whether a request was signed within the window around now."""
    if not SECONDS.fullmatch(timestamp):
        return False
    return abs(now.timestamp() - int(timestamp)) <= WINDOW.total_seconds()
