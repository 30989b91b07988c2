"""Notices of the front page, the tour of staff, and rating the service, by the real forms."""

import re

import sqlalchemy as sa

from app.domain.terms import Role, Status
from app.models import Applicant, Feedback
from tests.factories import NOON, make_account, make_application


def test_what_an_editor_writes_stands_on_the_front_page_of_that_office(staff, browse):
    editor = staff("eve", Role.PACKAGE_EDITOR)
    page = editor.open("/office/front-notices/add")

    editor.press(
        page, "保存", title_zh="国庆安排", title_en="Holiday", text_zh="照常提交", text_en="Open",
        valid_from="2026-01-01",
    )  # fmt: skip

    assert "国庆安排" in browse().open("/?agency=anhui").text
    assert "国庆安排" not in browse().open("/?agency=liaoning").text


def test_a_bad_rating_comes_to_the_supervisor_and_its_answer_to_the_applicant(
    rows, browse, staff, ana
):
    with rows() as session:
        account = make_account(session, session.get_one(Applicant, ana.applicant_id))
        case = make_application(
            session, account, status=Status.PAID, number="BT20261008000127", paid_at=NOON
        ).id
    holder, boss = browse("ana"), staff("sue", Role.SUPERVISOR)
    form = holder.open(f"/hall/feedback/{case}/")
    assert form.soup.select_one("h1").get_text() == "服务评价"

    holder.press(form, "提交评价", rating="dissatisfied", text="电话13812345678 没人接")
    waiting = boss.open("/desk/feedback/")
    assert "电话**** 没人接" in waiting.text
    assert "差评待答复" in boss.open("/desk/").text
    boss.press(waiting, "提交答复", text="已核实并改进")

    assert "已核实并改进" in holder.open(f"/hall/progress/{case}/").text
    assert "没有待答复的差评" in boss.open("/desk/feedback/").text


def test_anybody_rates_without_a_name_and_learns_what_was_missing(rows, browse):
    visitor = browse()
    page = visitor.open("/feedback/?agency=anhui")

    again = visitor.press(page, "提交评价", status=422, text="很好")
    assert "请选择满意程度。" in again.text
    assert "很好" in again.soup.select_one("textarea").get_text()
    visitor.press(again, "提交评价", rating="very_satisfied")

    with rows() as session:
        row = session.scalar(sa.select(Feedback))
        assert (row.rating.stars, row.text, row.applicant_id) == (5, "很好", None)


def test_who_gives_no_name_reads_the_answer_by_the_code(browse, staff):
    visitor, boss = browse(), staff("sue", Role.SUPERVISOR)
    page = visitor.open("/feedback/?agency=anhui")
    thanks = visitor.press(page, "提交评价", rating="very_dissatisfied", text="等太久")
    code = thanks.soup.select_one("#code-h").find_next("p").get_text()
    assert re.fullmatch(r"(\w{4} ){3}\w{4}", code)

    stranger = browse()
    asked = stranger.open("/feedback/answer/")
    waiting = stranger.press(asked, "查看答复", code=code)
    assert "等太久" in waiting.text
    assert "尚未答复" in waiting.text
    boss.press(boss.open("/desk/feedback/"), "提交答复", text="已增开窗口")
    assert "已增开窗口" in stranger.press(waiting, "查看答复", code=code.upper()).text
    wrong = stranger.press(waiting, "查看答复", code="2222 2222 2222 2222", status=422)
    assert "没有查到这个查询码" in wrong.text


def test_the_tour_opens_once_and_again_when_asked_for(staff):
    boss = staff("sue", Role.SUPERVISOR)
    first = boss.open("/desk/")
    assert first.soup.select_one("#tour").has_attr("data-opens")
    assert 4 <= len(first.soup.select("#tour section")) <= 6

    boss.press(first, "结束引导")

    assert not boss.open("/desk/").soup.select_one("#tour").has_attr("data-opens")
    assert boss.open("/desk/?tour=1").soup.select_one("#tour").has_attr("data-opens")
