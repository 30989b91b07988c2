"""Cases of the cast, walked through the same services as any other."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.demo.cast import holder_of
from app.demo.pictures import Shown, paper
from app.demo.settling import actor_of, person_of, staff_of
from app.domain.page_words import Page
from app.domain.policy import Actor
from app.domain.terms import PayoutStatus
from app.domain.workdays import SHANGHAI, local_date
from app.gateways.bank import BankState, Receipt, Statement, StatementLine
from app.gateways.cardcheck import CardCheck
from app.gateways.registry import PropertyRegistry
from app.gateways.scanner import Antivirus
from app.gateways.storage import Storage
from app.models import Account, Application, Payout, Scheme
from app.services import applications, reference, uploads
from app.services.applying import answers, circumstances, houses, wizard
from app.services.paying import claims, payments, statements
from app.services.review import decisions
from app.services.review.decisions import ReturnLine

ANSWERS: Mapping[str, str] = {
    "agree": "yes", "marital_status": "single", "lease_filed": "no", "rent_months": "12",
    "monthly_rent": "2600", "multi_child": "no", "spouse_applies": "no",
    "family_applies": "no", "loan_principal": "800000", "withdrawn_for_house": "0",
    "house_elsewhere": "no", "home_kind": "new", "contract_changed": "no",
    "new_proof_since_last": "no", "old_staff_below_standard": "no", "no_home_verified": "no",
    "retirement_verified": "no", "family_member_affected": "no",
}  # fmt: skip
"""What the cast answers, whatever is asked of it."""


@dataclass(frozen=True, slots=True)
class Outside:
    """The gateways a case needs on its way."""

    storage: Storage
    registry: PropertyRegistry
    card_check: CardCheck
    antivirus: Antivirus


@dataclass(slots=True)
class Walk:
    """One holder's case on its way; ``at`` is the moment, moved on by hand."""

    session: Session
    outside: Outside
    key: str
    at: dt.datetime

    def later(self, **time: float) -> None:
        """Let time pass."""
        self.at += dt.timedelta(**time)

    def apply(self, scheme: str, reason_code: str, *, house: str = "") -> Application:
        """Start, answer every page, hand in every paper, submit."""
        session, person = self.session, person_of(self.session, self.key)
        actor = actor_of(person)
        account = session.scalars(
            sa.select(Account)
            .join(Scheme, Scheme.id == Account.scheme_id)
            .where(Account.applicant_id == person.id, Scheme.code == scheme)
        ).one()
        case = applications.start(
            session, account, reason_code=reason_code, actor=actor, now=self.at
        )
        self.later(minutes=2)
        if house:
            houses.look_up(
                session, case, lookup_by="filing_contract_no", number=house,
                registry=self.outside.registry, actor=actor, now=self.at,
            )  # fmt: skip
        self._answer(case, actor)
        self._hand_in(case, actor)
        self.later(minutes=3)
        applications.submit(
            session, case, actor=actor, now=self.at,
            signature={"address": "127.0.0.1", "agent": "demo"},
        )  # fmt: skip
        return case

    def take_up(self, case: Application) -> None:
        """Let the first reviewer take the case up."""
        decisions.take_up(self.session, case, actor=self._staff(case, "first"), now=self.at)

    def pass_first(self, case: Application) -> None:
        """Let the first reviewer pass it on."""
        first = self._staff(case, "first")
        decisions.pass_first(self.session, case, actor=first, now=self.at)

    def approve(self, case: Application) -> None:
        """Let the second reviewer approve it."""
        decisions.approve(self.session, case, actor=self._staff(case, "second"), now=self.at)

    def send_back(self, case: Application, *lines: ReturnLine) -> None:
        """Let the first reviewer send it back."""
        first = self._staff(case, "first")
        decisions.return_for_correction(self.session, case, lines, actor=first, now=self.at)

    def pay(self, case: Application) -> None:
        """Let the bank pay, and its statement of the day settle the payment."""
        turn = claims.plan(self.session, now=self.at, agency_id=case.agency_id)
        claim = claims.claim_next(self.session, turn)
        if claim is None:
            raise LookupError("no payment waits")
        payout = self.session.get_one(Payout, claim.payout_id)
        reference_no = payout.bank_reference or ""
        self.later(minutes=1)
        receipt = Receipt(
            state=BankState.PAID, code="", text="demo", at=self.at, raw_request=b"demo",
            raw_answer=b"demo", amount=payout.amount, payee_tail=payout.payee_last_four,
        )  # fmt: skip
        payments.take_answer(
            self.session, payout.id, claim.fence, receipt, asked=False, now=self.at
        )
        line = StatementLine(
            reference_no, payout.amount, payout.payee_name, payout.payee_card, self.at
        )
        day = Statement(day=local_date(self.at), lines=(line,), complete=True)
        self.later(days=1)
        statements.take_statement(self.session, case.agency_id, day, now=self.at)
        self.session.refresh(payout)
        assert payout.status is PayoutStatus.SETTLED

    def _staff(self, case: Application, word: str) -> Actor:
        return staff_of(self.session, case.agency, word)

    def _answer(self, case: Application, actor: Actor) -> None:
        holder = holder_of(self.key)
        typed = dict(ANSWERS) | {
            "mobile": holder.mobile,
            "bank_code": holder.bank,
            "bank_account_no": holder.card_number,
        }
        for page in wizard.pages_of(self.session, case, now=self.at):
            if page is not Page.UPLOAD:
                answers.save_page(
                    self.session, case, page, typed, actor=actor, now=self.at,
                    card_check=self.outside.card_check,
                )  # fmt: skip
                self.later(minutes=1)

    def _hand_in(self, case: Application, actor: Actor) -> None:
        types = reference.material_types(self.session, case.scheme_id, local_date(self.at))
        for gap in circumstances.missing(self.session, case, on=local_date(self.at)):
            kind = types[gap.codes[0]]
            for number in range(gap.pages, max(1, gap.min_files)):
                name = f"{kind.slug}-{number + 1}.jpg"
                data = paper(kind.slug, kind.name_zh, self._shown(name))
                pages = uploads.scanned(kind, data, name, antivirus=self.outside.antivirus)
                uploads.add_pages(
                    self.session, case, kind, pages, filename=name,
                    storage=self.outside.storage, actor=actor, now=self.at,
                )  # fmt: skip

    def _shown(self, file: str) -> Shown:
        one = holder_of(self.key)
        return Shown(one.name, one.id_number, one.card_number, one.employer, file)


def walk_cases(session: Session, outside: Outside, *, now: dt.datetime) -> None:
    """Walk the cases of the cast to where each of them stands."""
    days = _workdays_before(session, local_date(now), 30)

    def begin(key: str, back: int) -> Walk:
        start = dt.datetime.combine(days[-back], dt.time(9, 20), SHANGHAI)
        return Walk(session, outside, key, start)

    walk = begin("zhao", 25)
    case = walk.apply("subsidy", "ZFFZ")
    _sign(walk, case)
    walk.later(hours=1)
    walk.pay(case)

    walk = begin("zhou", 4)
    case = walk.apply("fund", "ZFTQ")
    walk.later(days=1)
    walk.take_up(case)
    walk.later(hours=1)
    codes = sorted(material.material_code for material in case.materials)
    walk.send_back(
        case,
        ReturnLine("R01", material_code=codes[0], note="左下角看不清"),
        ReturnLine("R05"),
    )

    walk = begin("wang", 2)
    case = walk.apply("subsidy", "ZZZG")
    walk.later(hours=5)
    walk.take_up(case)

    begin("liu", 1).apply("fund", "GMSPF", house="DL2026090005")

    walk = begin("chen", 3)
    case = walk.apply("subsidy", "ZFFZ")
    walk.later(days=1)
    walk.take_up(case)
    walk.later(minutes=40)
    walk.pass_first(case)

    walk = begin("zheng", 3)
    case = walk.apply("fund", "ZFTQ")
    _sign(walk, case)


def _sign(walk: Walk, case: Application) -> None:
    """Let both reviewers sign on the day after."""
    walk.later(days=1)
    walk.take_up(case)
    walk.later(minutes=30)
    walk.pass_first(case)
    walk.later(hours=2)
    walk.approve(case)


def _workdays_before(session: Session, today: dt.date, count: int) -> list[dt.date]:
    """Return the last working days before today, oldest first."""
    calendar = reference.calendar(session)
    days: list[dt.date] = []
    day = today
    while len(days) < count:
        day -= dt.timedelta(days=1)
        if calendar.is_workday(day):
            days.append(day)
    return days[::-1]
