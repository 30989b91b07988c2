"""A registry that is a file of houses on this machine, JSON or CSV."""

import csv
import json
import logging
from pathlib import Path
from typing import Any

from app.domain.terms import Lookup
from app.gateways.registry.protocol import Answer, House, asked_number, judged
from app.gateways.registry.reading import read_house

logger = logging.getLogger(__name__)


class LocalPropertyRegistry:
    """Reads ``path`` at every look-up, so that a changed file counts at once.

    JSON: a list of objects; CSV: one house a line, ``owners`` as JSON. A house whose
    ``filing_state`` is ``unavailable`` answers as a registry that is down.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def look_up(
        self, *, filing_contract_no: str | None = None, title_archive_no: str | None = None
    ) -> Answer:
        """Find a house in the file; an unreadable file is ``UNAVAILABLE``."""
        field, number = asked_number(filing_contract_no, title_archive_no)
        try:
            house = self._find(field, number)
        except (OSError, ValueError, RecursionError) as fault:
            logger.warning("property file cannot be read: %s", type(fault).__name__)
            return Answer(Lookup.UNAVAILABLE)
        if house is None:
            return Answer(Lookup.NOT_FOUND)
        if house.filing_state == "unavailable":
            return Answer(Lookup.UNAVAILABLE)
        return judged(house)

    def _find(self, field: str, number: str) -> House | None:
        for row in self._rows():
            if str(row.get(field) or "").strip() == number:
                return read_house(row)
        return None

    def _rows(self) -> list[dict[str, Any]]:
        text = self._path.read_text(encoding="utf-8-sig")
        if self._path.suffix.lower() == ".csv":
            return list(csv.DictReader(text.splitlines()))
        rows = json.loads(text)
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise ValueError("the file is a list of houses")
        return rows
