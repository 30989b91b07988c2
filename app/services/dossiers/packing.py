"""Packing the file of a case: a zip that is written part by part, so that none of it piles up."""

import hashlib
import json
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, cast

from app import anju_verify
from app.gateways.storage import NotStored, Storage
from app.services.dossiers.contents import Picture, Record, plain
from app.services.dossiers.page import page_of
from app.services.dossiers.requests import Kept, part_key

PART = 4 * 1024 * 1024
"""So many bytes are kept as one part."""


class PartWriter:
    """A file that is only written forward: each full part goes to the storage at once."""

    def __init__(self, storage: Storage, place: str) -> None:
        self.storage, self.place = storage, place
        self.parts = self.size = 0
        self._held = bytearray()

    def write(self, data: bytes) -> int:
        """Take bytes, and put away what makes a part."""
        self._held += data
        self.size += len(data)
        while len(self._held) >= PART:
            self._put(bytes(self._held[:PART]))
            del self._held[:PART]
        return len(data)

    def flush(self) -> None:
        """Do nothing: parts are put away when they are full."""

    def finish(self) -> Kept:
        """Put away the rest."""
        if self._held:
            self._put(bytes(self._held))
            self._held.clear()
        return Kept(self.place, self.parts, self.size)

    def _put(self, data: bytes) -> None:
        self.parts += 1
        self.storage.put(part_key(self.place, self.parts), data)


def packed(
    record: Record,
    pictures: list[Picture],
    papers: dict[str, bytes],
    *,
    storage: Storage,
    place: str,
    told: Callable[[int], None],
    words: Mapping[str, str] | None = None,
) -> Kept:
    """Write the zip and return where it is kept; ``told`` hears how many pictures are in it.

    ``words`` are what the questions of the case are called on its page.

    A picture that is kept no more leaves its line in the record, without a file.
    """
    out, sums = PartWriter(storage, place), dict[str, str]()
    with zipfile.ZipFile(cast("IO[bytes]", out), "w", zipfile.ZIP_DEFLATED) as archive:
        for count, picture in enumerate(pictures, start=1):
            try:
                data = storage.get(picture.storage_key)
            except NotStored:
                continue
            picture.said["file"] = picture.name
            _add(archive, sums, picture.name, data, zipfile.ZIP_STORED)
            told(count)
        text = json.dumps(record, ensure_ascii=False, indent=1, default=plain)
        files = papers | {
            "case.json": text.encode(),
            "index.html": page_of(json.loads(text), sorted(papers), words or {}).encode(),
            "anju_verify.py": Path(anju_verify.__file__).read_bytes(),
        }
        for name, data in files.items():
            _add(archive, sums, name, data)
        lines = "".join(f"{kept}  {name}\n" for name, kept in sums.items())
        archive.writestr(anju_verify.SUMS, lines)
    return out.finish()


def _add(
    archive: zipfile.ZipFile, sums: dict[str, str], name: str, data: bytes,
    how: int = zipfile.ZIP_DEFLATED,
) -> None:  # fmt: skip
    sums[name] = hashlib.sha256(data).hexdigest()
    archive.writestr(name, data, compress_type=how)
