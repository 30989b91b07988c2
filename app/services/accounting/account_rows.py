"""One line of a file of accounts: from text to what may be written, every fault named."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from app import sealing
from app.domain import identity
from app.domain.errors import Invalid
from app.domain.terms import AccountState, Gender
from app.models import Scheme
from app.packages.problems import Findings
from app.services import reference
from app.services.accounting.account_files import RawRow, number_in

T = TypeVar("T")
MOST = Decimal(10) ** 12
NUMBER_LENGTH = 32
CLOSED = (
    AccountState.CLOSED_BY_MERGER,
    AccountState.CLOSED_BY_TRANSFER,
    AccountState.CLOSED_BY_WITHDRAWAL,
)
"""States in which nothing can be left in an account."""

GENDERS = {"1": Gender.MALE, "男": Gender.MALE, "2": Gender.FEMALE, "女": Gender.FEMALE}
FAULTS = {
    "id_length": ("证件号码位数不对", "the number has the wrong length"),
    "id_format": ("证件号码格式不对", "the number has the wrong form"),
    "id_check_digit": ("证件号码校验位不对", "the check digit of the number is wrong"),
    "id_birth_date": ("证件号码中的出生日期不对", "the birth date in the number cannot be"),
    "id_province": ("证件号码中的省份不存在", "the province in the number does not exist"),
    "id_gender_differs": ("性别与证件号码不一致", "differs from the number"),
    "name_length": ("姓名长度不对", "the name has the wrong length"),
    "name_characters": ("姓名含有不允许的字符", "the name has characters that no name has"),
    "mobile_format": ("手机号码格式不对", "is no mobile number"),
}


class Wrong(Exception):
    """A cell is wrong; says why in both languages."""

    def __init__(self, zh: str, en: str) -> None:
        self.zh, self.en = zh, en
        super().__init__(en)


@dataclass(frozen=True, slots=True, repr=False)
class AccountRow:
    """A line that may be written; sums in yuan, ``person`` is the look-up hash of the number."""

    line: int
    scheme: Scheme
    id_type: str
    id_number: str
    person: str
    name: str
    gender: Gender | None
    birth_date: dt.date | None
    ethnicity: str
    mobile: str
    number: str
    employer: str
    opened_on: dt.date
    state: AccountState
    sealed_on: dt.date | None
    balance: Decimal
    frozen_amount: Decimal
    last_interest_on: dt.date | None
    paid_reason: str
    paid_on: dt.date | None
    paid_amount: Decimal | None
    house_key: str


@dataclass(slots=True)
class Words:
    """What the cells of a file may name: schemes, kinds of document, ethnic groups, reasons."""

    today: dt.date
    schemes: dict[tuple[str, str], Scheme]
    documents: dict[str, identity.DocumentType]
    provinces: frozenset[str]
    ethnic_groups: frozenset[str]
    reasons: dict[int, frozenset[str]] = field(default_factory=dict)
    first_rates: dict[int, dt.date] = field(default_factory=dict)
    """The day of the first interest rate, by scheme; none where nothing bears interest."""


def words_of(session: Session, *, today: dt.date) -> Words:
    """Read everything a file may name, once."""
    schemes = reference.schemes(session)
    return Words(
        today=today,
        schemes={(scheme.agency.code, scheme.code): scheme for scheme in schemes},
        documents={
            row.code: identity.DocumentType(
                row.code, row.regex, row.check_rule, row.birth_and_gender_in_number
            )
            for row in reference.document_types(session)
        },
        provinces=reference.provinces(session),
        ethnic_groups=frozenset(
            row.code for row in reference.national(session, "ethnic_group")
        ),
        reasons={
            scheme.id: frozenset(reference.reason_codes(session, scheme.id))
            for scheme in schemes
        },
        first_rates={
            scheme.id: rates[0][0]
            for scheme in schemes
            if (rates := reference.interest_rates(session, scheme.id))
        },
    )


def check_row(raw: RawRow, words: Words, name: str, findings: Findings) -> AccountRow | None:
    """Return a line as it may be written, or None after noting every fault of it."""
    return _Line(raw, words, name, findings).checked()


class Cells:
    """The cells of a line, and every fault noted while they are read."""

    def __init__(self, raw: RawRow, today: dt.date, name: str, findings: Findings) -> None:
        """Take the line, the day of the import, the file's name and where faults are noted."""
        self.raw, self.today, self.name, self.findings = raw, today, name, findings
        self.failed = False

    def _try(self, column: str, read: Callable[[], T]) -> T | None:
        try:
            return read()
        except Wrong as wrong:
            self.findings.add(self.name, self.raw.line, column, wrong.zh, wrong.en)
        except Invalid as broken:
            zh, en = FAULTS.get(broken.code, ("内容不对", broken.code))
            at = broken.field if broken.field in self.raw.cells else column
            self.findings.add(self.name, self.raw.line, at, zh, en)
        self.failed = True
        return None

    def _cell(self, column: str) -> str:
        return self.raw.cells.get(column, "")

    def _need(self, column: str) -> str:
        cell = self._cell(column)
        if not cell:
            raise Wrong("不能为空", "must not be empty")
        return cell

    def _day(self, column: str, *, need: bool = False) -> dt.date | None:
        cell = self._need(column) if need else self._cell(column)
        if not cell:
            return None
        try:
            day = dt.date.fromisoformat(cell.replace("/", "-"))
        except ValueError:
            raise Wrong("应为日期，如 2026-09-20", "is no date like 2026-09-20") from None
        if day > self.today:
            raise Wrong("日期在将来", "lies in the future")
        return day

    def _money(self, column: str) -> Decimal:
        amount = number_in(self._need(column))
        if amount is None:
            raise Wrong(
                "应为金额，如 1234.50 或 1,234.50", "is no amount like 1234.50 or 1,234.50"
            )
        if amount >= MOST:
            raise Wrong("金额超出范围", "the amount is out of range")
        return amount.quantize(Decimal("0.01"))


class _Line(Cells):
    """A line being checked: what each cell means, and what the cells say together."""

    def __init__(self, raw: RawRow, words: Words, name: str, findings: Findings) -> None:
        super().__init__(raw, words.today, name, findings)
        self.words = words

    def checked(self) -> AccountRow | None:
        """Check every cell, then what the cells say together."""
        scheme = self._try("scheme", self._scheme)
        gender = self._try("gender", self._gender)
        document = self._try("id_type", self._document)
        id_number = self._try("id_number", lambda: self._id_number(document, gender)) or ""
        balance = self._try("balance", lambda: self._money("balance")) or Decimal(0)
        opened_on = self._try("opened_on", lambda: self._day("opened_on", need=True))
        row: dict[str, Any] = {
            "name": self._try("name", lambda: identity.check_name(self._need("name"))),
            "ethnicity": self._try("ethnicity", self._ethnicity),
            "mobile": self._try("mobile", self._mobile),
            "number": self._try("account_number", self._number),
            "opened_on": opened_on,
            "state": self._try("state", lambda: self._state(balance)),
            "sealed_on": self._try("sealed_on", lambda: self._day("sealed_on")),
            "frozen_amount": self._try("frozen_amount", lambda: self._frozen(balance)),
            "last_interest_on": self._try(
                "last_interest_on", lambda: self._interest_day(scheme, opened_on)
            ),
            "paid_reason": self._try("paid_reason", lambda: self._reason(scheme)),
            "paid_on": self._try("paid_on", lambda: self._with_reason("paid_on", self._day)),
            "paid_amount": self._try(
                "paid_amount", lambda: self._with_reason("paid_amount", self._money)
            ),
        }
        if self.failed or scheme is None or document is None:
            return None
        born = document.birth_and_gender_in_number
        return AccountRow(
            line=self.raw.line, scheme=scheme, id_type=document.code, id_number=id_number,
            person=sealing.index_of(id_number), gender=gender, balance=balance,
            birth_date=identity.birth_date_in(id_number) if born else None,
            employer=self._cell("employer")[:200], house_key=self._cell("house_key")[:64],
            **row,
        )  # fmt: skip

    def _scheme(self) -> Scheme:
        key = (self._need("agency"), self._need("scheme"))
        if key not in self.words.schemes:
            raise Wrong(f"没有 {'/'.join(key)} 这项业务", f"no scheme {'/'.join(key)}")
        return self.words.schemes[key]

    def _document(self) -> identity.DocumentType:
        code = self._need("id_type")
        if code not in self.words.documents:
            raise Wrong(f"不认识的证件类型 {code}", f"{code!r} is no kind of document")
        return self.words.documents[code]

    def _id_number(self, document: identity.DocumentType | None, gender: Gender | None) -> str:
        number = self._need("id_number")
        if document is None:
            return number
        return identity.check_number(
            document, number, today=self.words.today, gender=gender,
            provinces=self.words.provinces,
        )  # fmt: skip

    def _gender(self) -> Gender | None:
        cell = self._cell("gender")
        if cell and cell not in GENDERS:
            raise Wrong("性别应为 1、2 或男、女", "is neither 1 nor 2")
        return GENDERS.get(cell)

    def _ethnicity(self) -> str:
        cell = self._cell("ethnicity")
        if cell and cell not in self.words.ethnic_groups:
            raise Wrong("不认识的民族代码", "no ethnic group has this code")
        return cell

    def _mobile(self) -> str:
        cell = self._cell("mobile")
        return identity.check_mobile(cell) if cell else ""

    def _number(self) -> str:
        cell = identity.normalise(self._need("account_number"))
        if len(cell) > NUMBER_LENGTH:
            raise Wrong(
                f"最多 {NUMBER_LENGTH} 个字符", f"has more than {NUMBER_LENGTH} characters"
            )
        return cell

    def _state(self, balance: Decimal) -> AccountState:
        cell = self._need("state").zfill(2)
        if cell not in set(AccountState):
            raise Wrong("账户状态应为 01 至 06 或 99", "is no state of an account")
        if AccountState(cell) in CLOSED and balance:
            raise Wrong("已销户的账户余额应为 0", "a closed account has no balance")
        return AccountState(cell)

    def _interest_day(self, scheme: Scheme | None, opened_on: dt.date | None) -> dt.date | None:
        """Return the day from which interest counts: the day after it was settled last."""
        day = self._day("last_interest_on")
        if day is None:
            return None
        if opened_on is not None and day < opened_on:
            raise Wrong("早于开户日", "lies before the account was opened")
        first = self.words.first_rates.get(scheme.id) if scheme is not None else None
        if first is not None and day < first:
            raise Wrong(
                f"早于首个利率的生效日 {first}，无法结息",
                f"lies before the first interest rate, {first}: it could never be settled",
            )
        return day

    def _frozen(self, balance: Decimal) -> Decimal:
        if not self._cell("frozen_amount"):
            return Decimal(0)
        frozen = self._money("frozen_amount")
        if frozen > balance:
            raise Wrong("冻结金额大于余额", "is more than the balance")
        return frozen

    def _reason(self, scheme: Scheme | None) -> str:
        code = self._cell("paid_reason")
        if code and scheme is not None and code not in self.words.reasons[scheme.id]:
            raise Wrong("没有这个支取原因", "the scheme has no such reason")
        return code

    def _with_reason(self, column: str, read: Callable[[str], T]) -> T | None:
        given = bool(self._cell(column))
        if given != bool(self._cell("paid_reason")):
            raise Wrong(
                "支取原因、日期、金额应同时填写", "reason, day and amount are given together"
            )
        return read(column) if given else None
