"""Column types of the hall: money, moments, terms, lists, sealed values."""

import datetime as dt
import json
import secrets
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Dialect

from app import sealing

CENT = Decimal("0.01")
T = TypeVar("T", bound=StrEnum)


class Money(sa.TypeDecorator[Decimal]):
    """Yuan as ``Decimal``, kept as whole fen: SQLite would keep a Numeric as float."""

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | int | None, _dialect: Dialect) -> int | None:
        """Give fen; refuse a sum that is finer than a fen."""
        if value is None:
            return None
        fen = Decimal(value) * 100
        if fen != fen.to_integral_value():
            raise ValueError(f"{value} is finer than a fen")
        return int(fen)

    def process_result_value(self, value: int | None, _dialect: Dialect) -> Decimal | None:
        """Give yuan with two places."""
        return None if value is None else (Decimal(value) / 100).quantize(CENT)


class Moment(sa.TypeDecorator[dt.datetime]):
    """A point in time: aware in Python, UTC in the database."""

    impl = sa.DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> sa.types.TypeEngine[Any]:
        """Keep the zone where the database can."""
        return dialect.type_descriptor(sa.DateTime(timezone=dialect.name == "postgresql"))

    def process_bind_param(
        self, value: dt.datetime | None, dialect: Dialect
    ) -> dt.datetime | None:
        """Refuse a moment without zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs its zone")
        utc = value.astimezone(dt.UTC)
        return utc if dialect.name == "postgresql" else utc.replace(tzinfo=None)

    def process_result_value(
        self, value: dt.datetime | None, _dialect: Dialect
    ) -> dt.datetime | None:
        """Give the moment back, aware."""
        if value is None:
            return None
        return (
            value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)
        )


class Word(sa.TypeDecorator[T]):
    """A term kept by its value. To FAB it is a string: its EnumField reads names only."""

    impl = sa.String(32)
    cache_ok = True

    def __init__(self, terms: type[T]) -> None:
        """Take the enumeration whose values may be kept."""
        super().__init__()
        self.terms = terms

    def process_bind_param(self, value: T | str | None, _dialect: Dialect) -> str | None:
        """Let only a known term through."""
        return None if value is None else self.terms(value).value

    def process_result_value(self, value: str | None, _dialect: Dialect) -> T | None:
        """Give the term back."""
        return None if value is None else self.terms(value)


class Codes(sa.TypeDecorator[tuple[str, ...]]):
    """A short list of codes, kept joined by ``|`` as in the packages' csv files."""

    impl = sa.String(255)
    cache_ok = True

    def process_bind_param(
        self, value: tuple[str, ...] | list[str] | None, _dialect: Dialect
    ) -> str:
        """Join the codes."""
        return "|".join(value or ())

    def process_result_value(self, value: str | None, _dialect: Dialect) -> tuple[str, ...]:
        """Split the codes."""
        return tuple(value.split("|")) if value else ()


def new_seal_id() -> str:
    """Return the random name of a row to which its sealed values are bound."""
    return secrets.token_hex(8)


class Sealed:
    """A personal value of a row: read and written in clear, kept sealed in ``<name>_sealed``.

    With ``index`` the keyed hash of what is written goes to ``<name>_index``. The model has a
    ``seal_id`` column. Reading raises ``SealBroken`` when the kept value was changed or moved.
    """

    def __init__(self, *, index: bool = False) -> None:
        """Say whether an equal value is to be found by its keyed hash."""
        self.index = index

    def __set_name__(self, owner: type, name: str) -> None:
        """Remember the column's name."""
        self.name = name

    def __get__(self, row: Any, owner: type | None = None) -> Any:
        """Open the value of the row."""
        if row is None:
            return self
        kept = getattr(row, f"{self.name}_sealed")
        return None if kept is None else sealing.ring().open(kept, self._place(row)).decode()

    def __set__(self, row: Any, value: str | None) -> None:
        """Seal a new value for the row."""
        if row.seal_id is None:
            row.seal_id = new_seal_id()
        box = None if value is None else sealing.ring().seal(value.encode(), self._place(row))
        setattr(row, f"{self.name}_sealed", box)
        if self.index:
            hashed = None if value is None else sealing.index_of(value)
            setattr(row, f"{self.name}_index", hashed)

    def _place(self, row: Any) -> str:
        return f"{row.__tablename__}.{self.name}.{row.seal_id}"


class SealedJson(Sealed):
    """A personal record of a row, such as the house that was looked up: sealed as JSON."""

    def __get__(self, row: Any, owner: type | None = None) -> Any:
        """Open the record of the row."""
        text = super().__get__(row, owner)
        return json.loads(text) if isinstance(text, str) else text

    def __set__(self, row: Any, value: Any) -> None:
        """Seal a new record for the row."""
        super().__set__(row, None if value is None else json.dumps(value, ensure_ascii=False))
