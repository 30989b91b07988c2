"""Bringing the cast into the hall: staff, accounts by import, registrations, houses."""

import csv
import datetime as dt
import io

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import sealing
from app.demo.cast import HOLDERS, HOUSES, PASSWORD, STAFF, Holder, House, holder_of
from app.demo.numbers import COUNTIES, id_number
from app.domain.policy import WORKER, Actor
from app.domain.terms import Gender, Role
from app.domain.workdays import local_date
from app.models import Agency, Applicant, PropertyRecord, Staff
from app.services import reference
from app.services.accounts import import_accounts
from app.services.people import own_cards, registration
from app.services.people.people_rules import PeopleRules
from app.services.staff import staffing

COLUMNS = (
    "agency", "scheme", "id_type", "id_number", "name", "gender", "ethnicity",
    "account_number", "employer", "opened_on", "state", "balance", "paid_reason", "paid_on",
    "paid_amount",
)  # fmt: skip
ROOT = "root"


def settle_staff(session: Session, *, now: dt.datetime, rules: PeopleRules) -> None:
    """Take on the staff of each agency, and the one who runs the installation."""
    for place, agency in enumerate(reference.agencies(session)):
        county = COUNTIES.get(agency.code, COUNTIES["anhui"])
        for order, member in enumerate(STAFF):
            born = dt.date(1970 + order, 1 + place, 10 + order)
            staffing.create_staff(
                session, agency=agency, username=f"{agency.code}-{member.word}",
                name=member.name.get(agency.code, f"{agency.short_name_zh}{member.title}"),
                id_number=id_number(county, born, 100 + order, Gender.FEMALE),
                roles=member.roles, password=PASSWORD, now=now, rules=rules,
            )  # fmt: skip
    registration.make_user(
        session, Role.INSTALLATION_ADMIN, password=PASSWORD, username=ROOT, rules=rules
    )


def settle_holders(session: Session, *, now: dt.datetime, rules: PeopleRules) -> None:
    """Import everybody's accounts, then register those who have registered."""
    day = now - dt.timedelta(days=300)
    for agency in reference.agencies(session):
        data, count = _file_of(agency.code)
        if count:
            report = import_accounts(
                session, data, actor=WORKER, now=day, name=f"demo-{agency.code}.csv"
            )
            if report.problems:
                raise LookupError("\n".join(str(problem) for problem in report.problems))
    for holder in HOLDERS:
        if holder.registered:
            _register(session, holder, now=day + dt.timedelta(days=1), rules=rules)


def settle_houses(session: Session, *, now: dt.datetime) -> None:
    """Put the houses into the registry of this installation."""
    for house in HOUSES:
        row = PropertyRecord(
            filing_contract_no=house.filing_contract_no or None,
            title_archive_no=house.title_archive_no or None,
        )
        row.house = _registered(house, on=local_date(now))
        session.add(row)
    session.flush()


def person_of(session: Session, key: str) -> Applicant:
    """Return the row of a holder."""
    index = sealing.index_of(holder_of(key).id_number)
    return session.scalars(sa.select(Applicant).where(Applicant.id_number_index == index)).one()


def actor_of(person: Applicant | Staff, *, proven_at: dt.datetime | None = None) -> Actor:
    """Return somebody as the services see the person after signing in."""
    assert person.user is not None
    return Actor(
        user_id=person.user.id,
        name=person.name,
        roles=frozenset(Role(role.name) for role in person.user.roles),
        agency_id=person.agency_id if isinstance(person, Staff) else None,
        applicant_id=person.id if isinstance(person, Applicant) else None,
        identity_index=person.id_number_index,
        proven_at=proven_at,
        sms_proven_at=proven_at,
    )


def staff_of(session: Session, agency: Agency, word: str) -> Actor:
    """Return a member of staff of an agency as an actor."""
    member = session.scalars(
        sa.select(Staff).where(Staff.number == f"{agency.code}-{word}")
    ).one()
    return actor_of(member)


def _file_of(agency: str) -> tuple[bytes, int]:
    rows = [
        (holder, holding)
        for holder in HOLDERS
        for holding in holder.holdings
        if holding.agency == agency
    ]
    text = io.StringIO()
    lines = csv.writer(text, lineterminator="\n")
    lines.writerow(COLUMNS)
    for holder, holding in rows:
        lines.writerow([
            agency, holding.scheme, "resident_id_card", holder.id_number, holder.name,
            holder.gender.value, "01", holding.number, holder.employer, "2015-03-01", "01",
            holding.balance, *holding.paid,
        ])  # fmt: skip
    fen = sum(int(holding.balance.replace(".", "")) for _, holding in rows)
    lines.writerow(["#TRAILER", len(rows), f"{fen // 100}.{fen % 100:02d}"])
    return text.getvalue().encode(), len(rows)


def _register(
    session: Session, holder: Holder, *, now: dt.datetime, rules: PeopleRules
) -> None:
    person = person_of(session, holder.key)
    agency = reference.agency_of(session, holder.county)
    person.mobile = holder.mobile
    person.verified_how, person.verified_at = "demo", now
    person.agreement_version, person.agreement_at = agency.agreement_version, now
    person.user = registration.make_user(
        session, Role.APPLICANT, password=PASSWORD, rules=rules
    )
    session.flush()
    own_cards.add_card(
        session, person, holder.card_number, holder.bank, agency=agency,
        actor=actor_of(person, proven_at=now), now=now, holder_check="matched",
    )  # fmt: skip


def _registered(house: House, *, on: dt.date) -> dict[str, object]:
    owner = holder_of(house.owner)
    day = (on - dt.timedelta(days=house.days_ago)).isoformat()
    said: dict[str, object] = {
        "owners": [{"name": owner.name, "id_number": owner.id_number, "share": "1"}],
        "address": house.address, "use": "住宅", "area": "98.60", "total_price": house.price,
        "seller": "示例置业有限公司", "down_payment": house.down_payment,
        "payment_way": "按揭", "loan_bank": "中国建设银行", "loan_amount": "800000.00",
        "filing_contract_no": house.filing_contract_no,
        "title_archive_no": house.title_archive_no,
    }  # fmt: skip
    if house.filing_contract_no:
        said |= {"filing_date": day, "filing_state": "已备案"}
    else:
        said |= {"registration_date": day, "title_no": "辽（2026）示例不动产权第0000001号"}
    return said | house.more
