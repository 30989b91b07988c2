"""Who acts in a simulated hall: the people of the demonstration, and staff with too many roles."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.demo import settling
from app.demo.cast import HOLDERS, HOUSES, PASSWORD, Holder
from app.demo.walks import ANSWERS
from app.domain.policy import Actor
from app.domain.terms import Role
from app.models import Account, Agency, Applicant, Scheme, Staff
from app.services.people.people_rules import PeopleRules
from app.services.staff import staffing
from tests.factories import SHANGHAI

SETTLED = dt.datetime(2026, 1, 11, 9, tzinfo=SHANGHAI)
CHEAP = PeopleRules(hash_method="pbkdf2:sha256:1")
MORE = {
    "both": (Role.FIRST_REVIEWER, Role.SUPERVISOR),
    "kin": (Role.SECOND_REVIEWER,),
    "money": (Role.PAYER,),
}
"""More staff: one with two roles that may meet, one who is a holder as well, a second payer."""

REASONS = {
    "subsidy": ("ZFFZ", "ZFFZ", "ZZZG", "GMZF", "LTX", "SSLD", "CJDJ"),
    "fund": ("ZFTQ", "ZFTQ", "TKTQ", "GMSPF", "TXTQ", "SLTQ", "CJTQ"),
}
ANSWERED: Mapping[str, str] = ANSWERS
HOUSE_OF = {
    (house.owner, house.filing_contract_no[:2]): house.filing_contract_no for house in HOUSES
}
CITY = {"subsidy": ("HF",), "fund": ("SY", "DL")}


@dataclass(frozen=True, slots=True)
class Purse:
    """An account somebody may withdraw from, with who acts for it."""

    account_id: int
    scheme: str
    holder: Holder
    actor: Actor

    @property
    def reasons(self) -> tuple[str, ...]:
        """Return the reasons this holder may have; a purchase needs a house."""
        codes = REASONS[self.scheme]
        return codes if self.house else tuple(code for code in codes if code[:2] != "GM")

    @property
    def house(self) -> str:
        """Return the number of a house of the holder's in the region, or nothing."""
        keys = [(self.holder.key, city) for city in CITY[self.scheme]]
        return next((HOUSE_OF[key] for key in keys if key in HOUSE_OF), "")


@dataclass(frozen=True, slots=True)
class Cast:
    """Everybody, read once: the keys are the same in every copy of the template."""

    purses: tuple[Purse, ...]
    staff: tuple[Actor, ...]
    agencies: tuple[int, ...]

    def with_role(self, agency_id: int, *roles: Role) -> list[Actor]:
        """Return the staff of an agency who hold one of the roles."""
        return [one for one in self.staff if one.agency_id == agency_id and one.has(*roles)]


def settle(session: Session) -> None:
    """Bring everybody into an empty hall."""
    settling.settle_staff(session, now=SETTLED, rules=CHEAP)
    settling.settle_holders(session, now=SETTLED, rules=CHEAP)
    settling.settle_houses(session, now=SETTLED)
    for agency in session.scalars(sa.select(Agency).order_by(Agency.id)).all():
        kin = HOLDERS[0 if agency.code == "anhui" else 2].id_number
        for order, (word, roles) in enumerate(MORE.items()):
            number = (
                kin if word == "kin" else f"{HOLDERS[4 + order].id_number[:-4]}{agency.id:04d}"
            )
            staffing.create_staff(
                session, agency=agency, username=f"{agency.code}-{word}", name=word,
                id_number=number, roles=roles, password=PASSWORD, now=SETTLED, rules=CHEAP,
            )  # fmt: skip


def read(session: Session) -> Cast:
    """Read who is there."""
    purses = []
    for holder in HOLDERS:
        if not holder.registered:
            continue
        person = settling.person_of(session, holder.key)
        rows = session.execute(
            sa.select(Account.id, Scheme.code)
            .join(Scheme, Scheme.id == Account.scheme_id)
            .where(Account.applicant_id == person.id)
            .order_by(Account.id)
        )
        actor = settling.actor_of(person)
        purses += [Purse(key, scheme, holder, actor) for key, scheme in rows]
    staff = session.scalars(sa.select(Staff).order_by(Staff.id)).all()
    agencies = session.scalars(sa.select(Agency.id).order_by(Agency.id)).all()
    assert session.scalar(sa.select(sa.func.count()).select_from(Applicant))
    return Cast(tuple(purses), tuple(map(settling.actor_of, staff)), tuple(agencies))
