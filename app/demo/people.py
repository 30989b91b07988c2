"""The people of the demonstration, and the page that says who they are and what to try."""

import datetime as dt
from collections.abc import Iterator

import sqlalchemy as sa
from flask_appbuilder.security.sqla.models import User
from sqlalchemy.orm import Session
from werkzeug.security import generate_password_hash

from app.demo.cast import HOLDERS, HOUSES, PASSWORD, STAFF, holder_of
from app.demo.front import write_front
from app.demo.settling import ROOT, settle_holders, settle_houses, settle_staff
from app.demo.walks import Outside, walk_cases
from app.services import reference
from app.services.people.people_rules import PeopleRules

QUICK = PeopleRules(hash_method="pbkdf2:sha256:1")
"""All have one password, so that it is hashed as it should be once, at the end."""


def are_there(session: Session) -> bool:
    """Tell whether the demonstration has been set up."""
    return session.scalar(sa.select(User.id).where(User.username == ROOT)) is not None


def is_empty(session: Session) -> bool:
    """Tell whether the hall has nobody yet."""
    return session.scalar(sa.select(User.id).limit(1)) is None


def settle(session: Session, outside: Outside, *, now: dt.datetime, rules: PeopleRules) -> None:
    """Bring in staff, holders, houses and cases; the caller commits all of it or nothing."""
    settle_staff(session, now=now - dt.timedelta(days=301), rules=QUICK)
    settle_houses(session, now=now)
    settle_holders(session, now=now, rules=QUICK)
    _set_passwords(session, rules)
    walk_cases(session, outside, now=now)
    write_front(session, now=now)


def settle_desks(session: Session, *, now: dt.datetime, rules: PeopleRules) -> None:
    """Bring in the staff alone."""
    settle_staff(session, now=now, rules=QUICK)
    _set_passwords(session, rules)


def _set_passwords(session: Session, rules: PeopleRules) -> None:
    """Give everybody the one password, hashed as it should be."""
    kept = generate_password_hash(PASSWORD, rules.hash_method)
    made_quickly = User.password.startswith(QUICK.hash_method)
    session.execute(sa.update(User).where(made_quickly).values(password=kept))


def guide(session: Session) -> Iterator[str]:
    """Yield the lines that say who can sign in and what to try."""
    yield "演示账号（密码都是 / demo accounts, every password is）: " + PASSWORD
    yield ""
    yield "申请人 / Applicants (mobile or id number)"
    for holder in (holder for holder in HOLDERS if holder.registered):
        yield f"  {holder.mobile}  {holder.id_number}  {holder.name}  {holder.hint}"
    yield ""
    yield "可以注册的人 / People who can still register (codes show on /dev/sms)"
    for holder in (holder for holder in HOLDERS if not holder.registered):
        yield f"  {holder.id_number}  {holder.name}  建议手机号 / mobile {holder.mobile}"
    yield ""
    yield "工作人员 / Staff: 单位-岗位 / agency-desk"
    for agency in reference.agencies(session):
        yield f"  {agency.short_name_zh}: " + "  ".join(
            f"{agency.code}-{member.word} {member.title}" for member in STAFF
        )
    yield f"  系统管理 / installation: {ROOT}"
    yield ""
    yield "购房可用的号码 / Houses to look up"
    for house in HOUSES:
        number = house.filing_contract_no or house.title_archive_no
        owner = holder_of(house.owner).name
        yield f"  {number}  {owner}  {house.address}"
    yield ""
    ana = holder_of("ana")
    yield f"收款卡 / A receiving card: {ana.card_number} ({ana.bank})"
    yield "先用 13900010001 申请购房，再用 anhui-first、anhui-second 审核，一分钟后看到账。"
    yield "Apply as 13900010001, review as anhui-first and anhui-second, see it paid a minute later."
