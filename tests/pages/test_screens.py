"""Generated screens: every list and row opens, for whom it is meant, in words."""

import pytest

from app.domain.terms import Capacity, Role, Status
from app.models import Application, CaseEvent, Material, MaterialType, PayoutBatch
from app.services import audit
from tests.factories import (
    NOON,
    find_scheme,
    make_account,
    make_applicant,
    make_application,
    make_card,
)  # fmt: skip
from tests.money import make_approved

STAFF_LISTS = {
    Role.FIRST_REVIEWER: ["applications", "materials", "applicants", "accounts", "reasons"],
    Role.SUPERVISOR: ["payouts", "payout-batches", "audit"],
    Role.AUDITOR: ["ledger", "case-events"],
    Role.PACKAGE_EDITOR: [
        "reasons", "material-types", "requirements", "return-reasons", "facts",
        "policy-settings", "banks", "card-prefixes", "working-days",
    ],
    Role.USER_ADMIN: ["users", "roles"],
}  # fmt: skip
LISTS = [(role, path) for role, paths in STAFF_LISTS.items() for path in paths]
OWN = ["my-accounts", "my-applications", "my-materials", "my-cards"]


@pytest.fixture
def filled(people, rows):
    """A case with papers, history, ledger and card, of Ana in Anhui."""
    with rows() as session:
        from app.models import Applicant

        ana = session.get_one(Applicant, people["ana"].actor.applicant_id)
        account = make_account(session, ana)
        case = make_application(session, account, status=Status.SUBMITTED)
        make_card(session, ana)
        type_ = session.query(MaterialType).filter_by(scheme_id=find_scheme(session).id).first()
        session.add(
            Material(
                agency_id=case.agency_id, application_id=case.id, material_type_id=type_.id,
                material_code=type_.code, origin=type_.origin, created_at=NOON,
            )
        )  # fmt: skip
        session.add(
            CaseEvent(
                agency_id=case.agency_id, application_id=case.id, action="submit",
                from_status=Status.DRAFT, to_status=Status.SUBMITTED, at=NOON, actor_name="林知夏",
            )
        )  # fmt: skip
        session.commit()
        return {"case": case.id, "account": account.id, "number": case.number}


@pytest.fixture
def paid(people, rows):
    """A payment in a batch, and a row of the audit."""
    with rows() as session:
        chen, dai = people["chen"].actor, people["dai"].actor
        case = make_approved(session, chen, dai)
        batch = PayoutBatch(
            agency_id=case.agency_id, number="P20261118000001", count=1, total=case.amount,
            prepared_at=NOON,
        )  # fmt: skip
        session.add(batch)
        audit.record(
            session, "case_opened", actor=chen, now=NOON, object_type="application",
            object_id=case.id, agency_id=case.agency_id,
        )  # fmt: skip
        session.commit()


@pytest.mark.parametrize(("role", "path"), LISTS)
def test_a_list_and_its_first_row_open(sign_in, filled, paid, role, path):
    browser = sign_in(role)

    page = browser.open(f"/{path}/list/")

    links = page.soup.select(".aj-row-acts a")
    assert links, "no row of this list was made for the test"
    for link in links[:2]:
        assert browser.open(link["href"]).heading


@pytest.mark.parametrize("path", OWN)
def test_an_applicant_opens_the_own_rows(browse, filled, path):
    browser = browse("ana")

    page = browser.open(f"/{path}/list/")

    links = page.soup.select(".aj-row-acts a")
    assert len(links) == 1
    assert browser.open(links[0]["href"]).heading


@pytest.mark.parametrize("path", OWN)
def test_nobody_sees_what_is_another_persons(browse, filled, path):
    ana, bo = browse("ana"), browse("bo")
    link = ana.open(f"/{path}/list/").soup.select_one(".aj-row-acts a")["href"]

    assert not bo.open(f"/{path}/list/").soup.select(".aj-row-acts a")
    assert bo.client.get(link).status_code == 404


def test_only_known_addresses_answer(browse, people):
    gone = [
        "/users/action/x/1", "/groups/list/", "/registeruser/list/", "/api/v1/security/refresh",
        "/resetpassword/form", "/userinfoeditview/form", "/users/userinfo/", "/accounts/add",
        "/accounts/delete/1", "/applications/edit/1", "/applications/download/x",
        "/payouts/action_post", "/roles/add", "/roles/edit/1", "/reasons/delete/1",
    ]  # fmt: skip
    client = browse("root").client

    for path in gone:
        assert client.get(path).status_code == 404, path
        assert client.post(path).status_code in (400, 404), path


def test_an_empty_list_says_what_will_stand_there_or_that_nothing_was_found(browse, people):
    assert people
    empty = browse("ana").open("/my-applications/list/")

    assert "填写中的和已提交的申请显示在这里。" in empty.text
    assert empty.soup.select_one(".aj-empty a[href='/hall/apply/']")

    root = browse("root")
    assert "有记录后显示在这里。" in root.open("/office/job-runs/list/").text
    sought = root.open("/office/job-runs/list/?_flt_0_job=pay")
    assert "没有符合条件的记录" in sought.text
    assert root.follow(sought, "清除查询条件").url == "/office/job-runs/list/"


def test_choices_rights_and_classes_are_told_in_words(sign_in, browse, filled):
    editor, admin = sign_in(Role.PACKAGE_EDITOR), sign_in(Role.USER_ADMIN)

    fact = editor.open("/facts/list/?_flt_0_key=marital_status").soup.select_one(
        ".aj-row-acts a"
    )

    assert "单身 已婚" in editor.open(str(fact["href"])).text
    assert "网厅（查看、申请）" in admin.open("/roles/list/").text
    assert "一类卡" in browse("ana").open("/my-cards/list/").text


def test_an_heir_reads_no_sum_before_the_relation_is_confirmed(browse, people, rows):
    with rows() as session:
        account = make_account(session, make_applicant(session, "林国强"), balance=77_000)
        case = make_application(
            session, account, status=Status.SUBMITTED, amount=76_999, capacity=Capacity.HEIR
        )
        case.applicant_id = people["ana"].actor.applicant_id
        key, number = case.id, account.number
    browser = browse("ana")

    before = browser.open("/my-applications/list/").text
    before += browser.open(f"/my-applications/show/{key}").text
    with rows() as session:
        session.get_one(Application, key).relation_confirmed_at = NOON
    after = browser.open(f"/my-applications/show/{key}").text

    assert "76,999" not in before
    assert number not in before
    assert "76,999.00" in after
