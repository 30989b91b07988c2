"""The file in which a key ring is kept: a new key, a retired key; written whole or not at all."""

import os
import re
import secrets
from contextlib import suppress
from pathlib import Path

from app import sealing

RETIRED = ".retired"
_NUMBERED = re.compile(r"k([0-9]+)")


def with_new_key(text: str) -> tuple[str, str]:
    """Return the text of a ring with a new random key in front, and the name of that key."""
    parts = sealing.parts(text)
    numbers = [int(found[1]) for key_id in parts if (found := _NUMBERED.fullmatch(key_id))]
    key_id = f"k{max(numbers, default=0) + 1}"
    return f"{key_id}:{sealing.new_key()},{text.strip()}", key_id


def add_key(file: Path) -> str:
    """Put a new key in front of the ring in the file; return its name.

    From here on every running process seals with it and opens with the old ones too.
    """
    text, key_id = with_new_key(file.read_text())
    _write(file, text)
    return key_id


def retire_key(file: Path, key_id: str) -> Path:
    """Take a key out of the ring and into a file beside it; return where it stands now.

    Backups made before the change still need it: it goes where the backups' keys are kept, and
    is destroyed with the last of them. Raises ``ValueError`` for the current key.
    """
    parts = sealing.parts(file.read_text())
    if key_id in (sealing.INDEX, next(iter(parts))) or key_id not in parts:
        raise ValueError("only an older key of the ring can be retired")
    beside = file.with_name(file.name + RETIRED)
    with suppress(FileNotFoundError):
        parts_gone = beside.read_text()
        _write(beside, f"{parts_gone.rstrip()}\n{key_id}:{parts[key_id]}\n")
    if not beside.exists():
        _write(beside, f"{key_id}:{parts[key_id]}\n")
    left = {name: value for name, value in parts.items() if name != key_id}
    _write(file, ",".join(f"{name}:{value}" for name, value in left.items()))
    return beside


def _write(file: Path, text: str) -> None:
    """Write a file of secrets beside the old one, durable and private, then rename it over."""
    draft = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w") as opened:
            opened.write(text)
            opened.flush()
            os.fsync(opened.fileno())
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)
    folder = os.open(file.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
