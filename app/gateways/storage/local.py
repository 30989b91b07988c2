"""Files below one directory of this machine."""

import datetime as dt
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from app.gateways.storage.protocol import (
    AlreadyStored,
    Kept,
    NotStored,
    StorageDown,
    checked_key,
)


class LocalStorage:
    """Keeps each key as one file, which appears whole and durable or not at all."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, key: str, data: bytes) -> None:
        """Write a file that is not there yet."""
        target = self._path(key)
        try:
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            _write(target, data, os.link)
        except FileExistsError:
            raise AlreadyStored(key) from None
        except OSError as fault:
            raise StorageDown("storage", "not_written", str(fault.errno)) from fault

    def get(self, key: str) -> bytes:
        """Read a file."""
        try:
            return self._path(key).read_bytes()
        except (FileNotFoundError, IsADirectoryError):
            raise NotStored(key) from None
        except OSError as fault:
            raise StorageDown("storage", "not_read", str(fault.errno)) from fault

    def replace(self, key: str, data: bytes) -> None:
        """Write the new file beside the old one, then rename it over."""
        target = self._path(key)
        try:
            _write(target, data, Path.replace)
        except OSError as fault:
            raise StorageDown("storage", "not_written", str(fault.errno)) from fault

    def begins(self, key: str, count: int) -> bytes:
        """Read the first bytes of a file."""
        try:
            with self._path(key).open("rb") as file:
                return file.read(count)
        except (FileNotFoundError, IsADirectoryError):
            raise NotStored(key) from None
        except OSError as fault:
            raise StorageDown("storage", "not_read", str(fault.errno)) from fault

    def kept(self, prefix: str = "") -> Iterator[Kept]:
        """Walk the directory; what is being written is left out."""
        for path in self._files(prefix):
            if not path.name.startswith("."):
                with suppress(FileNotFoundError):
                    yield Kept(path.relative_to(self._root).as_posix(), _since(path))

    def tidy(self, before: dt.datetime, /) -> int:
        """Remove drafts of writers that died."""
        left = [path for path in self._files("") if path.match(".*.part")]
        old = [path for path in left if path.exists() and _since(path) < before]
        for path in old:
            path.unlink(missing_ok=True)
        return len(old)

    def delete(self, key: str) -> None:
        """Remove a file."""
        try:
            self._path(key).unlink(missing_ok=True)
        except OSError as fault:
            raise StorageDown("storage", "not_deleted", str(fault.errno)) from fault

    def exists(self, key: str) -> bool:
        """Tell whether there is a file."""
        return self._path(key).is_file()

    def healthy(self) -> bool:
        """Write, read and remove a small file."""
        key = f"health-{secrets.token_hex(8)}"
        try:
            self.put(key, b"ok")
            return self.get(key) == b"ok"
        except (StorageDown, AlreadyStored, NotStored):
            return False
        finally:
            with suppress(StorageDown):
                self.delete(key)

    def _path(self, key: str) -> Path:
        return self._root / checked_key(key)

    def _files(self, prefix: str) -> Iterator[Path]:
        start = self._path(prefix.rstrip("/")) if prefix else self._root
        for folder, _, names in os.walk(start):
            yield from (Path(folder) / name for name in names)


def _since(path: Path) -> dt.datetime:
    return dt.datetime.fromtimestamp(path.stat().st_mtime, dt.UTC)


def _write(target: Path, data: bytes, settle: Callable[[Path, Path], object]) -> None:
    # A hard link refuses an existing name, which a rename would silently replace.
    draft = target.parent / f".{secrets.token_hex(8)}.part"
    try:
        with draft.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        settle(draft, target)
    finally:
        draft.unlink(missing_ok=True)
    _sync(target.parent)


def _sync(directory: Path) -> None:
    handle = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
