"""The books, watched after every step: sums are kept beside them, only what is new is read."""

from collections import Counter

from app.domain.terms import LedgerCode
from tests.simulation.story import Broken, read

SHOWN = (LedgerCode.AVAILABLE.value, LedgerCode.HELD.value)
"""What of the chart an account's row shows, in its order."""


class Books:
    """Running sums of every account in fen; entries never change, so each is added up once."""

    def __init__(self) -> None:
        self.chart: dict[int, tuple[int, str]] = {}
        self.sums: Counter[tuple[int, str]] = Counter()
        self.last_posting = self.last_place = 0

    def look(self) -> None:
        """Add what was posted since; raise ``Broken`` when sums, rows or signs do not agree."""
        places = read(
            f"SELECT id, account_id, code FROM ledger_account WHERE id > {self.last_place}"
        )
        for key, account_id, code in places:
            self.chart[key] = (account_id, code)
            self.last_place = max(self.last_place, key)
        self._add()
        for key, *row in read("SELECT id, available, held FROM account"):
            posted = [self.sums[key, code] for code in SHOWN]
            if row != posted:
                raise Broken("account_differs", f"account {key} says {row}, posted {posted}")
            if min(row) < 0:
                raise Broken("negative", f"account {key} is below zero")

    def _add(self) -> None:
        entries: Counter[int] = Counter()
        for key, entry, place, fen in read(
            "SELECT id, entry_id, ledger_account_id, amount FROM posting"
            f" WHERE id > {self.last_posting}"
        ):
            entries[entry] += fen
            self.sums[self.chart[place]] += fen
            self.last_posting = max(self.last_posting, key)
        for entry, over in entries.items():
            if over:
                raise Broken("unbalanced", f"the postings of entry {entry} sum to {over} fen")
