"""The sentences of a return opinion (退单意见) with what the case says put in."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.domain import lifecycle
from app.domain.eligibility import next_allowed_date
from app.domain.page_words import Words
from app.domain.workdays import local_date
from app.models import Application, ReturnReason
from app.services import reference
from app.services.applying import circumstances


@dataclass(frozen=True, slots=True)
class _Asked:
    """The case, the day and the paper that a sentence speaks of."""

    session: Session
    case: Application
    on: dt.date
    material_code: str


def fill_return_text(
    session: Session,
    case: Application,
    reason: ReturnReason,
    material_code: str,
    *,
    note: str,
    facts: Mapping[str, Any],
    now: dt.datetime,
) -> tuple[str, str]:
    """Return the sentence of a return reason in Chinese and English, nothing left open.

    ``facts`` given by the reviewer win over what the case says.
    """
    asked = _Asked(session, case, local_date(now), material_code)
    words = {
        name: _stated(name, note, facts) or _SAYS[name](asked) for name in reason.placeholders
    }
    zh = {name: said.zh for name, said in words.items()}
    en = {name: said.en for name, said in words.items()}
    return reason.text_zh.format_map(zh), reason.text_en.format_map(en)


def _stated(name: str, note: str, facts: Mapping[str, Any]) -> Words | None:
    said = note.strip() if name == "note" else facts.get(name)
    if said in (None, "") and name != "note":
        return None
    return said if isinstance(said, Words) else Words(str(said), str(said))


def _paper(asked: _Asked) -> Words:
    types = reference.material_types(asked.session, asked.case.scheme_id, asked.on)
    paper = types.get(asked.material_code)
    return Words(paper.name_zh, paper.name_en) if paper else Words("材料", "paper")


def _house(asked: _Asked) -> Words:
    return _same(asked.case.house_key)


def _limit(asked: _Asked) -> Words:
    """Say how long after the purchase or event the money may be asked for."""
    settings = circumstances.settings(asked.session, asked.case, on=asked.on)
    years = int(settings.get("purchase_window_years", 0))
    return Words(f"{years}年", f"{years} years" if years != 1 else "1 year")


def _most(asked: _Asked) -> Words:
    now = dt.datetime.combine(asked.on, dt.time(12), tzinfo=dt.UTC)
    entitled = circumstances.calculation(asked.session, asked.case, now=now)
    return _same(f"{entitled.amount:,.2f}")


def _ban(asked: _Asked) -> Words:
    return _day(asked.case.account.ban_until)


def _reason_name(asked: _Asked) -> Words:
    return Words(asked.case.reason.name_zh, asked.case.reason.name_en)


def _open_case(asked: _Asked) -> Words:
    """Name the other case that is open on the account, or else this one."""
    case = asked.case
    other = asked.session.scalar(
        sa.select(Application.number)
        .where(
            Application.account_id == case.account_id,
            Application.status.in_(lifecycle.OPEN),
            Application.id != case.id,
        )
        .limit(1)
    )
    return _same(other or case.number or "")


def _next_date(asked: _Asked) -> Words:
    case = asked.case
    last = circumstances.last_paid_on(asked.session, case.account, case.reason_code)
    return _day(next_allowed_date(last, case.reason.min_interval_months))


def _deadline(asked: _Asked) -> Words:
    case = asked.case
    if case.correction_due_on is not None:
        return _day(case.correction_due_on)
    settings = circumstances.settings(asked.session, case, on=asked.on)
    calendar = reference.calendar(asked.session)
    return _day(calendar.add_workdays(asked.on, int(settings["correction_days"])).date)


def _day(day: dt.date | None) -> Words:
    if day is None:
        return Words("规定日期", "the date set")
    return Words(f"{day.year}年{day.month}月{day.day}日", day.isoformat())


def _same(text: str) -> Words:
    return Words(text, text)


_SAYS: Mapping[str, Callable[[_Asked], Words]] = {
    "material_name": _paper,
    "house_key": _house,
    "limit": _limit,
    "max_amount": _most,
    "ban_until": _ban,
    "reason_name": _reason_name,
    "application_no": _open_case,
    "next_date": _next_date,
    "deadline": _deadline,
}
