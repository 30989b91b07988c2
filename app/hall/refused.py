"""What an applicant reads when the bank did not take the money: which account, why, what to do."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from app.display.words import is_chinese, localized
from app.domain.terms import PayoutStatus, Status
from app.gateways.bank import reason_of
from app.models import Application
from app.services import reference

CHECK_NUMBER = _l(
    "Check the number digit by digit with your card and type it again, or name another account "
    "of your own."
)
ADVICE: Mapping[str, str] = {
    "AC01": CHECK_NUMBER,
    "AC03": CHECK_NUMBER,
    "AC04": _l("The account is closed. Name another account of your own."),
    "AC06": _l(
        "The account is blocked. Ask your bank to lift that, or name another account of your own."
    ),
    "AG01": _l(
        "This kind of account cannot take the money. Name a class I account of your own."
    ),
    "BE01": _l(
        "The account does not stand in your name. Name an account in your own name; if your "
        "name has changed, come to the counter."
    ),
}
"""What to do, in plain words, by the bank's reason."""

OTHERWISE = _l("Ask your bank why, or name another account of your own.")


@dataclass(frozen=True, slots=True)
class Refusal:
    """One payment the bank did not take: the account masked, the reason, what to do about it."""

    account: str
    amount: Decimal
    reason: str
    advice: str


def refusal(session: Session, case: Application) -> Refusal | None:
    """Return what the bank refused last, while the applicant has to correct the account."""
    if case.status is not Status.PAYEE_FIX:
        return None
    ended = (PayoutStatus.REJECTED, PayoutStatus.RETURNED)
    last = next((one for one in reversed(case.payouts) if one.status in ended), None)
    if last is None:
        return None
    names = {row.code: localized(row, "short_name") for row in reference.banks(session)}
    reason = reason_of(last.bank_code_answer)
    return Refusal(
        account=f"{names.get(last.payee_bank_code, '')} **** {last.payee_last_four}".strip(),
        amount=last.amount,
        reason=reason.zh if is_chinese() else reason.en,
        advice=str(ADVICE.get(last.bank_code_answer, OTHERWISE)),
    )
