"""What tests of pages share: staff made for one test, signed in; a telephone."""

import re

import pytest

from app.domain.terms import Status
from app.gateways.openid import Provider
from app.gateways.sms import LocalSms
from app.services import ledger
from app.services.review import decisions
from tests.factories import (
    NOON,
    PASSWORD,
    Person,
    actor_of,
    make_account,
    make_applicant,
    make_application,
    make_staff,
)  # fmt: skip
from tests.foreign.openid.servers import CLAIMS, SECRET, CrookedProvider
from tests.pages.outside import HOME, NAME


@pytest.fixture
def staff(rows, browse, app):
    """Sign in a member of staff made for the test: ``staff("eve", Role.SUPERVISOR)``."""

    def signed_in(username, *roles, agency="anhui", name=""):
        with rows() as session:
            member = make_staff(session, username, *roles, agency=agency, name=name)
            person = Person(username, PASSWORD, actor_of(session, member), member.name)
        return browse().sign_in(person)

    return signed_in


@pytest.fixture
def sign_in(rows, browse):
    """Sign in a member of staff made for the test, named by roles: ``sign_in(Role.PAYER)``."""

    def signed_in(*roles, agency="anhui"):
        name = f"{agency}-{'-'.join(roles)}"
        with rows() as session:
            member = make_staff(session, name, *roles, agency=agency)
            person = Person(name, PASSWORD, actor_of(session, member), member.name)
        return browse().sign_in(person)

    return signed_in


@pytest.fixture
def case_in(rows, people, chen):
    """Make a case that has walked to a status: ``case_in(Status.IN_REVIEW)``."""

    def made(status, *, scheme="subsidy", name="沈清怡", **columns):
        with rows() as session:
            account = make_account(session, make_applicant(session, name), scheme=scheme)
            case = make_application(session, account, status=Status.SUBMITTED, **columns)
            ledger.hold(session, case, case.amount, now=NOON)
            if status is not Status.SUBMITTED:
                decisions.take_up(session, case, actor=chen, now=NOON)
            if status is Status.SECOND_REVIEW:
                decisions.pass_first(session, case, actor=chen, now=NOON)
            session.commit()
            return case.id

    return made


@pytest.fixture
def phone(app):
    """Read the newest code on this machine's telephone."""

    def read() -> str:
        newest = LocalSms(app.config["ANJU_SMS_FILE"]).messages(1)[0]
        return re.findall(r"\d{6}", newest["text"])[0]

    return read


@pytest.fixture(scope="session")
def served():
    """A provider that breaks the rules when a test says so."""
    with CrookedProvider().running() as provider:
        yield provider


@pytest.fixture
def crooked(served):
    """The provider, honest and quick at the beginning of a test."""
    served.reset()
    return served


@pytest.fixture
def provided(app, crooked):
    """Offer a provider in the settings: the stand-in, or another one ``provided(issuer=…)``."""
    kept = {name: app.config[name] for name in ("ANJU_OIDC", "ANJU_PUBLIC_URL")}

    def offered(**changes):
        settings = {
            "code": "province", "name_zh": NAME, "name_en": "Provincial portal",
            "issuer": crooked.address, "client_id": "anju", "client_secret": SECRET,
            "claims": CLAIMS, "id_types": {"10": "resident_id_card"}, "seconds": 30.0,
        } | changes  # fmt: skip
        app.extensions["anju-openid"] = {}
        app.config.update(ANJU_OIDC=(Provider(**settings),), ANJU_PUBLIC_URL=HOME)

    offered()
    yield offered
    app.config.update(kept)
    app.extensions.pop("anju-openid", None)


@pytest.fixture
def prove(phone):
    """Give the fresh proof that a page asks for before a deed, and come to what follows."""

    def proven(browser, page):
        page = browser.press(page, "获取验证码")
        typed = {"again_password": PASSWORD, "again_code": phone()}
        return browser.press(page, "确认并继续", **typed)

    return proven
