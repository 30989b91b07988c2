"""Check before you start: the rules over what is typed, with what limits and what stands in the way."""

import sqlalchemy as sa

from app.extensions import db
from app.models import Applicant, AuditEvent
from tests.factories import make_account

RENT = (
    "/estimate/?agency=anhui&reason=ZFFZ&rent_months=12&marital_status=married&multi_child=no"
)


def hero(page):
    return page.soup.select_one(".aj-hero-sum").get_text(strip=True)


def test_a_visitor_learns_the_sum_its_limit_and_what_stands_in_the_way(browse, app):
    visitor = browse()

    rich = visitor.open(f"{RENT}&balance=90000&lease_filed=no")
    poor = visitor.open(f"{RENT}&balance=30000&lease_filed=no")
    barred = visitor.open(f"{RENT}&balance=30000&lease_filed=no&state=sealed&open_case=yes"
                          "&last_paid=2026-09-01")  # fmt: skip

    assert hero(rich).startswith("36,000.00")
    assert "受限于：定额合计" in rich.text
    assert "账户本身可以支付 89,999.99 元" in rich.text
    assert "可以申请" in rich.text
    assert hero(poor).startswith("29,999.99")
    assert "最多可以到 36,000.00 元" in poor.text
    assert len(barred.soup.select(".aj-obst li")) == 3
    assert "2027-09-01" in barred.soup.select_one(".aj-obst").get_text()
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(AuditEvent)) == 0
        db.session.remove()


def test_garbage_in_the_address_is_a_page_and_no_fault(browse):
    page = browse().open(
        "/estimate/?agency=anhui&reason=XX&balance=abc&last_paid=soon&service=99&account=1"
    )

    assert "购买自住住房" in page.text
    assert page.soup.select_one(".aj-error")
    closing = browse().open(
        "/estimate/?agency=anhui&reason=LTX&balance=500&last_paid=2099-01-01"
    )
    assert hero(closing).startswith("500.00")
    assert browse().open("/estimate/?agency=anhui&reason=LTX&closing=no&balance=500").soup


def test_an_applicant_finds_the_own_balance_and_standing(browse, rows, ana):
    with rows() as session:
        account = make_account(session, session.get_one(Applicant, ana.applicant_id))
        free = account.available
    page = browse("ana").open("/estimate/?reason=ZZZG")

    assert page.soup.select_one("#balance")["value"] == f"{free:.2f}"
    assert page.soup.select_one("[name=state]") is None
