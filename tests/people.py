"""People for tests: numbers that pass every check, log-ins, applicants, staff, the five."""

import datetime as dt
import itertools
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from flask_appbuilder.security.sqla.models import Role as RoleRow
from flask_appbuilder.security.sqla.models import User
from sqlalchemy.orm import Session
from werkzeug.security import generate_password_hash

from app.domain.identity import check_character
from app.domain.policy import Actor
from app.domain.terms import Gender, Role
from app.models import Agency, Applicant, BankCard, Staff

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOON = dt.datetime(2026, 11, 18, 12, 0, tzinfo=SHANGHAI)
"""A Wednesday, a working day between no holidays."""

EVER = dt.datetime(2100, 1, 1, tzinfo=SHANGHAI)
"""A proof of who somebody is that no test outlives."""

PASSWORD = "correct horse battery staple"

serial_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the tests: how the person signs in and acts."""

    login: str
    password: str
    actor: Actor
    name: str


def make_id_number(
    serial: int | None = None,
    *,
    county: str = "340199",
    born: dt.date = dt.date(1988, 6, 15),
    gender: Gender = Gender.FEMALE,
) -> str:
    """Return a number that passes every check, in a county that was never assigned."""
    counties, order = divmod(next(serial_numbers) if serial is None else serial, 500)
    last = 2 * order + (gender is Gender.MALE)
    first17 = f"{int(county) - counties}{born:%Y%m%d}{last:03d}"
    return first17 + check_character(first17)


def make_card_number(
    serial: int | None = None, *, prefix: str = "621700", length: int = 19
) -> str:
    """Return a number with a true check digit; the prefixes are CCB 621700 and ICBC 622202."""
    order = next(serial_numbers) if serial is None else serial
    body = f"{prefix}{order:0{length - len(prefix) - 1}d}"
    doubled = [
        int(digit) * (2 if place % 2 == 0 else 1) for place, digit in enumerate(body[::-1])
    ]
    return f"{body}{-sum(n // 10 + n % 10 for n in doubled) % 10}"


def make_mobile(serial: int | None = None) -> str:
    """Return a mobile number of the right shape."""
    return f"139{next(serial_numbers) if serial is None else serial:08d}"


def find_agency(session: Session, code: str = "anhui") -> Agency:
    """Return an agency of the packages: ``anhui`` or ``liaoning``."""
    return session.scalars(sa.select(Agency).where(Agency.code == code)).one()


def make_user(session: Session, username: str, *roles: Role, password: str = PASSWORD) -> User:
    """Make a log-in with roles."""
    user = User(
        username=username,
        first_name="-",
        last_name="-",
        email=f"{username}@invalid",
        active=True,
        password=generate_password_hash(password, "pbkdf2:sha256:1"),
        roles=[
            session.scalars(sa.select(RoleRow).where(RoleRow.name == role)).one()
            for role in roles
        ],
    )
    session.add(user)
    session.commit()
    return user


def make_applicant(
    session: Session, name: str = "林知夏", *, registered: bool = True, **columns: Any
) -> Applicant:
    """Make a person; ``registered=False`` leaves them known by import only."""
    serial = next(serial_numbers)
    columns = {"id_number": make_id_number(serial), "mobile": make_mobile(serial)} | columns
    user = make_user(session, f"a{serial:06d}", Role.APPLICANT) if registered else None
    applicant = Applicant(
        user=user,
        id_type="resident_id_card",
        name=name,
        gender=Gender.FEMALE,
        ethnicity="01",
        birth_date=dt.date(1988, 6, 15),
        verified_how="id_and_name" if registered else "",
        verified_at=NOON if registered else None,
        agreement_version="1.0" if registered else "",
        agreement_at=NOON if registered else None,
        created_at=NOON,
    )
    for column, value in columns.items():
        setattr(applicant, column, value)
    session.add(applicant)
    session.commit()
    return applicant


def make_card(session: Session, applicant: Applicant, **columns: Any) -> BankCard:
    """Make a class-I card of China Construction Bank for a person."""
    number = columns.pop("number", None) or make_card_number()
    card = BankCard(
        applicant=applicant, last_four=number[-4:], bank_code="CCB", created_at=NOON, **columns
    )
    card.number = number
    session.add(card)
    session.commit()
    return card


def make_staff(
    session: Session,
    username: str,
    *roles: Role,
    agency: str = "anhui",
    name: str = "",
    password: str = PASSWORD,
) -> Staff:
    """Make a member of an agency's staff with roles."""
    serial = next(serial_numbers)
    staff = Staff(
        agency_id=find_agency(session, agency).id,
        user=make_user(session, username, *roles, password=password),
        name=name or username,
        number=f"W{serial:04d}",
    )
    staff.id_number = make_id_number(serial, county="210199")
    session.add(staff)
    session.commit()
    return staff


def actor_of(session: Session, who: Applicant | Staff) -> Actor:
    """Return somebody as the services see the person after signing in, just now and for long."""
    user = session.get_one(User, who.user_id)
    return Actor(
        user_id=user.id,
        name=who.name,
        roles=frozenset(Role(role.name) for role in user.roles),
        agency_id=who.agency_id if isinstance(who, Staff) else None,
        applicant_id=who.id if isinstance(who, Applicant) else None,
        identity_index=who.id_number_index,
        proven_at=EVER,
        sms_proven_at=EVER,
    )


def change_roles(session: Session, actor: Actor, *roles: Role) -> Actor:
    """Give somebody other roles, as a table would be changed by hand; return who it is now."""
    user = session.get_one(User, actor.user_id)
    user.roles = [
        session.scalars(sa.select(RoleRow).where(RoleRow.name == role)).one() for role in roles
    ]
    session.commit()
    return replace(actor, roles=frozenset(roles))


def make_people(session: Session) -> dict[str, Person]:
    """Make the five people of the tests."""
    applicants = {
        "ana": make_applicant(session, "林知夏"),
        "bo": make_applicant(session, "周一鸣", gender=Gender.MALE),
    }
    staff = {
        "chen": make_staff(session, "chen", Role.FIRST_REVIEWER, name="陈思源"),
        "dai": make_staff(session, "dai", Role.SECOND_REVIEWER, name="戴文静"),
        "root": make_staff(session, "root", Role.INSTALLATION_ADMIN, name="管理员"),
    }
    found = {
        key: Person(row.mobile, PASSWORD, actor_of(session, row), row.name)
        for key, row in applicants.items()
    }
    return found | {
        key: Person(row.user.username, PASSWORD, actor_of(session, row), row.name)
        for key, row in staff.items()
    }
