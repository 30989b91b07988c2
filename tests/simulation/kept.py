"""Lines of seeds kept in a file, so that a long run can be broken off and gone on with."""

import hashlib
import re
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[2]
PLAYED = ("app", "tests/simulation")
LINE = re.compile(r"seed (?P<seed>\d+) (?P<end>ok|FAILED) (?P<counts>(?:\w+=\d+ )+)")


def code() -> str:
    """Return the hash of all code that a seed plays: lines of other code prove nothing."""
    sums = hashlib.sha256()
    for folder in PLAYED:
        for path in sorted((ROOT / folder).rglob("*.py")):
            sums.update(path.read_bytes())
    return sums.hexdigest()[:16]


class Kept:
    """The file of a long run: its first line names the code and the deeds of a seed."""

    def __init__(self, path: Path | None, steps: int, database: str = "sqlite") -> None:
        """Read what is there; raise ``SystemExit`` when it was played on other code."""
        self.path, self.seeds = path, set[int]()
        self.counts, self.failed = Counter[str](), 0
        if path is None:
            return
        head = f"code {code()}, {steps} deeds a seed, {database}"
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        if lines and lines[0] != head:
            raise SystemExit(f"{path} is of other code, deeds or database; name another file.")
        if not lines:
            path.write_text(f"{head}\n", encoding="utf-8")
        for line in lines[1:]:
            self._count(line)

    def add(self, line: str) -> None:
        """Keep one more line."""
        self._count(line)
        if self.path is not None:
            with self.path.open("a", encoding="utf-8") as kept:
                kept.write(f"{line}\n")

    def told(self) -> str:
        """Say what the file holds altogether."""
        said = ", ".join(f"{count:,} {what}" for what, count in self.counts.items())
        return f"kept: {len(self.seeds):,} seeds, {self.failed} failed: {said}"

    def _count(self, line: str) -> None:
        found = LINE.match(line)
        if found is None:
            return
        self.seeds.add(int(found["seed"]))
        self.failed += found["end"] == "FAILED"
        for pair in found["counts"].split():
            what, _, count = pair.partition("=")
            self.counts[what] += int(count)
