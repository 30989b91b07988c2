"""May this account start, may it submit this reason now: every obstacle is told at once."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from app.domain.errors import ManyProblems, RuleBroken
from app.domain.months import add_months
from app.domain.terms import AccountState, Closes, Kind


@dataclass(frozen=True, slots=True)
class Problem:
    """One obstacle: the row of ``return_reasons.csv`` that says it, and why exactly.

    ``because`` names the sentence for N04's note; ``facts`` fill the row's placeholders.
    """

    return_reason: str
    because: str
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AccountStanding:
    """What the right to withdraw depends on; amounts in yuan."""

    state: AccountState
    frozen_amount: Decimal = Decimal(0)
    sealed_since: date | None = None
    ban_until: date | None = None
    open_application_no: str | None = None
    contributions_in_flight: bool = False
    owes_refund: bool = False


@dataclass(frozen=True, slots=True)
class ReasonTerms:
    """What a row of ``reasons.csv`` says of who may use it and how often.

    ``sealed_months`` is set for reasons that rest on the account having been sealed.
    """

    code: str
    name_zh: str
    name_en: str
    kinds: frozenset[Kind]
    closes: Closes
    default_kind: Kind
    enabled: bool = True
    valid_from: date | None = None
    valid_to: date | None = None
    min_interval_months: int | None = None
    max_times_per_house: int | None = None
    sealed_months: int | None = None

    def in_force(self, on: date) -> bool:
        """Tell whether the reason is offered on that day, first and last day included."""
        begun = self.valid_from is None or self.valid_from <= on
        return self.enabled and begun and (self.valid_to is None or on <= self.valid_to)


def kind_for(reason: ReasonTerms, *, paid_before: bool, chosen_closing: bool | None) -> Kind:
    """Return whether this is a first, a later or a closing withdrawal.

    ``paid_before``: a paid case exists for the same account and reason (for a purchase, the
    same house too). Where closing is open to choice and nothing was chosen, the reason's
    usual kind counts.
    """
    wants_closing = chosen_closing
    if wants_closing is None:
        wants_closing = reason.default_kind is Kind.CLOSING
    if reason.closes is Closes.ALWAYS or (reason.closes is Closes.OPTIONAL and wants_closing):
        return Kind.CLOSING
    return Kind.SUBSEQUENT if paid_before else Kind.FIRST


def next_allowed_date(last_paid: date | None, min_interval_months: int | None) -> date | None:
    """Return the first day the reason may be used again, None when nothing bars it (EL07)."""
    if last_paid is None or min_interval_months is None:
        return None
    return add_months(last_paid, min_interval_months)


def next_date_after_payoff(paid_on: date, amount: Decimal, instalment: Decimal) -> date:
    """Return the next day after a loan payoff: as many months as instalments paid (EL07)."""
    return add_months(paid_on, int(amount // instalment))


def start_problems(account: AccountStanding, on: date) -> list[Problem]:
    """Return what bars any withdrawal from this account today (EL06, EL08, EL10, EL14)."""
    problems = []
    if account.state is AccountState.FROZEN:
        problems.append(Problem("N02", "account_frozen"))
    elif account.state not in (AccountState.NORMAL, AccountState.SEALED):
        problems.append(Problem("N02", "account_closed"))
    if account.ban_until is not None and on < account.ban_until:
        problems.append(Problem("N03", "banned", {"ban_until": account.ban_until}))
    if account.owes_refund:
        problems.append(Problem("N04", "refund_due"))
    if account.open_application_no is not None:
        open_case = {"application_no": account.open_application_no}
        problems.append(Problem("N05", "open_application", open_case))
    return problems


def reason_problems(
    account: AccountStanding,
    reason: ReasonTerms,
    kind: Kind,
    *,
    last_paid: date | None,
    on: date,
) -> list[Problem]:
    """Return what bars this reason and kind today (EL07 to EL09); all of it, in order."""
    problems = []
    if not reason.in_force(on):
        problems.append(Problem("N04", "reason_not_offered"))
    if kind not in reason.kinds:
        problems.append(Problem("N04", "kind_not_offered"))
    if account.state is AccountState.SEALED and kind is not Kind.CLOSING:
        problems.append(Problem("N04", "sealed_only_closing"))
    if kind is Kind.CLOSING:
        problems += _closing_problems(account, reason, on)
    next_date = next_allowed_date(last_paid, reason.min_interval_months)
    if next_date is not None and on < next_date:
        problems.append(Problem("N06", "too_early", {"next_date": next_date}))
    return [_named(problem, reason) for problem in problems]


def _closing_problems(account: AccountStanding, reason: ReasonTerms, on: date) -> list[Problem]:
    """Return what bars the closing of the account (EL08, EL09)."""
    problems = []
    if account.frozen_amount > 0:
        problems.append(Problem("N02", "partly_frozen"))
    if account.contributions_in_flight:
        problems.append(Problem("N04", "contributions_in_flight"))
    if reason.sealed_months is not None:
        if account.sealed_since is None:
            problems.append(Problem("N04", "not_sealed"))
        elif on < (until := add_months(account.sealed_since, reason.sealed_months)):
            problems.append(Problem("N04", "sealed_too_short", {"sealed_until": until}))
    return problems


def _named(problem: Problem, reason: ReasonTerms) -> Problem:
    """Add the reason's names, which the sentence of N04 needs."""
    names = {"reason_zh": reason.name_zh, "reason_en": reason.name_en}
    return Problem(problem.return_reason, problem.because, {**problem.facts, **names})


def problems_of(
    account: AccountStanding,
    reason: ReasonTerms,
    kind: Kind,
    *,
    last_paid: date | None,
    on: date,
) -> list[Problem]:
    """Return everything that bars this account from this reason today, in one list."""
    return [
        *start_problems(account, on),
        *reason_problems(account, reason, kind, last_paid=last_paid, on=on),
    ]


def refuse(problems: Sequence[Problem]) -> None:
    """Raise ``ManyProblems`` when there are any; each carries its return reason as a fact."""
    if problems:
        raise ManyProblems(
            [
                RuleBroken(
                    problem.because,
                    code=problem.because,
                    return_reason=problem.return_reason,
                    **problem.facts,
                )
                for problem in problems
            ]
        )
