"""The list of cases as staff work through it."""

import datetime as dt
from urllib.parse import unquote

import pytest
import sqlalchemy as sa

from app.domain.terms import Role, Status
from app.extensions import db
from app.models import Application, CaseEvent
from tests.factories import (
    make_account,
    make_applicant,
    make_application,
)  # fmt: skip
from tests.money import put_settings

CASES = "/desk/queue/?chip=open"


def submitted(session, name="林知夏", *, scheme="subsidy", **columns):
    """Make a case that waits in the list."""
    account = make_account(session, make_applicant(session, name), scheme=scheme)
    return make_application(session, account, status=Status.SUBMITTED, **columns)


def numbers(page):
    """Return the case numbers of a list, in its order."""
    return [link.get_text() for link in page.soup.select("td.aj-lead-cell a")]


@pytest.mark.whole
def test_the_nearest_deadline_stands_first(rows, browse, people):
    with rows() as session:
        late = submitted(session, due_on=dt.date(2026, 11, 25)).number
        early = submitted(session, due_on=dt.date(2026, 11, 17)).number

    page = browse("chen").open(CASES)

    assert numbers(page) == [early, late]
    assert "超" in page.text


def test_names_are_masked_in_the_list(rows, browse, people):
    with rows() as session:
        submitted(session, "欧阳娜娜")

    page = browse("chen").open(CASES)

    assert "欧**娜" in page.text
    assert "欧阳娜娜" not in page.text


def test_another_agencys_case_is_not_listed(rows, browse, people):
    with rows() as session:
        foreign = submitted(session, scheme="fund").number

    page = browse("chen").open(CASES)

    assert foreign not in page.text


@pytest.mark.parametrize("words", ["whole", "beginning", "name", "mobile"])
def test_one_box_finds_by_number_name_and_mobile(rows, browse, people, words):
    with rows() as session:
        wanted = submitted(session, "沈清怡", mobile_last_four="7788")
        submitted(session, "朱宁", mobile_last_four="1122", number="BT20251118000001")
        typed = {
            "whole": wanted.number,
            "beginning": wanted.number[:10],
            "name": "沈清怡",
            "mobile": "7788",
        }[words]
        number = wanted.number

    chen = browse("chen")
    page = chen.press(chen.open(CASES), "查找", q=typed)

    assert numbers(page) == [number]
    assert typed not in unquote(page.url)


@pytest.mark.whole
def test_a_search_is_paged_and_found_again_without_its_words(rows, browse, people):
    with rows() as session:
        for _ in range(21):
            submitted(session, "沈清怡")
        submitted(session, "朱宁")
    chen = browse("chen")

    first = chen.press(chen.open(CASES), "查找", q="沈清怡")
    second = chen.follow(first, "下一页")
    case = chen.follow(second, numbers(second)[0])
    back = next(a["href"] for a in case.soup.select("a[href]") if "find=" in a["href"])

    assert (len(numbers(first)), len(numbers(second))) == (20, 1)
    assert numbers(chen.open(back)) == numbers(second)
    assert second.soup.select_one("#q")["value"] == "沈清怡"
    assert "沈清怡" not in unquote(first.url + second.url + back)


def test_a_search_of_one_person_says_nothing_to_another(rows, browse, people):
    with rows() as session:
        submitted(session, "沈清怡")
    chen = browse("chen")
    found = chen.press(chen.open(CASES), "查找", q="沈清怡")

    page = browse("dai").open(found.url)

    assert page.soup.select_one("#q")["value"] == ""


@pytest.mark.whole
def test_pages_go_on_and_back_by_key(rows, browse, people):
    with rows() as session:
        for day in range(1, 24):
            submitted(session, due_on=dt.date(2026, 12, day))
    chen = browse("chen")

    first = chen.open(CASES)
    second = chen.follow(first, "下一页")
    again = chen.follow(second, "上一页")

    assert len(numbers(first)) == 20
    assert len(numbers(second)) == 3
    assert numbers(again) == numbers(first)


def test_the_list_needs_no_query_a_row(app, rows, browse, people):
    with rows() as session:
        for _ in range(3):
            submitted(session)
    chen = browse("chen")
    chen.open(CASES)
    few = counted(app, lambda: chen.open(CASES))
    with rows() as session:
        for _ in range(12):
            submitted(session)

    many = counted(app, lambda: chen.open(CASES))

    assert many == few
    assert many <= 20


def counted(app, work):
    """Return how many statements the work sends to the database."""
    sent = []
    with app.app_context():
        engine = db.engine

    def note(*_args):
        sent.append(1)

    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        work()
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)
    return len(sent)


def test_a_reviewer_takes_cases_for_herself(rows, browse, people, chen):
    with rows() as session:
        keys = [submitted(session).id, submitted(session).id]
    browser = browse("chen")
    page = browser.open(CASES)

    browser.press(page, "分给我", case=[str(key) for key in keys])

    with rows() as session:
        assignees = {session.get_one(Application, key).assignee_id for key in keys}
    assert assignees == {chen.user_id}


def test_a_case_is_taken_up_from_the_list(rows, browse, people):
    with rows() as session:
        case_id = submitted(session).id
    chen = browse("chen")

    page = chen.open(CASES)
    button = page.soup.select_one("button[name=take-up]")
    chen.press(page, " ".join(button.get_text(" ").split()))

    with rows() as session:
        assert session.get_one(Application, case_id).status is Status.IN_REVIEW


def test_only_a_supervisor_gives_cases_to_others(rows, browse, staff, people, dai):
    with rows() as session:
        case_id = submitted(session).id
    eve = staff("eve", Role.SUPERVISOR, name="易主管")

    page = eve.open(CASES)
    eve.press(page, "分给这位同事", case=str(case_id), assignee=str(dai.user_id))

    with rows() as session:
        assert session.get_one(Application, case_id).assignee_id == dai.user_id
    assert "分给这位同事" not in browse("chen").open(CASES).buttons


def test_a_reviewers_own_case_is_not_taken_up(rows, browse, people, chen):
    with rows() as session:
        case = submitted(session)
        case.applicant.id_number_index = chen.identity_index
        session.commit()
        case_id = case.id
    browser = browse("chen")
    page = browser.open(CASES)

    answer = browser.press(page, "受理", case=str(case_id))

    with rows() as session:
        assert session.get_one(Application, case_id).status is Status.SUBMITTED
        assert session.scalar(sa.select(sa.func.count()).select_from(CaseEvent)) == 0
    assert "本人" in answer.text


def test_auditors_read_the_list_and_change_nothing(rows, staff, people):
    with rows() as session:
        submitted(session)

    page = staff("uwe", Role.AUDITOR, name="审计员").open(CASES)

    assert len(numbers(page)) == 1
    assert not page.soup.select("form[method=post] button[name=deed]")


def test_applicants_have_no_list(rows, browse, people):
    with rows() as session:
        submitted(session)

    answer = browse("ana").client.get(CASES)

    assert answer.status_code in (302, 403, 404)
    assert b"BT2026" not in answer.data


@pytest.mark.parametrize(("days", "tone"), [("2", False), ("3", True)])
def test_a_case_warns_so_many_working_days_before_its_limit(rows, browse, people, days, tone):
    with rows() as session:
        case = submitted(session, due_on=dt.date(2026, 11, 23))
        put_settings(session, case, clock_amber_days=days)
        here = f"/desk/case/{case.id}/"
    chen = browse("chen")

    for page in (chen.open(CASES), chen.open(here)):
        warned = [tag for tag in page.soup.select(".is-turn, .aj-tag--turn") if "3" in tag.text]
        assert bool(warned) is tone, page.url
