"""A registry that is a table of this installation: houses loaded by an operator, sealed."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.domain.terms import Lookup
from app.gateways.registry.protocol import Answer, asked_number, judged
from app.gateways.registry.reading import read_house
from app.models import PropertyRecord


class TablePropertyRegistry:
    """Looks houses up in ``property_record``."""

    def __init__(self, session: Session) -> None:
        """Take the session to read in."""
        self._session = session

    def look_up(
        self, *, filing_contract_no: str | None = None, title_archive_no: str | None = None
    ) -> Answer:
        """Find a house by one of its two numbers."""
        field, number = asked_number(filing_contract_no, title_archive_no)
        column = getattr(PropertyRecord, field)
        row = self._session.scalar(sa.select(PropertyRecord).where(column == number))
        return Answer(Lookup.NOT_FOUND) if row is None else judged(read_house(row.house))
