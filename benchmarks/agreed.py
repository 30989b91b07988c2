"""A hall in which so many people agreed on their monthly withdrawal."""

import datetime as dt
import hashlib
from decimal import Decimal

import sqlalchemy as sa
from flask_appbuilder.security.sqla.models import User
from sqlalchemy.orm import Session

from app.domain.standing_orders import RULE
from app.domain.terms import LedgerCode, OrderState
from app.domain.workdays import local_date
from app.models import (
    Account,
    Applicant,
    BankCard,
    Commitment,
    ContributionBatch,
    ContributionLine,
    ImportBatch,
    JournalEntry,
    LedgerAccount,
    OrderSignature,
    PaidHistory,
    Posting,
    Scheme,
    StandingOrder,
)  # fmt: skip
from app.services import reference
from app.services.standing_orders import proof
from app.transaction import transaction

CHUNK = 500
OPENING, PAID_IN = Decimal("10.00"), Decimal("1200.00")
DAYS = {"opening": 60, "history": 40, "contribution": 5}
"""So many days before the run: the opening, the payment before this hall, what came in since."""


def make(count: int, *, now: dt.datetime) -> None:
    """Write holders with a payment before this hall, a contribution since, and an agreement."""
    with transaction() as session:
        signers = [_signer(session, name) for name in ("bench-first", "bench-second")]
    for begin in range(0, count, CHUNK):
        with transaction() as session:
            maker = Maker(session, signers, now)
            for serial in range(begin, min(count, begin + CHUNK)):
                maker.add(serial)
            maker.sign()
            maker.file()
            session.flush()
            session.expunge_all()


class Maker:
    """Writes one holder after the other into one transaction."""

    def __init__(self, session: Session, signers: list[int], now: dt.datetime) -> None:
        """Read what all of them share."""
        self.session, self.signers, self.now, self.on = session, signers, now, local_date(now)
        self.scheme = session.scalars(sa.select(Scheme).where(Scheme.code == "subsidy")).one()
        self.letter: Commitment = reference.commitment(session, self.scheme.id, self.on)
        self.sources = self._sources()
        self.orders: list[StandingOrder] = []
        self.paid_in: list[tuple[Account, JournalEntry]] = []

    def add(self, serial: int) -> None:
        """Write one holder with card, account, money and agreement."""
        agency = {"agency_id": self.scheme.agency_id}
        person = Applicant(
            id_type="resident_id_card", name=f"基准{serial:06d}", created_at=self.now
        )
        person.id_number, person.mobile = f"34010119900101{serial:06d}", f"137{serial:08d}"
        card = BankCard(
            applicant=person, last_four=f"{serial % 10000:04d}", bank_code="CCB",
            created_at=self.now,
        )  # fmt: skip
        card.number = f"621700{serial:013d}"
        account = Account(
            **agency, scheme_id=self.scheme.id, applicant=person, number=f"B{serial:09d}",
            opened_on=self._day("opening"), available=OPENING + PAID_IN,
        )  # fmt: skip
        self.session.add_all([person, card, account])
        self.session.flush()
        place = LedgerAccount(**agency, account_id=account.id, code=LedgerCode.AVAILABLE)
        self.session.add(place)
        opening = f"opening-{self.scheme.id}-{account.number}"
        self._entry("opening", opening, place, OPENING)
        paid_in = self._entry("contribution", f"contribution-bench-{serial}", place, PAID_IN)
        self.paid_in.append((account, paid_in))
        self.session.add(
            PaidHistory(
                **agency, account_id=account.id, reason_code="ZZZG", amount=PAID_IN,
                paid_on=self._day("history"),
            )
        )  # fmt: skip
        self._order(account, person, card, serial)

    def sign(self) -> None:
        """Put both signatures under every agreement."""
        self.session.flush()
        self.session.add_all(
            OrderSignature(
                agency_id=order.agency_id, order_id=order.id, actor_id=signer, actor_name="-",
                terms_hash=proof.terms_of(order).fingerprint(), at=self.now,
            )
            for order in self.orders
            for signer in self.signers
        )  # fmt: skip

    def file(self) -> None:
        """Write the files that brought the accounts and what was paid in."""
        self.session.flush()
        agency, count = {"agency_id": self.scheme.agency_id}, len(self.paid_in)
        name = self.paid_in[0][1].reference
        sha256 = hashlib.sha256(name.encode()).hexdigest()
        file = {**agency, "name": name, "rows": count, "sha256": sha256, "at": self.now}
        batch = ContributionBatch(**file, reference=name, total=count * PAID_IN, actor_name="-")
        self.session.add_all([ImportBatch(**file, total=count * OPENING), batch])
        self.session.flush()
        self.session.add_all(
            ContributionLine(
                **agency, batch_id=batch.id, line=line, account_id=account.id,
                entry_id=entry.id, amount=PAID_IN,
            )
            for line, (account, entry) in enumerate(self.paid_in, start=1)
        )  # fmt: skip

    def _sources(self) -> LedgerAccount:
        of = self.scheme.agency_id
        query = sa.select(LedgerAccount).where(
            LedgerAccount.agency_id == of, LedgerAccount.account_id.is_(None),
            LedgerAccount.code == LedgerCode.CONTRIBUTIONS,
        )  # fmt: skip
        found = self.session.scalar(query)
        if found is None:
            found = LedgerAccount(agency_id=of, code=LedgerCode.CONTRIBUTIONS)
            self.session.add(found)
        return found

    def _day(self, what: str) -> dt.date:
        return self.on - dt.timedelta(days=DAYS[what])

    def _entry(
        self, kind: str, reference: str, place: LedgerAccount, amount: Decimal
    ) -> JournalEntry:
        entry = JournalEntry(
            agency_id=self.scheme.agency_id, kind=kind, reference=reference,
            value_date=self._day(kind), at=self.now,
        )  # fmt: skip
        entry.postings = [
            Posting(agency_id=entry.agency_id, ledger_account=self.sources, amount=-amount),
            Posting(agency_id=entry.agency_id, ledger_account=place, amount=amount),
        ]
        self.session.add(entry)
        return entry

    def _order(self, account: Account, person: Applicant, card: BankCard, serial: int) -> None:
        order = StandingOrder(
            number=f"YDB{serial:09d}", agency_id=account.agency_id, scheme_id=account.scheme_id,
            account_id=account.id, applicant_id=person.id, reason_code="ZZZG", rule=RULE,
            payee_name=person.name, payee_bank_code=card.bank_code,
            payee_last_four=card.last_four, day_of_month=1, starts_on=self._day("opening"),
            ends_on=self.on + dt.timedelta(days=300), commitment_id=self.letter.id,
            commitment_sha256=self.letter.sha256, signed_at=self.now, state=OrderState.ACTIVE,
            approved_at=self.now,
        )  # fmt: skip
        order.payee_card = card.number
        self.session.add(order)
        self.orders.append(order)


def _signer(session: Session, name: str) -> int:
    user = User(
        username=name, first_name="-", last_name="-", email=f"{name}@invalid", active=True,
        password="-",
    )  # fmt: skip
    session.add(user)
    session.flush()
    return int(user.id)
