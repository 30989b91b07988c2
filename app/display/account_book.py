"""An account's statement and year bill as pages show them: days asked for, words, sums, files."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from flask import Response, abort, request
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy.orm import Session

from app.display import exports, formats
from app.display.sentences import sentence
from app.domain.capitals import in_capitals
from app.domain.errors import RuleBroken
from app.domain.workdays import local_date
from app.models import Account
from app.services import reference
from app.services.accounting import account_statement, entries
from app.services.accounting.account_statement import Line, Statement, YearBill

KINDS: Mapping[str, Any] = {
    "opening": _("Opening balance"),
    "contribution": _("Contribution"),
    "late": _("Came after closing"),
    "late_credit": _("Contribution credited later"),
    "late_interest": _("Interest on late money"),
    "supplement": _("Taken up to be paid after closing"),
    "interest": _("Interest"),
    "hold": _("Held for an application"),
    "release": _("Released"),
    "transit": _("Sent to the bank"),
    "into_transit": _("Sent to the bank"),
    "paid": _("Paid"),
    "confirm": _("Paid"),
    "back": _("Put back"),
    "put_back": _("Put back"),
}
"""What a kind of journal entry is called; one that is not here is shown as it is stored."""

REVERSAL = "_reversal"
YEARS = (1900, 2999)
"""Days of other years are nobody's: the first and last there are have no day beside them."""

MOVED: Mapping[str, Any] = {
    "transit": _("Withdrawal"),
    "back": _("Withdrawal put back"),
    "release": _("Waits to be paid after closing"),
}
"""What holders call the movements that staff know by their technical names."""


def kind_word(kind: str, *, for_holder: bool = False) -> str:
    """Return what moved the money, in words; the twin of an entry says whose twin it is."""
    if kind.endswith(REVERSAL):
        what = kind_word(kind.removesuffix(REVERSAL))
        if for_holder:
            return gettext("Corrected: %(what)s", what=what)
        return gettext("Reversed: %(what)s", what=what)
    if for_holder and kind in MOVED:
        return str(MOVED[kind])
    return str(KINDS.get(kind, kind))


def asked_days(today: dt.date) -> tuple[dt.date, dt.date, str]:
    """Return the days a reader asked for, by default this year, and what is wrong with them."""
    first, wrong_first = _day("from", dt.date(today.year, 1, 1))
    last, wrong_last = _day("to", today)
    wrong = (
        gettext("Please give the days like 2026-09-20.") if wrong_first or wrong_last else ""
    )
    return first, last, wrong


def _day(name: str, otherwise: dt.date) -> tuple[dt.date, bool]:
    typed = request.args.get(name, "").strip()
    if not typed:
        return otherwise, False
    try:
        day = dt.date.fromisoformat(typed)
    except ValueError:
        return otherwise, True
    return (day, False) if YEARS[0] <= day.year <= YEARS[1] else (otherwise, True)


def book(session: Session, account: Account, *, now: dt.datetime) -> dict[str, Any]:
    """Return what the page of a statement shows: days, lines, sums, years, what waits."""
    first, last, wrong = asked_days(local_date(now))
    try:
        found = account_statement.statement(session, account, first=first, last=last)
    except RuleBroken as broken:
        wrong, first = sentence(broken), last
        found = account_statement.statement(session, account, first=first, last=last)
    return {
        "account": account,
        "objection_days": objection_days(session, account, on=local_date(now)),
        "statement": found,
        "today": local_date(now),
        "first": first,
        "last": last,
        "problem": wrong,
        "years": account_statement.years(session, account, now=now),
        "waits": entries.waiting(session, account),
    }


def objection_days(session: Session, account: Account, *, on: dt.date) -> str:
    """Return the days within which an objection to a balance is answered (WF08)."""
    return f"{reference.settings_on(session, account.scheme_id, on)['objection_days']:.0f}"


def day_of(line: Line) -> str:
    """Return the day a line was booked, and from which it counts where that differs."""
    booked, counts = formats.day(line.booked_at), formats.day(line.value_date)
    if booked == counts:
        return booked
    return gettext("%(day)s, counts from %(from_)s", day=booked, from_=counts)


def rows(found: Statement, *, for_holder: bool) -> list[tuple[str, str, str, str, str, str]]:
    """Return the lines as cells: day, what, number, in, out, balance."""
    return [
        (
            day_of(line),
            kind_word(line.kind, for_holder=for_holder),
            line.case_number or ("" if for_holder else line.reference),
            formats.money(line.amount) if line.amount > 0 else "",
            formats.money(-line.amount) if line.amount < 0 else "",
            formats.money(line.balance),
        )
        for line in found.lines
    ]


def asked_file(
    session: Session, account: Account, *, now: dt.datetime, for_holder: bool
) -> Response:
    """Return the days asked for in the form asked for, csv or xlsx; 404 for any other form."""
    form = request.args.get("form", "csv")
    if form not in exports.TYPES:
        abort(404)
    found: Statement = book(session, account, now=now)["statement"]
    return file_of(account, found, form=form, for_holder=for_holder)


def asked_bill(
    session: Session, account: Account, year: int, *, now: dt.datetime
) -> dict[str, Any]:
    """Return what the bill of a year shows but for names; 404 for a year without one."""
    if year not in account_statement.years(session, account, now=now):
        abort(404)
    today = local_date(now)
    bill = account_statement.year_bill(session, account, year)
    return {
        "account": account, "year": year, "today": today,
        "objection_days": objection_days(session, account, on=today),
        "rows": bill_rows(bill, is_over=today.year > year),
        "capitals": in_capitals(bill.closing),
    }  # fmt: skip


def file_of(account: Account, found: Statement, *, form: str, for_holder: bool) -> Response:
    """Return the statement as a file; it names the account by its number, never a person."""
    header = (
        gettext("Booked"), gettext("Counts from"), gettext("Movement"), gettext("Case or reference"),
        gettext("In (yuan)"), gettext("Out (yuan)"), gettext("Balance (yuan)"),
    )  # fmt: skip
    lines = [
        (
            formats.day(line.booked_at), formats.day(line.value_date),
            kind_word(line.kind, for_holder=for_holder),
            line.case_number or ("" if for_holder else line.reference),
            max(line.amount, entries.ZERO), max(-line.amount, entries.ZERO), line.balance,
        )
        for line in found.lines
    ]  # fmt: skip
    name = f"statement-{account.id}-{found.first:%Y%m%d}-{found.last:%Y%m%d}"
    opening = (gettext("Opening balance"), "", "", "", "", "", found.opening)
    return exports.download(header, [opening, *lines], name=name, form=form)


def bill_rows(bill: YearBill, *, is_over: bool) -> list[tuple[str, str]]:
    """Return the year bill as label and sum; what is in every year has its line when it is nil."""
    found = [(gettext("Balance at the beginning"), bill.opening)]
    if bill.taken_over:
        found.append((gettext("Balance taken over"), bill.taken_over))
    found += [
        (gettext("Contributions"), bill.paid_in),
        (gettext("Interest"), bill.interest),
        (gettext("Withdrawals"), bill.withdrawn),
    ]
    if bill.reversed:
        found.append((gettext("Corrections"), bill.reversed))
    if bill.moved_on:
        found.append((gettext("Waits to be paid after closing"), bill.moved_on))
    ends = gettext("Balance at the end") if is_over else gettext("Balance today")
    found.append((ends, bill.closing))
    return [(label, formats.money(amount)) for label, amount in found]
