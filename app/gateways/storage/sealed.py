"""Seals what is stored, so that no storage ever sees a page in clear."""

import datetime as dt
from collections.abc import Callable, Iterator

from app.gateways.storage.protocol import Kept, NotStored, Storage

LONGEST_KEY_ID = 21


class SealedStorage:
    """A storage whose contents are sealed before they leave and opened when they return.

    ``seal(data, key)`` and ``open_sealed(data, key)`` bind the contents to their key, so that
    a file moved to another key does not open; what ``open_sealed`` raises goes to the caller.
    """

    def __init__(
        self,
        storage: Storage,
        *,
        seal: Callable[[bytes, str], bytes],
        open_sealed: Callable[[bytes, str], bytes],
        is_current: Callable[[bytes], bool] = lambda _beginning: True,
    ) -> None:
        self._storage = storage
        self._is_current = is_current
        self._seal = seal
        self._open = open_sealed

    def put(self, key: str, data: bytes) -> None:
        """Seal and keep."""
        self._storage.put(key, self._seal(data, key))

    def get(self, key: str) -> bytes:
        """Return the opened contents."""
        return self._open(self._storage.get(key), key)

    def replace(self, key: str, data: bytes) -> None:
        """Seal and put in the place of what is kept."""
        self._storage.replace(key, self._seal(data, key))

    def begins(self, key: str, count: int) -> bytes:
        """Return the first bytes of the opened contents."""
        return self.get(key)[:count]

    def kept(self, prefix: str = "") -> Iterator[Kept]:
        """Yield every key below a prefix."""
        return self._storage.kept(prefix)

    def tidy(self, before: dt.datetime, /) -> int:
        """Remove what writers that died left behind."""
        return self._storage.tidy(before)

    def is_current(self, key: str) -> bool:
        """Tell whether a file is sealed under the key that seals now; one that went is."""
        try:
            return self._is_current(self._storage.begins(key, LONGEST_KEY_ID))
        except NotStored:
            return True

    def reseal(self, key: str) -> None:
        """Seal a file anew under the key that seals now; a reader meanwhile finds it whole.

        A file that is deleted meanwhile stays deleted or is left behind for the housekeeping.
        """
        try:
            self._storage.replace(key, self._seal(self.get(key), key))
        except NotStored:
            return

    def delete(self, key: str) -> None:
        """Forget a key."""
        self._storage.delete(key)

    def exists(self, key: str) -> bool:
        """Tell whether something is kept under a key."""
        return self._storage.exists(key)

    def healthy(self) -> bool:
        """Tell whether the storage below works now."""
        return self._storage.healthy()
