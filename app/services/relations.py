"""What somebody who acts for another may see before staff have confirmed the relation."""

from decimal import Decimal

from app.domain.entitlement import Entitlement, check_amount
from app.domain.errors import Invalid
from app.domain.terms import Capacity
from app.models import Application


def may_show_money(case: Application) -> bool:
    """Tell whether balance and calculation may be shown to who acts in this case."""
    return case.capacity is Capacity.SELF or case.relation_confirmed_at is not None


def check_asked(case: Application, amount: Decimal, entitled: Entitlement) -> None:
    """Raise ``Invalid`` for an amount that is not due; the most is told to who may know it."""
    try:
        check_amount(amount, entitled)
    except Invalid as wrong:
        if wrong.code == "amount_over" and not may_show_money(case):
            raise Invalid(code="amount_over_hidden", field=wrong.field) from None
        raise
