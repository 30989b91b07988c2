"""What an estimate is limited by, what stands in the way, and what would change it, in words."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from app.display.formats import money
from app.display.sentences import sentence
from app.display.words import is_chinese
from app.domain.amounts.labels import line_label
from app.domain.eligibility import AccountStanding, Problem, kind_for, problems_of
from app.domain.entitlement import Entitlement
from app.domain.page_words import Flow
from app.domain.terms import AccountState
from app.models import Account, WithdrawalReason
from app.services import applications, reference
from app.services.applying.circumstances import last_paid_on

REMEDIES: Mapping[str, Any] = {
    "account_frozen": _l("It can be used again when the freeze ends; the office says by whom it was ordered."),
    "account_closed": _l("A closed account pays nothing more. If you think it is open, ask the office."),
    "banned": _l("Apply from that day on."),
    "refund_due": _l("Pay the sum back; then apply again."),
    "open_application": _l("Wait until it has ended, or take it back while the review has not begun."),
    "too_early": _l("Apply from that day on. Another reason may be open to you today."),
    "kind_not_offered": _l("Choose another reason, or leave the account open."),
    "sealed_only_closing": _l("Choose a reason that closes the account, or go on after your employer contributes again."),
    "not_sealed": _l("Your former employer reports that you left; the account is sealed from then on."),
    "sealed_too_short": _l("Apply from that day on, if nobody contributes for you meanwhile."),
    "partly_frozen": _l("Leave the account open and take what is not frozen, or wait until the freeze ends."),
    "contributions_in_flight": _l("Come back when the last contribution is posted, usually within a few days."),
    "reason_not_offered": _l("Choose another reason."),
}  # fmt: skip
"""What would change it, by what stands in the way."""


@dataclass(frozen=True, slots=True)
class Obstacle:
    """One thing that stands in the way, and what would change it."""

    why: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Standing:
    """What the rules ask of an account: looked up of the own one, else as it was answered."""

    account: AccountStanding
    last_paid: dt.date | None = None
    errors: Mapping[str, str] | None = None


def own_standing(session: Session, account: Account, reason: str) -> Standing:
    """Return how the own account stands."""
    found = applications.standing_of(session, account)
    return Standing(found, last_paid_on(session, account, reason))


def typed_standing(typed: Mapping[str, str], on: dt.date) -> Standing:
    """Return how an account stands by what a visitor answers; nothing answered bars nothing."""
    errors: dict[str, str] = {}
    days: dict[str, dt.date | None] = {}
    for name in ("sealed_since", "last_paid"):
        try:
            days[name] = dt.date.fromisoformat(text) if (text := typed.get(name, "")) else None
        except ValueError:
            days[name] = None
        if typed.get(name) and (days[name] is None or (days[name] or on) > on):
            days[name], errors[name] = None, gettext("Please enter a date that is past.")
    states = {"sealed": AccountState.SEALED, "frozen": AccountState.FROZEN}
    standing = AccountStanding(
        state=states.get(typed.get("state", ""), AccountState.NORMAL),
        sealed_since=days["sealed_since"],
        open_application_no="" if typed.get("open_case") == "yes" else None,
    )
    return Standing(standing, days["last_paid"], errors)


def obstacles(
    session: Session,
    reason: WithdrawalReason,
    standing: Standing,
    *,
    closing: bool | None,
    on: dt.date,
) -> list[Obstacle]:
    """Return what bars the reason today by the rules of an application, all of it."""
    terms = applications.terms_of(session, reason, on=on)
    paid_before = standing.last_paid is not None
    kind = kind_for(terms, paid_before=paid_before, chosen_closing=closing)
    problems: Sequence[Problem] = problems_of(
        standing.account, terms, kind, last_paid=standing.last_paid, on=on
    )
    texts = reference.return_reasons(session, reason.scheme_id, on)
    return [
        Obstacle(
            sentence(one, () if one.facts.get("application_no") == "" else texts),
            str(REMEDIES.get(one.because, "")),
        )
        for one in problems
    ]


def limit_words(
    flow: Flow, found: Entitlement, settings: Mapping[str, Decimal], *, rule: Decimal | None
) -> list[str]:
    """Return what limited an amount and what would change that.

    ``rule`` is what the reason would allow were the account large enough; None is no ceiling.
    """
    label = line_label(flow, found.limited_by)
    name = label.zh if is_chinese() else label.en
    if found.limited_by == "closing_total":
        return [gettext("The account is closed, so everything in it is paid.")]
    if found.limited_by == "available":
        said = [gettext("The limit is what the account can give; a little stays in it.")]
        more = gettext("It grows with every contribution.")
        if rule is not None and rule > found.amount:
            more = gettext(
                "By the reason itself it could be up to %(sum)s yuan, once the account holds that much.",
                sum=money(rule),
            )
        return [*said, more]
    given = next((one.amount for one in found.lines if one.label_key == "available"), None)
    said = [gettext("The limit that applied: %(limit)s.", limit=name)]
    said.append(_way(found.limited_by, settings))
    if given is not None and given > found.amount:
        said.append(gettext("The account itself could give %(sum)s yuan.", sum=money(given)))
    return said


def _way(limit: str, settings: Mapping[str, Decimal]) -> str:
    """Return what would change a limit that is not the account."""
    if limit in settings:
        return gettext("The fund sets it for everybody: a higher bill does not raise it.")
    if limit.endswith("remaining"):
        return gettext(
            "It is the cost less the loan and what the family took before: it grows when one of these was entered too high."
        )
    if limit == "rent_flat":
        return gettext(
            "It is a flat amount. With a filed lease the rent you paid counts instead."
        )
    return gettext("It follows the sum your papers prove; it grows with what they show.")
