"""What is agreed once and paid each month (约定提取): its terms, its days, its sums."""

import calendar as months
import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import astuple, dataclass
from decimal import Decimal
from enum import StrEnum

from app.domain.page_words import Words
from app.domain.workdays import Calendar

RULE = "posted_since_last"
"""The one rule there is: what was paid in since the last payment of the reason."""

MARK = "standing"
"""The channel of a case that an agreement made."""

NOTHING = Decimal("0.00")


class Skip(StrEnum):
    """Why a month brings no case; the first that holds is told."""

    ACCOUNT_CLOSING = "account_closing"
    ACCOUNT_STATE = "account_state"
    ACCOUNT_FROZEN = "account_frozen"
    ACCOUNT_BANNED = "account_banned"
    OPEN_CASE = "open_case"
    PERSON = "person"
    REASON_CLOSED = "reason_closed"
    LETTER_CHANGED = "letter_changed"
    CARD_REMOVED = "card_removed"
    CARD_CHANGED = "card_changed"
    CARD_RESTS = "card_rests"
    SIGNATURES = "signatures"
    NEVER_PAID = "never_paid"
    PAID_ALREADY = "paid_already"
    NOTHING_DUE = "nothing_due"
    FAULT = "fault"


WHY: Mapping[Skip, Words] = {
    Skip.ACCOUNT_CLOSING: Words("账户正在办理销户", "the account is being closed"),
    Skip.ACCOUNT_STATE: Words("账户不是正常状态", "the account is not in normal state"),
    Skip.ACCOUNT_FROZEN: Words("账户有冻结", "the account is frozen"),
    Skip.ACCOUNT_BANNED: Words("账户在限制支取期内", "withdrawals from the account are barred"),
    Skip.OPEN_CASE: Words(
        "账户有一笔申请正在办理", "another application is open on the account"
    ),
    Skip.PERSON: Words(
        "姓名或身份信息与约定时不同，需要核实",
        "your name or identity differs from the agreement and has to be checked",
    ),
    Skip.REASON_CLOSED: Words(
        "该支取原因目前不能约定提取", "the reason cannot be agreed on now"
    ),
    Skip.LETTER_CHANGED: Words(
        "承诺书已更新，请停止后重新约定", "the commitment letter was renewed; please agree anew"
    ),
    Skip.CARD_REMOVED: Words(
        "约定的银行卡已停用，请停止后重新约定",
        "the agreed card is no longer in use; please agree anew",
    ),
    Skip.CARD_CHANGED: Words(
        "收款账户已更正，与约定的不同，请停止后重新约定",
        "the receiving account was corrected and differs; please agree anew",
    ),
    Skip.CARD_RESTS: Words(
        "手机号码更换未满24小时，顺延办理", "the mobile was changed less than 24 hours ago"
    ),
    Skip.SIGNATURES: Words(
        "约定的审核签字不完整", "the signatures of the agreement are incomplete"
    ),
    Skip.NEVER_PAID: Words("没有已到账的首次支取", "no first withdrawal has been paid"),
    Skip.PAID_ALREADY: Words(
        "本月已支取过一次", "a withdrawal of the reason was paid this month already"
    ),
    Skip.NOTHING_DUE: Words(
        "上次支取后没有新入账的补贴", "nothing was paid in since the last payment"
    ),
    Skip.FAULT: Words(
        "系统原因暂未办理，次日自动重试",
        "a fault on our side; it is tried again by itself the next day",
    ),
}
"""Every reason in the words that people read."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What an applicant agrees to and two people sign; never an amount."""

    order_id: int
    agency_id: int
    account_id: int
    applicant_id: int
    reason_code: str
    rule: str
    payee_name: str
    card_index: str
    bank_code: str
    day_of_month: int
    starts_on: dt.date
    ends_on: dt.date
    letter_sha256: str

    def fingerprint(self) -> str:
        """Return the SHA-256 that is signed; the card counts by its keyed hash."""
        said = [
            part.isoformat() if isinstance(part, dt.date) else part for part in astuple(self)
        ]
        return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()


def month_of(day: dt.date) -> dt.date:
    """Return the first day of a day's month: it names the month."""
    return day.replace(day=1)


def paid_on(month: dt.date, day_of_month: int, calendar: Calendar) -> dt.date:
    """Return the day a month's case is made: the agreed day, or the next working day.

    A month without that day takes its last one; when no working day is left after it, the last
    working day before it is taken, so that a month never loses its payment to a holiday.
    """
    last = months.monthrange(month.year, month.month)[1]
    agreed = min(day_of_month, last)
    later = (month.replace(day=number) for number in range(agreed, last + 1))
    earlier = (month.replace(day=number) for number in range(agreed - 1, 0, -1))
    return next(
        (day for day in (*later, *earlier) if calendar.is_workday(day)),
        month.replace(day=agreed),
    )


def days_reached(today: dt.date, calendar: Calendar) -> list[int]:
    """Return the agreed days of the month whose case may be made by now; none on a day off."""
    if not calendar.is_workday(today):
        return []
    month = month_of(today)
    return [day for day in range(1, 32) if paid_on(month, day, calendar) <= today]


def next_payment(
    after: dt.date, day_of_month: int, *, starts_on: dt.date, calendar: Calendar
) -> dt.date:
    """Return the next day on which a case is made, today included."""
    month = month_of(max(after, starts_on))
    while (day := paid_on(month, day_of_month, calendar)) < max(after, starts_on):
        month = month_of(month + dt.timedelta(days=31))
    return day


def amount_due(contributed: Decimal, available: Decimal, kept: Decimal) -> Decimal:
    """Return what a month pays, yuan: what came in, at most what is there above ``kept``."""
    return max(NOTHING, min(contributed, available - kept))
