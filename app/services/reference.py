"""What agencies offer and what the country publishes, as rules and pages ask for it."""

import datetime as dt
from collections.abc import Callable, Hashable, Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.domain.cards import Bin, BinTable
from app.domain.errors import Invalid
from app.domain.fact_rows import fact_row
from app.domain.facts import FactRow
from app.domain.materials import Requirement
from app.domain.terms import DayKind
from app.domain.workdays import Calendar
from app.models import (
    Agency,
    Bank,
    BankBin,
    Commitment,
    Dated,
    FactDefinition,
    IdDocumentType,
    MaterialRequirement,
    MaterialType,
    NationalCode,
    PolicySetting,
    ReturnReason,
    Scheme,
    WithdrawalReason,
    WorkingDay,
)  # fmt: skip
from app.services.catalogue.reference_cache import remembered

D = TypeVar("D", bound=Dated)


def agencies(session: Session) -> list[Agency]:
    """Return the agencies of this installation."""
    return list(session.scalars(sa.select(Agency).order_by(Agency.id)))


def agency_of(session: Session, code: str) -> Agency:
    """Return an agency by its code, or raise ``Invalid`` (agency_unknown)."""
    found: Agency | None = session.scalar(sa.select(Agency).where(Agency.code == code))
    if found is None:
        raise Invalid(f"no agency {code!r}", code="agency_unknown", field="agency")
    return found


def schemes(session: Session) -> list[Scheme]:
    """Return the services of all agencies."""
    return list(session.scalars(sa.select(Scheme).order_by(Scheme.id)))


def scheme_of(session: Session, agency: str | int, code: str) -> Scheme:
    """Return a service by its agency (code or id) and code, or raise ``Invalid``."""
    query = sa.select(Scheme).join(Scheme.agency).where(Scheme.code == code)
    which = Agency.code == agency if isinstance(agency, str) else Agency.id == agency
    found: Scheme | None = session.scalar(query.where(which))
    if found is None:
        raise Invalid(f"no scheme {code!r} of {agency}", code="scheme_unknown", field="scheme")
    return found


def reasons_in_force(session: Session, scheme_id: int, on: dt.date) -> list[WithdrawalReason]:
    """Return the reasons a scheme offers on a day, in its order."""
    rows = _dated(session, WithdrawalReason, scheme_id, on, lambda row: row.code)
    offered = (row for row in rows if row.enabled)
    return sorted(offered, key=lambda row: (row.seq, row.code))


def reason(session: Session, scheme_id: int, code: str, on: dt.date) -> WithdrawalReason:
    """Return a reason in force on a day, offered or not; raise ``Invalid`` (reason_unknown)."""
    rows = _dated(session, WithdrawalReason, scheme_id, on, lambda row: row.code, code=code)
    if not rows:
        raise Invalid(f"no reason {code!r}", code="reason_unknown", field="reason_code")
    return rows[0]


def reason_codes(session: Session, scheme_id: int) -> set[str]:
    """Return the codes of all reasons a scheme ever had."""
    query = sa.select(WithdrawalReason.code).where(WithdrawalReason.scheme_id == scheme_id)
    return set(session.scalars(query))


def material_types(session: Session, scheme_id: int, on: dt.date) -> dict[str, MaterialType]:
    """Return the papers a scheme knows on a day, by code."""
    rows = _dated(session, MaterialType, scheme_id, on, lambda row: row.code)
    return {row.code: row for row in rows}


def return_reasons(session: Session, scheme_id: int, on: dt.date) -> list[ReturnReason]:
    """Return what staff may name when they send back or refuse, in force on a day."""
    return _dated(session, ReturnReason, scheme_id, on, lambda row: row.code)


def commitment(session: Session, scheme_id: int, on: dt.date) -> Commitment:
    """Return the commitment letter in force, or raise ``Invalid`` (no_commitment)."""
    newest = (
        sa.select(Commitment)
        .where(Commitment.scheme_id == scheme_id, Commitment.valid_from <= on)
        .order_by(Commitment.valid_from.desc(), Commitment.id.desc())
        .limit(1)
    )
    found: Commitment | None = session.scalar(newest)
    if found is None:
        raise Invalid("no commitment letter", code="no_commitment", field="agree")
    return found


def settings_on(session: Session, scheme_id: int, on: dt.date) -> Mapping[str, Decimal]:
    """Return the fund's numbers in force on a day; one left empty sets no limit and is out."""
    rows = remembered(
        session, ("settings", scheme_id), lambda: _plain(session, PolicySetting, scheme_id)
    )
    chosen = _newest_in_force(rows, on, lambda row: row["key"])
    values = {row["key"]: _number(row["value"]) for row in chosen}
    return {key: value for key, value in values.items() if value is not None}


def interest_rates(session: Session, scheme_id: int) -> list[tuple[dt.date, Decimal]]:
    """Return the yearly interest rates with the day each begins, oldest first."""
    rows = remembered(
        session, ("settings", scheme_id), lambda: _plain(session, PolicySetting, scheme_id)
    )
    rates = [
        (row["valid_from"], Decimal(row["value"]))
        for row in rows
        if row["key"] == "interest_rate" and row["value"]
    ]
    return sorted(rates)


def facts(session: Session, scheme_id: int, on: dt.date) -> list[FactRow]:
    """Return the facts and questions of a scheme in force on a day, in the package's order."""
    rows = remembered(session, ("facts", scheme_id), lambda: _facts(session, scheme_id))
    return [row["fact"] for row in _newest_in_force(rows, on, lambda row: row["key"])]


def requirements(
    session: Session, scheme_id: int, reason_code: str, on: dt.date
) -> list[Requirement]:
    """Return the papers a reason asks for on a day, joined with what each paper is."""
    asked = remembered(
        session,
        ("requirements", scheme_id),
        lambda: _plain(session, MaterialRequirement, scheme_id),
    )
    types = remembered(
        session, ("types", scheme_id), lambda: _plain(session, MaterialType, scheme_id)
    )
    papers = {row["code"]: row for row in _newest_in_force(types, on, lambda row: row["code"])}
    of_reason = (row for row in asked if row["reason_code"] == reason_code)
    chosen = _newest_in_force(of_reason, on, _requirement_key)
    return [
        _requirement(row, papers[row["material_code"]])
        for row in chosen
        if row["material_code"] in papers
    ]


def banks(session: Session) -> list[Bank]:
    """Return every bank, the usual ones first."""
    return list(session.scalars(sa.select(Bank).order_by(Bank.sort_order, Bank.code)))


def banks_for(session: Session, reason: WithdrawalReason) -> list[Bank]:
    """Return the banks that may receive the money of a reason (SB07)."""
    if reason.allowed_banks:
        return [bank for bank in banks(session) if bank.code in reason.allowed_banks]
    return [bank for bank in banks(session) if reason.scheme.code in bank.allowed_schemes]


def bins(session: Session) -> BinTable:
    """Return the card prefixes."""

    def read() -> BinTable:
        columns = (BankBin.prefix, BankBin.card_length, BankBin.bank_code, BankBin.card_kind)
        return BinTable(Bin(*row) for row in session.execute(sa.select(*columns)))

    return remembered(session, "bins", read)


def calendar(session: Session) -> Calendar:
    """Return the published calendar of working days."""

    def read() -> Calendar:
        days = session.execute(sa.select(WorkingDay.date, WorkingDay.kind)).all()
        return Calendar(
            holidays=frozenset(day for day, kind in days if kind is DayKind.HOLIDAY),
            workday_swaps=frozenset(day for day, kind in days if kind is DayKind.WORKDAY_SWAP),
            known_years=frozenset(day.year for day, _ in days),
        )

    return remembered(session, "calendar", read)


def document_types(session: Session) -> list[IdDocumentType]:
    """Return the kinds of identity document that may be used, in order."""
    query = sa.select(IdDocumentType).where(IdDocumentType.enabled)
    return list(session.scalars(query.order_by(IdDocumentType.seq, IdDocumentType.id)))


def national(session: Session, table: str) -> list[NationalCode]:
    """Return the rows of a national code table, such as ``ethnic_group`` or ``region``."""
    query = sa.select(NationalCode).where(NationalCode.table_name == table)
    return list(session.scalars(query.order_by(NationalCode.seq, NationalCode.code)))


def provinces(session: Session) -> frozenset[str]:
    """Return the two-digit codes of the provinces (GB/T 2260)."""

    def read() -> frozenset[str]:
        query = sa.select(NationalCode.code).where(NationalCode.table_name == "province")
        return frozenset(session.scalars(query))

    return remembered(session, "provinces", read)


def fill_agency_words(text: str, agency: Agency, *, locale: str = "zh") -> str:
    """Return a notice, agreement or privacy text with the agency's names put in."""
    words = {
        "office_name": _in(agency, "name", locale),
        "office_word": _in(agency, "office_word", locale),
        "hall_name": _in(agency, "hall_name", locale),
        "address": _in(agency, "address", locale),
        "hotline": agency.hotline,
    }
    for name, word in words.items():
        text = text.replace(f"{{{name}}}", word)
    return text


def _in(row: Any, column: str, locale: str) -> str:
    return str(getattr(row, f"{column}_{'en' if locale.startswith('en') else 'zh'}"))


def _dated(
    session: Session,
    model: type[D],
    scheme_id: int,
    on: dt.date,
    key: Callable[[Any], Hashable],
    **columns: str,
) -> list[D]:
    """Return the rows of a scheme in force on a day, of each key the one that began last."""
    table: Any = model
    query = (
        sa.select(table)
        .where(table.scheme_id == scheme_id, table.valid_from <= on)
        .where(sa.or_(table.valid_to.is_(None), table.valid_to >= on))
        .filter_by(**columns)
        .order_by(table.id)
    )
    chosen: dict[Hashable, D] = {}
    for row in session.scalars(query):
        earlier = chosen.get(key(row))
        if earlier is None or earlier.valid_from <= row.valid_from:
            chosen[key(row)] = row
    return list(chosen.values())


def _plain(session: Session, model: Any, scheme_id: int) -> list[dict[str, Any]]:
    """Return all rows of a scheme as plain values, whatever their days."""
    columns = list(sa.inspect(model).columns)
    query = sa.select(*columns).where(model.scheme_id == scheme_id).order_by(model.id)
    return [dict(row) for row in session.execute(query).mappings()]


def _newest_in_force(
    rows: Iterable[Mapping[str, Any]], on: dt.date, key: Callable[[Any], Hashable]
) -> list[Mapping[str, Any]]:
    """Return of each key the row that began last; a changed row keeps the place of its key."""
    chosen: dict[Hashable, Mapping[str, Any] | None] = {}
    for row in rows:
        earlier = chosen.setdefault(key(row), None)
        in_force = row["valid_from"] <= on and (
            row["valid_to"] is None or on <= row["valid_to"]
        )
        if in_force and (earlier is None or earlier["valid_from"] <= row["valid_from"]):
            chosen[key(row)] = row
    return [row for row in chosen.values() if row is not None]


def _facts(session: Session, scheme_id: int) -> list[dict[str, Any]]:
    """Return the kept questions with what each means, read once."""
    rows = _plain(session, FactDefinition, scheme_id)
    return [row | {"fact": fact_row(row)} for row in rows]


def _requirement_key(row: Mapping[str, Any]) -> Hashable:
    return row["kind"], row["material_code"], row["condition_key"]


def _requirement(row: Mapping[str, Any], paper: Mapping[str, Any]) -> Requirement:
    source = paper["data_share_source"]
    return Requirement(
        reason=row["reason_code"],
        kind=row["kind"],
        material_code=row["material_code"],
        need=row["need"],
        origin=paper["origin"],
        min_files=paper["min_files"],
        max_files=paper["max_files"],
        slug=paper["slug"],
        condition_key=row["condition_key"],
        alternative_group=row["alternative_group"],
        source="" if source == "none" else source,
        valid_from=row["valid_from"],
        valid_to=row["valid_to"],
    )


def _number(text: str) -> Decimal | None:
    """Return a setting's number; None when it is empty or a word."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
