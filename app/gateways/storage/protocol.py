"""What the hall asks of any place that keeps its files, and which keys it uses."""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from app.gateways.errors import Unavailable

MOST_KEY = 200
_KEY = re.compile(r"[a-z0-9][a-z0-9._-]*(/[a-z0-9][a-z0-9._-]*)*")


class AlreadyStored(Exception):
    """A key is written once; it holds something already."""


class NotStored(Exception):
    """Nothing is kept under this key."""


class StorageDown(Unavailable):
    """The storage does not answer, or answers what makes no sense."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A key that is there, and since when."""

    key: str
    since: dt.datetime


class Storage(Protocol):
    """A place for files; keys are made by the hall, never taken from an upload's name.

    A wrong key raises ``ValueError``; every method but ``healthy`` may raise ``StorageDown``.
    """

    def put(self, key: str, data: bytes) -> None:
        """Keep ``data``; whole or not at all, on disk on return. Raises ``AlreadyStored``."""

    def get(self, key: str) -> bytes:
        """Return what is kept; raises ``NotStored``."""

    def replace(self, key: str, data: bytes) -> None:
        """Put ``data`` in the place of what is kept: a reader finds the old or the new, whole."""

    def begins(self, key: str, count: int) -> bytes:
        """Return the first bytes of what is kept; raises ``NotStored``."""

    def kept(self, prefix: str = "") -> Iterator[Kept]:
        """Yield every key below a prefix (``""``, or parts that end with ``/``), in any order."""

    def tidy(self, before: dt.datetime, /) -> int:
        """Remove what writers that died left behind before a moment; return how many."""

    def delete(self, key: str) -> None:
        """Forget a key; one that is not there is no error."""

    def exists(self, key: str) -> bool:
        """Tell whether something is kept under a key."""

    def healthy(self) -> bool:
        """Tell whether the storage can be written and read now."""


def checked_key(key: str) -> str:
    """Return the key or raise ``ValueError``: lower case, digits, ``. _ -``, parts by ``/``."""
    if len(key) > MOST_KEY or not _KEY.fullmatch(key):
        raise ValueError("not a storage key")
    return key
