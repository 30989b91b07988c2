"""Generated screens keep rows apart, take any address without a fault, and ask little."""

import re
from urllib.parse import unquote

import pytest
import sqlalchemy as sa

from app.domain.terms import Role, Status
from app.extensions import db
from app.models import Account, Applicant, Application
from tests.factories import (
    PASSWORD,
    Person,
    actor_of,
    make_account,
    make_applicant,
    make_application,
    make_staff,
)  # fmt: skip
from tests.filling import fill

OF_AGENCY = [
    "applications", "materials", "applicants", "accounts", "payouts", "payout-batches", "ledger",
    "case-events", "audit",
]  # fmt: skip
DATED = [
    "reasons",
    "material-types",
    "requirements",
    "return-reasons",
    "facts",
    "policy-settings",
]
ROLES = (Role.AUDITOR,)


@pytest.fixture
def sign_in(rows, browse):
    """Sign in a member of staff with the right to read everything of an agency."""

    def signed_in(agency="anhui", roles=ROLES):
        with rows() as session:
            member = make_staff(session, f"{agency}-auditor", *roles, agency=agency)
            person = Person(
                f"{agency}-auditor", PASSWORD, actor_of(session, member), member.name
            )
        return browse().sign_in(person)

    return signed_in


@pytest.fixture
def one_case(app, rows):
    """A case of Anhui with a row in every table that staff see."""
    with rows() as session:
        case = make_application(session, status=Status.SUBMITTED)
        fill(session, case)
        return case.number


def links(page):
    return [link["href"] for link in page.soup.select(".aj-row-acts a")]


@pytest.mark.parametrize("path", [*OF_AGENCY, *DATED])
def test_staff_of_another_agency_see_no_row(sign_in, one_case, path):
    ours = sign_in("anhui")
    theirs = sign_in("liaoning")
    rows_of_ours = links(ours.open(f"/{path}/list/"))

    assert rows_of_ours
    assert not set(links(theirs.open(f"/{path}/list/"))) & set(rows_of_ours)
    assert [theirs.client.get(link).status_code for link in rows_of_ours[:3]] == [404] * len(
        rows_of_ours[:3]
    )


BAD_ARGUMENTS = [
    "page_CaseScreen=abc", "page_CaseScreen=-1", "page_CaseScreen=99999999999999999999",
    "psize_CaseScreen=0", "psize_CaseScreen=100000000", "psize_CaseScreen=x",
    "_oc_CaseScreen=id&_od_CaseScreen=asc", "_oc_CaseScreen=applicant.name",
    "_flt_9_number=1", "_flt_0_amount=1", "_flt_0_status=nonsense", "_flt_0_kind=%00",
    "_flt_0_payee_card_index=a", "_flt_0_number=%00",
]  # fmt: skip


def test_a_bad_argument_is_a_bad_request(sign_in):
    client = sign_in().client
    found = {bad: client.get(f"/applications/list/?{bad}").status_code for bad in BAD_ARGUMENTS}

    assert found == dict.fromkeys(BAD_ARGUMENTS, 400)


@pytest.mark.parametrize("path", ["applications", "applicants", "accounts", "ledger", "audit"])
def test_any_text_may_be_searched_for(sign_in, path):
    column = {"applicants": "name", "ledger": "reference", "audit": "act"}.get(path, "number")
    client = sign_in().client
    values = ["%25", "_", "'", "%E6%9E%97", "a" * 300, "%F0%9F%8F%A0", "%5C"]
    found = {
        value: client.get(f"/{path}/list/?_flt_0_{column}={value}").status_code
        for value in values
    }

    assert found == dict.fromkeys(values, 200)


def test_a_bad_key_is_not_found(sign_in):
    client = sign_in().client
    keys = ["0", "-1", "x", "1e3", "²", "9" * 30, "9" * 18, "1;2", "1%00"]
    found = {key: client.get(f"/applications/show/{key}").status_code for key in keys}

    assert found == dict.fromkeys(keys, 404)


def test_a_draft_is_the_applicants_alone(sign_in, rows):
    with rows() as session:
        case = make_application(session, status=Status.DRAFT, number=None)
        key = case.id
    browser = sign_in()

    assert not links(browser.open("/applications/list/"))
    assert browser.client.get(f"/applications/show/{key}").status_code == 404


def test_a_form_without_its_token_writes_nothing(sign_in, rows):
    browser = sign_in(roles=(Role.PACKAGE_EDITOR,))

    answer = browser.client.post("/return-reasons/edit/1", data={"label_zh": "x"})

    assert answer.status_code == 400


def test_a_whole_number_opens_the_holder_of_the_own_agency_only(sign_in, rows):
    with rows() as session:
        person = make_applicant(session)
        make_account(session, person)
        number = person.id_number
    ours, theirs = sign_in("anhui"), sign_in("liaoning")

    found = ours.press(ours.open("/applicants/list/"), "打开", number=number)
    unknown = theirs.press(theirs.open("/applicants/list/"), "打开", number=number)

    assert "/applicants/show/" in found.url
    assert number not in found.text
    assert unknown.url == "/applicants/list/"


def test_a_name_searched_for_stands_in_no_address(sign_in, some):
    browser = sign_in()
    typed = {"_flt_0_name": "林"}

    found = browser.press(browser.open("/applicants/list/"), "查找", **typed)
    second = browser.follow(found, "下一页")
    nobody = browser.press(found, "查找", _flt_0_name="无此人")
    foreign = sign_in("liaoning").open(found.url)

    assert "林" not in unquote(found.url + second.url)
    assert found.soup.select_one("#find-name")["value"] == "林"
    assert links(found)
    assert not set(links(found)) & set(links(second))
    assert not links(nobody)
    assert foreign.soup.select_one("#find-name")["value"] == ""


def test_searching_leaves_nothing_in_the_cookie(sign_in, one_case):
    browser = sign_in()
    browser.open(f"/applications/list/?_flt_0_number={one_case}")

    with browser.client.session_transaction() as kept:
        assert "page_history" not in kept


@pytest.fixture
def some(app, rows):
    """A hundred and thirty-one submitted cases of Anhui, all of one amount."""
    with rows() as session:
        case = make_application(session, status=Status.SUBMITTED)
        copies(session, case, 130)


@pytest.fixture
def many(app, rows):
    """Two thousand people with an account each and a submitted case, in Anhui."""
    with rows() as session:
        case = make_application(session, status=Status.SUBMITTED)
        fill(session, case)
        copies(session, case, 2000)


def copies(session, case, count):
    """Copy a case with its person and account so many times, by SQL."""
    person, account = case.applicant, case.account
    people = [
        values(person) | {"user_id": None, "id_number_index": f"i{n}", "mobile_index": f"m{n}"}
        for n in range(count)
    ]
    session.execute(sa.insert(Applicant), people)
    keys = session.scalars(sa.select(Applicant.id).where(Applicant.user_id.is_(None))).all()
    accounts = [
        values(account) | {"applicant_id": key, "number": f"X{key:08d}"} for key in keys
    ]
    session.execute(sa.insert(Account), accounts)
    own = session.execute(
        sa.select(Account.applicant_id, Account.id).where(Account.number.like("X%"))
    ).all()
    cases = [
        values(case) | {"applicant_id": key, "account_id": of, "number": f"BT{key:018d}"}
        for key, of in own
    ]
    session.execute(sa.insert(Application), cases)


def values(row):
    """Return what a row holds, its key left out."""
    names = [column.key for column in sa.inspect(type(row)).column_attrs]
    return {name: getattr(row, name) for name in names if name != "id"}


@pytest.fixture
def asked(app):
    """Note the statements the database is asked."""
    with app.app_context():
        engine = db.engine
    seen = []

    def note(_connection, _cursor, statement, *_rest):
        if re.match(r"\s*(SELECT|WITH)", statement):
            seen.append(statement)

    sa.event.listen(engine, "before_cursor_execute", note)
    yield seen
    sa.event.remove(engine, "before_cursor_execute", note)


@pytest.mark.whole
@pytest.mark.parametrize("path", ["applications", "accounts"])
def test_a_list_of_thousands_asks_a_few_questions(kind, many, sign_in, asked, path):
    browser = sign_in()
    browser.open("/password/")
    asked.clear()
    browser.open("/password/")
    frame = len(asked)
    asked.clear()

    page = browser.open(f"/{path}/list/")

    assert len(links(page)) >= 25
    assert len(asked) - frame <= 8, "\n".join(asked)


@pytest.mark.parametrize("path", ["applicants", "materials", "ledger", "case-events", "audit"])
def test_a_list_asks_a_few_questions(one_case, sign_in, asked, path):
    browser = sign_in()
    browser.open("/password/")
    asked.clear()
    browser.open("/password/")
    frame = len(asked)
    asked.clear()

    browser.open(f"/{path}/list/")

    assert len(asked) - frame <= 8, "\n".join(asked)


@pytest.mark.whole
def test_pages_follow_one_another_without_gap(kind, many, sign_in):
    browser = sign_in()
    seen = []
    for page in (0, 1, 39, 40, 41, 79):
        seen += links(browser.open(f"/applications/list/?page_CaseScreen={page}"))

    assert len(seen) == len(set(seen)) == 150
    last = browser.open("/applications/list/?page_CaseScreen=80")
    assert len(links(last)) == 1
    assert not last.soup.find("a", string="下一页")


@pytest.mark.whole
@pytest.mark.both
@pytest.mark.parametrize("order", ["", "_oc_CaseScreen=amount&_od_CaseScreen=asc"])
def test_turning_pages_leads_through_all_rows_and_back(kind, some, sign_in, order):
    browser = sign_in()
    page = browser.open(f"/applications/list/?psize_CaseScreen=50&{order}")
    there = [links(page)]
    while page.soup.find("a", string="下一页"):
        page = browser.follow(page, "下一页")
        there.append(links(page))
    back = [links(page)]
    while page.soup.find("a", string="上一页"):
        page = browser.follow(page, "上一页")
        back.append(links(page))

    assert len({link for each in there for link in each}) == sum(map(len, there)) == 131
    assert back == there[::-1]


def test_a_row_that_is_not_ones_own_is_no_place_to_begin(some, sign_in):
    browser = sign_in("liaoning")

    page = browser.open("/applications/list/?page_CaseScreen=1&after_CaseScreen=5")

    assert not links(page)


@pytest.mark.parametrize(
    "name", ["_scheme", "_external", "_anchor", "_method", "endpoint", "pk"]
)
def test_foreign_arguments_are_not_repeated_in_links(some, sign_in, name):
    browser = sign_in()

    page = browser.open(f"/applications/list/?{name}=javascript")

    assert "javascript" not in str(page.soup.select_one(".aj-pager, .aj-listing"))
    assert not [link for link in page.soup.select("main a") if "javascript" in link["href"]]
