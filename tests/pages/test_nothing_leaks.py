"""What people type is planted through the real pages, then looked for in clear everywhere."""

import itertools
import logging
import re

import pytest
import sqlalchemy as sa

from app import outside
from app.domain.terms import Role, Status
from app.extensions import db
from app.gateways.sms import LocalSms
from app.jobs.data_exports import make_exports
from app.jobs.housekeeping import run_housekeeping
from app.jobs.notices import send_due
from app.jobs.paying import pay_all
from app.models import Account, Applicant, Application, BankCard, LoginSession
from app.services.review import decisions
from tests.bars import FULL
from tests.factories import (
    NOON,
    PASSWORD,
    make_account,
    make_card_number,
    make_id_number,
)
from tests.money import PaperBank
from tests.pages.hall_walk import begin, upload_all

MANY, WALKS = (500, 20) if FULL else (4, 1)
DATABASES = pytest.mark.both if FULL else pytest.mark.bar
"""Every day it is looked for in the embedded database only, whose file is read byte by byte."""

NAMES_IN_CLEAR = {
    "applicant.name",
    "application.payee_name",
    "payout.payee_name",
    "payout.purpose",
}
"""Columns in which a name of an applicant stands unsealed: staff search and banks compare it."""

RENT = {
    "lease_filed": "no", "rent_months": "6", "marital_status": "single", "multi_child": "no",
    "spouse_applies": "no",
}  # fmt: skip
SURNAMES, GIVEN = "靳贲邴糜郗班仰", "翯翀翮翊翎翙翚翛翥翦翩翪翫翬翭翰翱翳翷翽翾翿"


class Planted:
    """The values of one made-up person."""

    def __init__(self, serial):
        self.name = "".join(
            next(itertools.islice(itertools.product(SURNAMES, GIVEN, GIVEN), serial * 3, None))
        )
        self.number = make_id_number(serial + 200, county="340198")
        self.mobile = f"177{serial:04d}{7391 + serial}"[:11].ljust(11, "7")
        self.card = make_card_number(88_000_000 + serial)
        self.address = f"安居县翱翔路{serial + 7000}号"
        self.codes = []

    def sealed(self):
        """What stands nowhere in clear."""
        return [
            self.number,
            self.mobile,
            self.card,
            f"翱翔路{self.address[-5:-1]}",
            *self.codes,
        ]


@pytest.fixture
def heard(app):
    """Every log line of the hall, faults with their whole trace."""
    lines = []

    class Ear(logging.Handler):
        def emit(self, record):
            lines.append(logging.Formatter("%(message)s").format(record))

    ear, root = Ear(logging.INFO), logging.getLogger()
    kept = root.level
    root.addHandler(ear)
    root.setLevel(logging.INFO)
    yield lines
    root.removeHandler(ear)
    root.setLevel(kept)


@pytest.fixture
def urls(app):
    """Every address that was asked for or named as the one before."""
    seen = []

    class Watching:
        def __init__(self, inner):
            self.inner = inner

        def __call__(self, environ, start):
            seen.append(f"{environ.get('PATH_INFO')}?{environ.get('QUERY_STRING')}")
            seen.append(environ.get("HTTP_REFERER", ""))
            return self.inner(environ, start)

    kept, app.wsgi_app = app.wsgi_app, Watching(app.wsgi_app)
    yield seen
    app.wsgi_app = kept


def code_of(app, person):
    """Read the code on the telephone, and let it be looked for."""
    newest = LocalSms(app.config["ANJU_SMS_FILE"]).messages(1)[0]
    person.codes.append(re.findall(r"\d{6}", newest["text"])[0])
    return person.codes[-1]


def settle(app, rows, browse, person):
    """Register, mistype the password, log in, and state a card and an address, by the forms."""
    visitor = browse()
    typed = {
        "name": person.name, "gender": "1" if int(person.number[16]) % 2 else "2",
        "ethnicity": "01", "mobile": person.mobile, "password": PASSWORD,
        "agreement": "yes", "consent": "yes", "id_number": person.number,
        "id_type": "resident_id_card",
    }  # fmt: skip
    page = visitor.client.get("/register/").text
    asked = sent(visitor, "/register/code/", page, **typed)
    typed["code"] = code_of(app, person)
    sent(visitor, "/register/", asked.text, **typed)
    for password in ("wrong " + person.card, PASSWORD):
        sent(visitor, "/login/", page, login=person.number, password=password)
    page = visitor.client.get("/hall/profile/address/").text
    sent(visitor, "/hall/profile/address/", page, address=person.address)
    with rows() as session:
        session.execute(sa.update(LoginSession).values(proven_at=NOON, sms_proven_at=NOON))
        session.execute(sa.text("DELETE FROM one_time_code"))
    sent(visitor, "/hall/cards/add/", page, bank_account_no=person.card, bank_code="CCB")
    return visitor


def sent(visitor, path, page, **answers):
    """Send a form with what is hidden on a page."""
    hidden = [one for one in re.findall(r"<input[^>]+>", page) if 'type="hidden"' in one]
    tokens = {
        name[1]: value[1]
        for one in hidden
        if (name := re.search(r'name="(\w+)"', one))
        and (value := re.search(r'value="([^"]+)"', one))
    }
    return visitor.client.post(path, data=tokens | answers, headers={"Referer": path})


def walk(rows, visitor, person, chen, dai):
    """Apply on the pages with papers named after the person, and let two people approve."""
    with rows() as session:
        holder = session.scalars(
            sa.select(Applicant).where(Applicant.name == person.name)
        ).one()
        account = make_account(session, holder).id
    page = begin(visitor, "ZFFZ", account)
    card = {"bank_code": "CCB", "bank_account_no": person.card}
    page = visitor.press(page, "保存确认", **card, **RENT)
    upload_all(visitor, page, name=f"{person.name}{person.number}.jpg")
    visitor.press(visitor.open(page.url), "提交支取申请", agree="yes")
    with rows() as session:
        case = session.scalars(
            sa.select(Application).where(Application.account_id == account)
        ).one()
        decisions.take_up(session, case, actor=chen, now=NOON)
        decisions.pass_first(session, case, actor=chen, now=NOON)
        decisions.approve(session, case, actor=dai, now=NOON)
        return case.id


def ask_staff(staff, people, case_id):
    """Let staff search by whole numbers and look at values, with numbers in what they type."""
    desk = staff("head", Role.SUPERVISOR)
    page = desk.open(f"/desk/case/{case_id}/")
    token = {"csrf_token": page.soup.select_one("input[name=csrf_token]")["value"]}
    for one in people if FULL else people[:3]:
        desk.client.post("/applicants/find", data=token | {"number": one.number})
        note = {"reveal-reason": "other", "reveal-note": f"电话 {one.mobile} 证件 {one.number}"}
        desk.client.post(f"/desk/reveal/application/{case_id}/card", data=token | note)
        desk.client.get(f"/no-such-page/{one.name[0]}")
        desk.client.post(
            "/api/v1/security/login", json={"username": one.number, "password": "x"}
        )
    desk.open("/metrics")


def work(app, clock):
    """Let the worker pay, send, make copies and keep house."""
    app.config["ANJU_BANK"] = PaperBank(clock)
    try:
        with app.app_context():
            pay_all(now=NOON)
            send_due(outside.sms(), now=NOON)
            make_exports(now=NOON)
            run_housekeeping(now=NOON)
    finally:
        del app.config["ANJU_BANK"]


def dumped(session):
    """Return every text of every table by ``table.column``."""
    found = {}
    for table in sa.inspect(db.engine).get_table_names():
        for row in session.execute(sa.text(f'SELECT * FROM "{table}"')).mappings():
            for column, value in row.items():
                if value is not None:
                    found.setdefault(f"{table}.{column}", []).append(str(value))
    return {place: "\n".join(values) for place, values in found.items()}


def hits(values, text):
    """Return which values stand in a text by themselves."""
    return [
        v
        for v in values
        if v in text and re.search(rf"(?<![0-9A-Za-z]){v}(?![0-9A-Za-z])", text)
    ]


@pytest.mark.bar(19)
@DATABASES
@pytest.mark.timeout(0 if FULL else 120)
def test_nothing_planted_is_found_in_clear(
    kind, app, rows, browse, staff, people, chen, dai, clock, heard, urls, record_property
):
    with rows() as session:
        shipped = dumped(session)
    record_property("number", f"{MANY} people with number, card, mobile, codes and name")
    planted = [Planted(serial) for serial in range(MANY)]
    visitors = [settle(app, rows, browse, one) for one in planted]
    cases = [
        walk(rows, visitor, one, chen, dai)
        for visitor, one in zip(visitors[:WALKS], planted, strict=False)
    ]
    ask_staff(staff, planted, cases[0])
    work(app, clock)
    secrets = [value for one in planted for value in one.sealed()]
    names = [one.name for one in planted]

    with rows() as session:
        now_there = dumped(session)
        tables = {
            place: text for place, text in now_there.items() if text != shipped.get(place)
        }
        assert session.scalar(sa.select(sa.func.count(Applicant.id))) >= MANY
        assert session.scalar(sa.select(sa.func.count(BankCard.id))) >= MANY
        assert session.scalars(sa.select(Application.status)).first() is Status.PAID
        assert session.scalar(sa.select(sa.func.count(Account.id))) == WALKS
    assert {
        place: hits(secrets, text) for place, text in tables.items() if hits(secrets, text)
    } == {}
    in_clear = {place for place, text in tables.items() if any(name in text for name in names)}
    assert {"applicant.name"} <= in_clear <= NAMES_IN_CLEAR
    for place, text in (("log", "\n".join(heard)), ("addresses", "\n".join(urls))):
        assert hits([*secrets, *names], text) == [], place
    assert list(files_with(app, kind, secrets, names)) == []


def files_with(app, kind, secrets, names):
    """Name files of the hall that hold a value: database, write-ahead log, papers."""
    home, raw = app.config["ANJU_HOME"], [v.encode() for v in secrets if len(v) > 6]
    for path in home.rglob("*"):
        if not path.is_file() or path == app.config["ANJU_SMS_FILE"]:
            continue
        data = path.read_bytes()
        looked_for = (
            raw if path.name.startswith("anju.db") else raw + [n.encode() for n in names]
        )
        if any(value in data for value in looked_for):
            yield path.name
