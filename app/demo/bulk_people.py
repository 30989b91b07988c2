"""Invented holders in any number: the same seed gives the same people."""

import datetime as dt
import hashlib
import random
from dataclasses import dataclass, field

from app import sealing
from app.demo.bulk_days import DAY_SECONDS, OPENS, day_text, moment
from app.demo.bulk_words import CARDS, EMPLOYERS, GIVEN, SURNAMES
from app.demo.bulk_world import Place, World
from app.demo.bulk_writing import Writer
from app.demo.numbers import card_number, id_number
from app.domain.terms import AccountState, Gender, LedgerCode
from app.models import (
    Account,
    Applicant,
    BankCard,
    ImportBatch,
    JournalEntry,
    LedgerAccount,
    Posting,
)

FIRST_BIRTH = dt.date(1962, 1, 1).toordinal()
BIRTHDAYS = 15_000
FIRST_ORDER = 200
"""Order numbers below are of the cast."""

SECOND_ACCOUNT = 0.15
"""Share of people with an account in another scheme too."""

OPENED_DAYS = 1_500
"""Days before today on which the opening balances are posted: before any case."""


@dataclass(slots=True)
class Person:
    """A holder who was written: what cases repeat of the person."""

    id: int
    name: str
    mobile: str
    chance: random.Random


@dataclass(slots=True)
class Held:
    """An account on its way; sums in fen, ``ledger`` the ids of its two ledger accounts."""

    id: int
    person: Person
    place: Place
    number: str
    available: int
    ledger: dict[LedgerCode, int]
    bank: str
    card: str
    card_index: str
    held: int = 0
    closed: bool = False
    paid: set[str] = field(default_factory=set)


def seal_id(chance: random.Random) -> str:
    """Return the name of a row to which its sealed values are bound."""
    return f"{chance.getrandbits(64):016x}"


def sealed(table: str, column: str, row: str, value: str) -> str:
    """Return a value sealed for one column of one row."""
    return sealing.ring().seal(value.encode(), f"{table}.{column}.{row}")


def add_person(writer: Writer, world: World, *, seed: int, index: int) -> Person:
    """Add the person of this number; ``index`` tells everybody apart who was ever made."""
    chance = random.Random(seed * 1_000_003 + index)  # noqa: S311 - invented people
    place = world.places[index % len(world.places)]
    female = index // len(world.places) % 2
    gender = Gender.FEMALE if female else Gender.MALE
    born = dt.date.fromordinal(FIRST_BIRTH + index % BIRTHDAYS)
    number = id_number(place.county, born, FIRST_ORDER + index // BIRTHDAYS, gender)
    name = chance.choice(SURNAMES) + "".join(chance.choices(GIVEN, k=chance.choice((1, 2, 2))))
    mobile = f"13{index // 10**8}{index % 10**8:08d}"
    row = seal_id(chance)
    created = (world.days.today - OPENED_DAYS) * DAY_SECONDS + OPENS
    person_id = writer[Applicant].add(
        seal_id=row, id_type="resident_id_card", name=name, gender=gender.value, ethnicity="01",
        id_number_sealed=sealed("applicant", "id_number", row, number),
        id_number_index=sealing.index_of(number), birth_date=born.isoformat(),
        mobile_sealed=sealed("applicant", "mobile", row, mobile),
        mobile_index=sealing.index_of(mobile), created_at=moment(created),
    )  # fmt: skip
    return Person(person_id, name, mobile, chance)


def open_account(
    writer: Writer, world: World, person: Person, place: Place, *, index: int, second: int = 0
) -> Held:
    """Post the opening balance of a new account; its row is added when its cases are."""
    chance = person.chance
    bank, prefix, length = chance.choice(CARDS.get(place.scheme, CARDS["fund"]))
    card = card_number(prefix, length, (2 * index + second) % 10 ** (length - len(prefix) - 1))
    card_index = sealing.index_of(card)
    account_id = writer[Account].take_id()
    codes = (LedgerCode.AVAILABLE, LedgerCode.HELD)
    ledger = {
        code: writer[LedgerAccount].add(
            agency_id=place.agency_id, account_id=account_id, code=code.value
        )
        for code in codes
    }
    held = Held(
        account_id, person, place, f"D{place.prefix}{index:09d}",
        chance.randrange(2_000_000, 30_000_000), ledger, bank, card, card_index,
    )  # fmt: skip
    opened = world.days.today - OPENED_DAYS
    post(
        writer, held, "opening", f"opening-{place.scheme_id}-{held.number}", held.available,
        (LedgerCode.CONTRIBUTIONS, LedgerCode.AVAILABLE), opened * DAY_SECONDS + OPENS,
    )  # fmt: skip
    world.bring(place.agency_id, held.available)
    _add_card(writer, held, opened)
    return held


def add_files(writer: Writer, world: World, *, first: int) -> None:
    """Add the files that brought the accounts opened since; ``first`` is the first person's number."""
    opened = moment((world.days.today - OPENED_DAYS) * DAY_SECONDS + OPENS)
    for agency_id, (count, fen) in sorted(world.brought.items()):
        name = f"demo-{agency_id}-{first}"
        writer[ImportBatch].add(
            agency_id=agency_id, sha256=hashlib.sha256(name.encode()).hexdigest(), name=name,
            rows=count, total=fen, at=opened,
        )  # fmt: skip
    world.brought.clear()


def close_row(writer: Writer, world: World, held: Held) -> None:
    """Add the row of an account, with the sums its cases left."""
    opened = world.days.today - OPENED_DAYS - held.person.chance.randrange(3_000)
    writer[Account].add(
        id=held.id, agency_id=held.place.agency_id, scheme_id=held.place.scheme_id,
        applicant_id=held.person.id, number=held.number,
        employer=held.person.chance.choice(EMPLOYERS), opened_on=day_text(opened),
        state=(AccountState.CLOSED_BY_WITHDRAWAL if held.closed else AccountState.NORMAL).value,
        available=held.available, held=held.held,
    )  # fmt: skip


def post(
    writer: Writer,
    held: Held,
    kind: str,
    reference: str,
    fen: int,
    way: tuple[LedgerCode, LedgerCode],
    at: int,
    *,
    case_id: int | None = None,
    payout_id: int | None = None,
) -> None:
    """Add one entry with its two postings: ``fen`` from one account of the chart to another."""
    agency_id = held.place.agency_id
    entry_id = writer[JournalEntry].add(
        agency_id=agency_id, kind=kind, reference=reference, application_id=case_id,
        payout_id=payout_id, value_date=day_text(at // DAY_SECONDS), at=moment(at), note="",
    )  # fmt: skip
    for code, amount in zip(way, (-fen, fen), strict=True):
        account = held.ledger.get(code) or held.place.chart[code]
        writer[Posting].add(
            agency_id=agency_id, entry_id=entry_id, ledger_account_id=account, amount=amount
        )


def _add_card(writer: Writer, held: Held, opened: int) -> None:
    row = seal_id(held.person.chance)
    writer[BankCard].add(
        seal_id=row, applicant_id=held.person.id, last_four=held.card[-4:], bank_code=held.bank,
        number_sealed=sealed("bank_card", "number", row, held.card), number_index=held.card_index,
        holder_check="matched", created_at=moment(opened * DAY_SECONDS + OPENS),
    )  # fmt: skip
