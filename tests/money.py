"""Approved cases and a bank on paper, for tests of money."""

import datetime as dt
from collections import deque
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.domain.policy import Actor
from app.domain.terms import Action, Status
from app.gateways.bank import BankState, Payment, Receipt, Statement, StatementLine
from app.models import Account, Applicant, Application, CaseEvent, PolicySetting
from app.services import cases, ledger, payouts
from app.services.catalogue import reference_cache
from tests.factories import (
    NOON,
    SHANGHAI,
    Clock,
    make_account,
    make_applicant,
    make_application,
)

NO_ANSWER = {"none": "no_connection", "lost": "time_out"}
TAKEN = {"ok": BankState.PAID, "done": BankState.PAID, "late": BankState.PROCESSING}


def make_funded(session: Session, balance: Decimal | int = 100_000) -> Account:
    """Make one more account of one holder: people are few, their accounts may be many."""
    name = "许满仓"
    holder = session.scalars(sa.select(Applicant).where(Applicant.name == name)).first()
    return make_account(session, holder or make_applicant(session, name), balance)


def make_signed(
    session: Session,
    first: Actor,
    *,
    account: Account | None = None,
    amount: Decimal | int = 5000,
    now: dt.datetime = NOON,
    **columns: object,
) -> Application:
    """Make a case in second review: submitted, its amount held, passed by the first reviewer."""
    account = account or make_funded(session)
    case = make_application(
        session, account, status=Status.SECOND_REVIEW, amount=amount, **columns
    )
    ledger.hold(session, case, case.amount, now=now)
    for action, actor_id in ((Action.SUBMIT, None), (Action.PASS_FIRST, first.user_id)):
        session.add(
            CaseEvent(
                agency_id=case.agency_id, application_id=case.id, actor_id=actor_id,
                actor_name="", action=action.value, to_status=case.status, at=now,
            )
        )  # fmt: skip
    session.commit()
    return case


def make_approved(
    session: Session,
    first: Actor,
    second: Actor,
    *,
    card: str = "",
    now: dt.datetime = NOON,
    interest: Decimal | None = None,
    **columns: object,
) -> Application:
    """Make a case that two people approved, with its payment waiting; a card may be given."""
    case = make_signed(session, first, now=now, **columns)
    if card:
        case.payee_card, case.payee_last_four = card, card[-4:]
    if interest is not None:
        ledger.fix_closing(session, case, interest=interest, now=now)
        case.amount, case.interest = ledger.held_for(session, case), interest
    case.decision_hash = payouts.decision_hash(case)
    cases.move(session, case, Action.APPROVE, actor=second, now=now, decided_at=now)
    payouts.create(session, case, now=now)
    session.commit()
    return case


def put_settings(session: Session, case: Application, **settings: str) -> None:
    """Put numbers of the fund in force."""
    for key, value in settings.items():
        session.execute(
            sa.delete(PolicySetting).where(
                PolicySetting.scheme_id == case.scheme_id, PolicySetting.key == key
            )
        )
        session.add(
            PolicySetting(
                agency_id=case.agency_id, scheme_id=case.scheme_id, key=key, value=value
            )
        )
    session.commit()
    reference_cache.forget()


class PaperBank:
    """A bank in memory: books a reference once, and misbehaves as the next sendings script."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.script: deque[str] = deque()
        self.held: dict[str, tuple[Payment, BankState, str]] = {}
        self.booked: list[tuple[str, Decimal, dt.datetime, Payment]] = []
        self.sendings: list[str] = []
        self.silent = False

    def send(self, payment: Payment) -> Receipt:
        """Take a payment: ok, lost, done (but no answer), late, none, or a reason code."""
        word = self.script.popleft() if self.script else "ok"
        self.sendings.append(payment.reference)
        if word in NO_ANSWER:
            return self._say(BankState.UNKNOWN, NO_ANSWER[word])
        if payment.reference in self.held:
            return self._say(self.held[payment.reference][1], "DUPL")
        state = TAKEN.get(word, BankState.REJECTED)
        code = "" if word in TAKEN else word
        self.held[payment.reference] = (payment, state, code)
        if state is BankState.PAID:
            self._book(payment, payment.amount)
        if word == "done":
            return self._say(BankState.UNKNOWN, "time_out")
        return self._say(BankState.ACCEPTED if word == "ok" else state, code)

    def query(self, reference: str) -> Receipt:
        """Say what is held under a reference; a late one is paid after the first question."""
        if self.silent:
            return self._say(BankState.UNKNOWN, "time_out")
        if reference not in self.held:
            return self._say(BankState.NOT_FOUND)
        payment, state, code = self.held[reference]
        if state is BankState.PROCESSING:
            self.held[reference] = (payment, BankState.PAID, "")
            self._book(payment, payment.amount)
        return self._say(state, code)

    def statement(self, day: dt.date) -> Statement:
        """Return the bookings of a day; complete when the day is over."""
        lines = tuple(
            StatementLine(reference, amount, payment.payee_name, payment.payee_card, at)
            for reference, amount, at, payment in self.booked
            if at.astimezone(SHANGHAI).date() == day
        )
        over = day < self.clock.moment.astimezone(SHANGHAI).date()
        return Statement(day, lines, complete=over, problem="" if over else "day_open")

    def bounce(self, reference: str, code: str = "AC04") -> None:
        """Send a paid payment back."""
        payment, _, _ = self.held[reference]
        self.held[reference] = (payment, BankState.RETURNED, code)
        self._book(payment, -payment.amount)

    def times_paid(self) -> dict[str, int]:
        """Count the outgoing bookings of every reference."""
        out = [reference for reference, amount, _, _ in self.booked if amount > 0]
        return {reference: out.count(reference) for reference in out}

    def _book(self, payment: Payment, amount: Decimal) -> None:
        self.booked.append((payment.reference, amount, self.clock.moment, payment))

    def _say(self, state: BankState, code: str = "") -> Receipt:
        return Receipt(state, code, "", self.clock.moment, b"asked", b"answered")
