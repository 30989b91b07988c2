"""What staff change in reference data: a used row ends, a new one begins; nothing is deleted."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.domain import policy
from app.domain.errors import Invalid
from app.domain.policy import Actor
from app.domain.terms import Role
from app.domain.workdays import local_date
from app.models import (
    Bank,
    BankBin,
    Dated,
    FactDefinition,
    MaterialRequirement,
    MaterialType,
    PolicySetting,
    ReturnReason,
    Scheme,
    WithdrawalReason,
    WorkingDay,
)  # fmt: skip
from app.packages import setting_checks
from app.services import audit
from app.services.catalogue.reference_cache import forget

KEYS: Mapping[type[Any], tuple[str, ...]] = {
    WithdrawalReason: ("code",),
    MaterialType: ("code",),
    MaterialRequirement: ("reason_code", "kind", "material_code", "condition_key"),
    ReturnReason: ("code",),
    FactDefinition: ("key",),
    PolicySetting: ("key",),
    Bank: ("code",),
    BankBin: ("prefix", "card_length"),
    WorkingDay: ("date",),
}
"""What names a row, beside its agency, scheme and first day; it never changes."""

EDITORS = (Role.PACKAGE_EDITOR,)
A_DAY = dt.timedelta(days=1)
LONGEST_NOTE = 60


def change(
    session: Session,
    row: Any,
    values: Mapping[str, Any],
    *,
    begins: dt.date | None = None,
    actor: Actor,
    now: dt.datetime,
) -> Any:
    """Bring new values into force and return the row that holds them.

    A dated row that was in force before ``begins`` ends the day before, and a copy with the
    new values begins; one that begins on that day or later is changed itself, as are rows
    without days. Raises ``Invalid``: begins_in_past, row_ended, later_row, and the codes of
    ``setting_checks`` for a number of the fund that cannot be. The caller commits.
    """
    policy.check_role(actor, *EDITORS)
    fresh = {name: value for name, value in values.items() if getattr(row, name) != value}
    changed = {name: _said(getattr(row, name), value) for name, value in fresh.items()}
    if not fresh:
        return row
    if isinstance(row, PolicySetting) and "value" in fresh:
        _check_number(row.key, row.unit, fresh["value"])
    if isinstance(row, WorkingDay) and row.date < local_date(now):
        raise Invalid("the day is over", code="day_over", field="kind")
    if isinstance(row, Dated):
        policy.check_agency(actor, agency_id=_agency_of(row))
        row = _successor(session, row, begins or local_date(now), today=local_date(now))
    for name, value in fresh.items():
        setattr(row, name, value)
    session.add(row)
    session.flush()
    _write_down(session, "reference_changed", row, changed, actor=actor, now=now)
    return row


def add(
    session: Session,
    model: type[Any],
    values: Mapping[str, Any],
    *,
    begins: dt.date | None = None,
    actor: Actor,
    now: dt.datetime,
) -> Any:
    """Add a row; a dated one belongs to a scheme of the actor's agency and begins on a day.

    Raises ``Invalid``: code_taken, begins_in_past, and the codes of ``setting_checks`` for a
    number of the fund that cannot be. The caller commits.
    """
    policy.check_role(actor, *EDITORS)
    row = model(**values)
    if isinstance(row, PolicySetting):
        _check_number(row.key, row.unit, row.value)
    if issubclass(model, Dated):
        scheme = session.get(Scheme, values["scheme_id"])
        policy.check_agency(actor, agency_id=scheme.agency_id if scheme else -1)
        row.agency_id = actor.agency_id
        row.valid_from = begins or local_date(now)
        row.mark = "staff"
        if row.valid_from < local_date(now):
            raise Invalid("begins in the past", code="begins_in_past", field="begins")
    if _of_key(session, row):
        raise Invalid("there already", code="code_taken", field=KEYS[model][0])
    session.add(row)
    session.flush()
    _write_down(session, "reference_added", row, {}, actor=actor, now=now)
    return row


def add_day(
    session: Session,
    day: dt.date,
    values: Mapping[str, Any],
    *,
    actor: Actor,
    now: dt.datetime,
) -> WorkingDay:
    """Name a date that differs from its weekday; a day that is over stays. The caller commits."""
    if day < local_date(now):
        raise Invalid("the day is over", code="day_over", field="date")
    row: WorkingDay = add(session, WorkingDay, {"date": day, **values}, actor=actor, now=now)
    return row


def remove_day(session: Session, day: WorkingDay, *, actor: Actor, now: dt.datetime) -> None:
    """Let a date go by its weekday again. The caller commits."""
    policy.check_role(actor, *EDITORS)
    if day.date < local_date(now):
        raise Invalid("the day is over", code="day_over", field="date")
    _write_down(
        session,
        "calendar_changed",
        day,
        {"removed": day.date.isoformat()},
        actor=actor,
        now=now,
    )
    session.delete(day)
    session.flush()
    forget()


def _check_number(key: str, unit: str | None, text: str | None) -> None:
    """Raise ``Invalid`` at the field for a number that code would misread, or that cannot be."""
    if fault := setting_checks.typed_fault(key, unit or "", text or ""):
        raise Invalid("no such number", code=fault.code, field=fault.column, **fault.facts)


def _agency_of(row: Any) -> int:
    """Return the agency a dated row belongs to."""
    agency_id: int = row.agency_id
    return agency_id


def _successor(session: Session, row: Any, begins: dt.date, *, today: dt.date) -> Any:
    """Return the row that carries what is said from a day on."""
    if row.valid_to is not None and row.valid_to < today:
        raise Invalid("the row has ended", code="row_ended", field="begins")
    if begins < today:
        raise Invalid("begins in the past", code="begins_in_past", field="begins")
    later = [one for one in _of_key(session, row) if one.valid_from > row.valid_from]
    if later:
        day = min(one.valid_from for one in later)
        raise Invalid("a later row exists", code="later_row", field="begins", day=day)
    if row.valid_from >= begins:
        row.mark = "staff"
        return row
    names = [
        column.key
        for column in sa.inspect(type(row)).column_attrs
        if column.key not in ("id", "valid_from", "mark")
    ]
    copy = type(row)(**{name: getattr(row, name) for name in names})
    copy.valid_from, copy.mark = begins, "staff"
    row.valid_to = begins - A_DAY
    return copy


def _of_key(session: Session, row: Any) -> list[Any]:
    """Return the kept rows of the same name, this one among them if it is kept."""
    model: Any = type(row)
    names = [*KEYS[model], *(("scheme_id",) if isinstance(row, Dated) else ())]
    with session.no_autoflush:
        query = sa.select(model).filter_by(**{name: getattr(row, name) for name in names})
        return list(session.scalars(query))


def _write_down(
    session: Session,
    act: str,
    row: Any,
    changed: Mapping[str, str],
    *,
    actor: Actor,
    now: dt.datetime,
) -> None:
    named = " ".join(str(getattr(row, name)) for name in KEYS[type(row)])
    audit.record(
        session, act, actor=actor, now=now, object_type=row.__tablename__,
        object_id=row.id, row=named, changes=dict(changed),
    )  # fmt: skip
    forget()


def _said(before: Any, after: Any) -> str:
    """Return a change in a few words."""
    return f"{str(before)[:LONGEST_NOTE]} → {str(after)[:LONGEST_NOTE]}"
