"""What is read on every page and changes once a month: kept per process, for ten seconds at most."""

import time
from collections.abc import Callable, Hashable
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from sqlalchemy.orm import ORMExecuteState, Session

from app.models import (
    Bank,
    BankBin,
    FactDefinition,
    MaterialRequirement,
    MaterialType,
    MessageTemplate,
    NationalCode,
    PolicySetting,
    WorkingDay,
)  # fmt: skip

T = TypeVar("T")
KEPT_SECONDS = 10.0
"""How long an edit made by another process may stay unseen."""

CHANGED = "reference_changed"
_KEPT_MODELS = (
    Bank, BankBin, FactDefinition, MaterialRequirement, MaterialType, MessageTemplate,
    NationalCode, PolicySetting, WorkingDay,
)  # fmt: skip

_kept: WeakKeyDictionary[Any, dict[Hashable, tuple[float, Any]]] = WeakKeyDictionary()
"""By connection pool, so that it ends with the database it was read from."""


def remembered(session: Session, name: Hashable, read: Callable[[], T]) -> T:
    """Return a value read before, or read it; never kept while this session changes such rows."""
    if CHANGED in session.info:
        return read()
    values = _kept.setdefault(_engine(session).pool, {})
    found = values.get(name)
    if found is not None and time.monotonic() - found[0] < KEPT_SECONDS:
        value: T = found[1]
        return value
    fresh = read()
    values[name] = (time.monotonic(), fresh)
    return fresh


def forget() -> None:
    """Read everything again; called by itself when such a row is written in this process."""
    _kept.clear()


def _engine(session: Session) -> sa.Engine:
    bind = session.get_bind(sa.inspect(PolicySetting))
    return bind.engine


@sa.event.listens_for(Session, "after_flush")
def _flushed(session: Session, _context: Any) -> None:
    """Notice rows written through the session."""
    changed = (*session.new, *session.dirty, *session.deleted)
    if any(isinstance(row, _KEPT_MODELS) for row in changed):
        session.info[CHANGED] = True


@sa.event.listens_for(Session, "do_orm_execute")
def _executed(state: ORMExecuteState) -> None:
    """Notice rows written in bulk."""
    if state.is_select or state.bind_mapper is None:
        return
    if issubclass(state.bind_mapper.class_, _KEPT_MODELS):
        state.session.info[CHANGED] = True


@sa.event.listens_for(Session, "after_commit")
@sa.event.listens_for(Session, "after_rollback")
def _ended(session: Session) -> None:
    """Forget what was kept once the change is in force, or gone."""
    if session.info.pop(CHANGED, False):
        forget()
