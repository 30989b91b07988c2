"""A broken invariant, as the proof of the books tells it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Violation:
    """An invariant that does not hold: its code, the row that shows it, a sentence for people."""

    code: str
    table: str
    row_id: int | str
    sentence: str
