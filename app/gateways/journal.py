"""A file of JSON lines that local gateways write to instead of the outside world."""

import fcntl
import json
from collections import deque
from pathlib import Path
from typing import Any


class Journal:
    """Append-only lines, safe for several processes; the newest can be read back."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def append(self, entry: dict[str, Any]) -> None:
        """Write one entry as a line of its own; raises ``OSError`` when the disk refuses."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        line = json.dumps(entry, ensure_ascii=False) + "\n"
        with self._path.open("a", encoding="utf-8") as file:
            self._path.chmod(0o600)
            fcntl.flock(file, fcntl.LOCK_EX)
            file.write(line)

    def latest(self, limit: int) -> list[dict[str, Any]]:
        """Return at most ``limit`` entries, newest first; a torn last line is left out."""
        try:
            with self._path.open(encoding="utf-8") as file:
                lines = deque(file, maxlen=limit + 1)
        except FileNotFoundError:
            return []
        whole = [line for line in lines if line.endswith("\n")]
        return [json.loads(line) for line in reversed(whole)][:limit]
