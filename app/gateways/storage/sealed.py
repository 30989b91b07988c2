"""Seals what is stored, so that no storage ever sees a page in clear."""

from collections.abc import Callable

from app.gateways.storage.protocol import Storage


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
    ) -> None:
        self._storage = storage
        self._seal = seal
        self._open = open_sealed

    def put(self, key: str, data: bytes) -> None:
        """Seal and keep."""
        self._storage.put(key, self._seal(data, key))

    def get(self, key: str) -> bytes:
        """Return the opened contents."""
        return self._open(self._storage.get(key), key)

    def delete(self, key: str) -> None:
        """Forget a key."""
        self._storage.delete(key)

    def exists(self, key: str) -> bool:
        """Tell whether something is kept under a key."""
        return self._storage.exists(key)

    def healthy(self) -> bool:
        """Tell whether the storage below works now."""
        return self._storage.healthy()
