"""What somebody who acts for another may see before staff have confirmed the relation."""

from app.domain.terms import Capacity
from app.models import Application


def may_show_money(case: Application) -> bool:
    """Tell whether balance and calculation may be shown to who acts in this case."""
    return case.capacity is Capacity.SELF or case.relation_confirmed_at is not None
