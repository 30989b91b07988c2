"""One line of a file of contributions: whose account, how much, from which day, every fault named."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from app.domain.identity import normalise, same_name
from app.domain.terms import AccountState
from app.models import Account, Scheme
from app.packages.problems import Findings
from app.services import ledger
from app.services.accounting.account_files import RawRow
from app.services.accounting.account_rows import Cells, Wrong

MOVED_ON = {
    AccountState.CLOSED_BY_MERGER: ("账户已合并", "the account was merged into another"),
    AccountState.CLOSED_BY_TRANSFER: ("账户已转移", "the account was transferred"),
}
"""Accounts that another one stands for: money goes to that one."""


@dataclass(frozen=True, slots=True)
class ContributionRow:
    """A line that may be posted, yuan; interest counts from ``value_date``."""

    line: int
    account_id: int
    agency_id: int
    amount: Decimal
    value_date: dt.date
    late: bool
    sealed: bool
    frozen: bool


@dataclass(frozen=True, slots=True)
class Known:
    """What the cells of a file may name: services by agency and code, accounts by number."""

    today: dt.date
    schemes: Mapping[tuple[str, str], Scheme]
    accounts: Mapping[tuple[int, str], Account]


def check_row(
    raw: RawRow, known: Known, name: str, findings: Findings
) -> ContributionRow | None:
    """Return a line as it may be posted, or None after noting every fault of it."""
    return _Line(raw, known, name, findings).checked()


def number_of(raw: RawRow) -> str:
    """Return the account number of a line as it is kept."""
    return normalise(raw.cells.get("account_number", ""))


class _Line(Cells):
    """A line being checked."""

    def __init__(self, raw: RawRow, known: Known, name: str, findings: Findings) -> None:
        super().__init__(raw, known.today, name, findings)
        self.known = known

    def checked(self) -> ContributionRow | None:
        """Check every cell."""
        scheme = self._try("scheme", self._scheme)
        account = self._try("account_number", lambda: self._account(scheme))
        amount = self._try("amount", self._amount)
        day = self._try("value_date", lambda: self._counts_from(account))
        if account is not None:
            self._try("name", lambda: self._same_holder(account))
        if self.failed or account is None or amount is None or day is None:
            return None
        return ContributionRow(
            line=self.raw.line, account_id=account.id, agency_id=account.agency_id,
            amount=amount, value_date=day, late=ledger.closes(account),
            sealed=account.state is AccountState.SEALED,
            frozen=account.state is AccountState.FROZEN or account.frozen_amount > 0,
        )  # fmt: skip

    def _scheme(self) -> Scheme:
        key = (self._need("agency"), self._need("scheme"))
        if key not in self.known.schemes:
            raise Wrong(f"没有 {'/'.join(key)} 这项业务", f"no scheme {'/'.join(key)}")
        return self.known.schemes[key]

    def _account(self, scheme: Scheme | None) -> Account | None:
        self._need("account_number")
        if scheme is None:
            return None
        account = self.known.accounts.get((scheme.id, number_of(self.raw)))
        if account is None:
            raise Wrong("没有这个账号", "there is no such account")
        if account.state in MOVED_ON:
            zh, en = MOVED_ON[account.state]
            raise Wrong(f"{zh}，请入账到新账户", f"{en}; pay into that one")
        return account

    def _amount(self) -> Decimal:
        amount = self._money("amount")
        if amount == 0:
            raise Wrong("金额应大于 0", "must be more than nothing")
        return amount

    def _counts_from(self, account: Account | None) -> dt.date | None:
        day = self._day("value_date", need=True)
        if account is not None and day is not None and day < account.opened_on:
            raise Wrong("起息日早于开户日", "lies before the account was opened")
        return day

    def _same_holder(self, account: Account) -> None:
        given = self._cell("name")
        if given and not same_name(given, account.applicant.name):
            raise Wrong("姓名与账户不一致", "is not the name of the holder")
