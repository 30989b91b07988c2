"""The folders in which files go to a bank and come from it: whole, durable, never overwritten."""

import os
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from app.gateways.errors import Unavailable

OUTBOX, INBOX, READ, REFUSED = "outbox", "inbox", "read", "refused"
DRAFTS = ".drafts"
"""Where a file is written before it has its name in the outbox, by hard link."""

UNDER_WAY = (".part", ".tmp", ".filepart")
"""Names that carriers give a file while it is still coming."""

MOST_NAME = 100


class Folder:
    """One agency's folder: ``outbox`` for the bank, ``inbox`` from it, ``read``, ``refused``."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def publish(self, name: str, content: bytes) -> None:
        """Put a file into the outbox: on disk and whole before it has its name there.

        The same bytes under the same name are fine, other bytes are never put there. Raises
        ``Unavailable`` (``clash``, ``not_written``).
        """
        target = self._place(OUTBOX, name)
        draft = self._place(DRAFTS, f"{name}.{os.getpid()}")
        try:
            for place in (target.parent, draft.parent):
                place.mkdir(parents=True, exist_ok=True, mode=0o700)
            _write_down(draft, content)
            with suppress(FileExistsError):
                os.link(draft, target)
            _to_disk(target.parent)
            draft.unlink()
        except OSError as fault:
            raise Unavailable("bank", "not_written", str(fault.errno)) from fault
        with suppress(FileNotFoundError):  # the bank was quick and has taken it
            if target.read_bytes() != content:
                raise Unavailable("bank", "clash", name)

    def arrived(self) -> Iterator[str]:
        """Give the names of the files from the bank that are whole, in order.

        Raises ``Unavailable`` (not_read) for a folder that cannot be made or read.
        """
        place = self.root / INBOX
        try:
            place.mkdir(parents=True, exist_ok=True, mode=0o700)
            found = sorted(place.iterdir())
        except OSError as fault:
            raise Unavailable("bank", "not_read", str(fault.errno)) from fault
        for path in found:
            hidden = path.name.startswith(".") or path.name.endswith(UNDER_WAY)
            if not hidden and path.is_file() and not path.is_symlink():
                yield path.name

    def fetch(self, name: str, most: int) -> bytes:
        """Read a file of the inbox, one byte more than ``most`` at the most."""
        try:
            with (self.root / INBOX / Path(name).name).open("rb") as file:
                return file.read(most + 1)
        except OSError as fault:
            raise Unavailable("bank", "not_read", str(fault.errno)) from fault

    def put_away(self, name: str, where: str) -> None:
        """Move a file out of the inbox; one of the same name there gets a number, both stay."""
        source, place = self.root / INBOX / Path(name).name, self.root / where
        place.mkdir(parents=True, exist_ok=True, mode=0o700)
        target, copy = place / source.name, 1
        while target.exists():
            copy += 1
            target = place / f"{source.stem}~{copy}{source.suffix}"
        source.rename(target)
        _to_disk(place)

    def tidy(self, before: datetime) -> None:
        """Remove what was read or refused before a moment: the bytes are kept elsewhere, sealed."""
        for where in (READ, REFUSED, DRAFTS):
            with suppress(OSError):  # one that cannot be read holds up no payment
                for path in (self.root / where).iterdir():
                    _remove(path, before)

    def _place(self, where: str, name: str) -> Path:
        return self.root / where / Path(name).name


def _remove(path: Path, before: datetime) -> None:
    with suppress(OSError):
        if datetime.fromtimestamp(path.stat().st_ctime, UTC) < before:
            path.unlink()


def _write_down(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _to_disk(directory: Path) -> None:
    number = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
