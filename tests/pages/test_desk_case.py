"""The case page: what it shows, what is decided on it, what is refused."""

import re

import pytest
import sqlalchemy as sa

from app.domain.terms import Action, Channel, Role, Status
from app.models import Application, CaseEvent, Notice, ReviewNote
from tests.pages.desk import found, posted, url


def test_personal_values_are_masked_until_revealed(rows, browse, case_in):
    case_id = case_in(Status.IN_REVIEW)
    with rows() as session:
        person = session.get_one(Application, case_id).applicant
        number, mobile = person.id_number, person.mobile

    page = browse("chen").open(url(case_id))

    assert "沈*怡" in page.heading
    assert [link["href"] for link in page.soup.select("#nav [aria-current]")] == [
        "/desk/queue/"
    ]
    assert number not in page.text
    assert mobile not in page.text
    assert number[:4] + "*" * 10 + number[-4:] in page.text


def test_two_people_carry_a_case_to_its_payment(rows, browse, case_in):
    case_id = case_in(Status.SUBMITTED)
    chen, dai = browse("chen"), browse("dai")

    page = chen.press(chen.open(url(case_id)), "受理", deed="take_up")
    page = chen.press(page, "通过，送复审", deed="pass_first")
    assert found(rows, case_id)[0] is Status.SECOND_REVIEW
    page = dai.press(dai.open(url(case_id)), "复审通过并付款", deed="approve")

    assert found(rows, case_id)[0] is Status.APPROVED
    with rows() as session:
        case = session.get_one(Application, case_id)
        [payout] = case.payouts
        assert (payout.amount, payout.decision_hash) == (case.amount, case.decision_hash)


@pytest.mark.parametrize("needed", [2, 3])
def test_the_opinion_at_a_signature_is_kept_for_colleagues(rows, browse, case_in, needed):
    case_id = case_in(Status.SECOND_REVIEW, approvals_required=needed)
    dai = browse("dai")

    dai.press(
        dai.open(url(case_id)), "复审通过并付款", deed="approve", opinion="与上一笔同一中介"
    )

    with rows() as session:
        case = session.get_one(Application, case_id)
        assert not any("中介" in event.note for event in case.events)
        [kept] = session.scalars(sa.select(ReviewNote))
        assert (kept.application_id, kept.text) == (case_id, "与上一笔同一中介")


def test_what_is_signed_is_shown_with_its_fingerprint(rows, browse, case_in):
    case_id = case_in(Status.SECOND_REVIEW)

    page = browse("dai").open(url(case_id))

    signed = page.soup.select_one("input[name=signed]")["value"]
    assert signed[:16].upper() in page.text
    with rows() as session:
        case = session.get_one(Application, case_id)
        assert f"**** {case.payee_last_four}" in page.text
        assert f"{case.amount:,.2f}" in page.text


def test_a_changed_amount_is_not_signed_unseen(rows, browse, case_in):
    case_id = case_in(Status.SECOND_REVIEW)
    dai = browse("dai")
    page = dai.open(url(case_id))
    with rows() as session:
        session.execute(
            sa.update(Application).where(Application.id == case_id).values(amount=499_900)
        )

    answer = dai.press(page, "复审通过并付款", 409, deed="approve")

    assert "有了变化" in answer.text
    assert found(rows, case_id)[0] is Status.SECOND_REVIEW


def test_a_case_that_moved_on_says_so_and_keeps_what_was_typed(rows, browse, case_in, people):
    case_id = case_in(Status.IN_REVIEW)
    chen = browse("chen")
    stale = chen.open(url(case_id))
    chen.press(stale, "通过，送复审", deed="pass_first")

    answer = chen.press(
        stale,
        "通过，送复审",
        409,
        deed="pass_first",
        opinion="合同与账户相符",
        form_key="another",
    )

    assert "有了变化" in answer.text
    assert found(rows, case_id)[0] is Status.SECOND_REVIEW


def test_typed_lines_survive_a_refusal(browse, case_in):
    case_id = case_in(Status.IN_REVIEW)
    chen = browse("chen")
    page = chen.open(url(case_id))

    answer = chen.press(
        page, "通过，送复审", 422, deed="return", opinion="发票反光",
        **{"code-0": "R02", "material-0": "", "note-0": ""},
    )  # fmt: skip

    assert answer.soup.select_one("select[name=code-0] option[selected]")["value"] == "R02"
    assert answer.soup.select_one("textarea[name=opinion]").get_text().strip() == "发票反光"


def test_the_same_form_sent_twice_is_done_once(rows, browse, case_in):
    case_id = case_in(Status.IN_REVIEW)
    chen = browse("chen")
    page = chen.open(url(case_id))

    chen.press(page, "通过，送复审", deed="pass_first")
    again = chen.press(page, "通过，送复审", deed="pass_first")

    assert again.status == 200
    with rows() as session:
        times = session.scalar(
            sa.select(sa.func.count()).where(
                CaseEvent.application_id == case_id,
                CaseEvent.action == Action.PASS_FIRST.value,
            )
        )
    assert times == 1


def test_a_return_names_everything_at_once(rows, browse, case_in):
    case_id = case_in(Status.IN_REVIEW)
    chen = browse("chen")
    page = chen.open(url(case_id))
    page = chen.press(page, "再加一条")

    chen.press(
        page, "通过，送复审", deed="return",
        **{"code-0": "R05", "code-1": "R13", "note-1": "请说明房屋用途"},
    )  # fmt: skip

    assert found(rows, case_id)[0] is Status.RETURNED
    with rows() as session:
        items = session.get_one(Application, case_id).return_items
        assert [item.code for item in items] == ["R05", "R13"]
        assert "请说明房屋用途" in items[1].text_zh


def test_a_line_is_taken_away_without_losing_the_others(browse, case_in):
    case_id = case_in(Status.IN_REVIEW)
    chen = browse("chen")
    page = chen.press(chen.open(url(case_id)), "再加一条", **{"code-0": "R05"})

    page = chen.press(page, "删除 问题 1", **{"code-1": "R13"})

    assert len(page.soup.select("[data-line]")) == 1
    assert page.soup.select_one("select[name=code-0] option[selected]")["value"] == "R13"


def test_a_refusal_carries_its_written_reason(rows, browse, case_in):
    case_id = case_in(Status.IN_REVIEW)
    chen = browse("chen")

    chen.press(
        chen.open(url(case_id)), "通过，送复审", deed="decline", **{"decline-code": "N02"}
    )

    assert found(rows, case_id)[0] is Status.DECLINED
    with rows() as session:
        case = session.get_one(Application, case_id)
        assert case.account.held == 0
        assert "冻结" in case.events[-1].note


def test_a_check_stops_the_clock_and_its_end_lets_it_run(rows, browse, case_in):
    case_id = case_in(Status.IN_REVIEW)
    chen = browse("chen")

    page = chen.press(
        chen.open(url(case_id)), "通过，送复审", deed="investigate", opinion="向登记机构核实"
    )
    assert "停走" in page.text
    assert not page.soup.select("input[name=deed][value=pass_first]")
    page = chen.press(page, "结束核查", reason="登记属实")

    assert page.soup.select("input[name=deed][value=pass_first]")


def test_a_check_outside_the_city_is_told_with_its_own_day(rows, browse, case_in):
    case_id = case_in(Status.IN_REVIEW)
    chen = browse("chen")

    page = chen.open(url(case_id))
    assert "10 个工作日" in page.text
    chen.press(page, "通过，送复审", deed="investigate", opinion="赴外地核实", outside="yes")

    with rows() as session:
        wanted = sa.select(Notice).where(Notice.event == "investigation_started")
        [notice] = [one for one in session.scalars(wanted) if one.channel is Channel.INBOX]
        assert "2026-12-02" in notice.text_zh


def test_days_used_and_left_differ_by_words_too(browse, case_in):
    page = browse("chen").open(url(case_in(Status.IN_REVIEW)))

    cells = page.soup.select(".aj-clock-mini .aj-days li")
    said = {bool(cell.get("class")): cell.select_one(".sr-only").get_text() for cell in cells}
    assert {word.strip() for word in said.values()} <= {"已用", "未用"}
    assert said[False].strip() == "未用"


def test_a_supervisor_voids_with_a_reason_and_frees_the_money(rows, staff, case_in):
    case_id = case_in(Status.SECOND_REVIEW)
    eve = staff("eve", Role.SUPERVISOR)

    eve.press(eve.open(url(case_id)), "确认作废", reason="申请人书面要求")

    assert found(rows, case_id)[0] is Status.VOIDED
    with rows() as session:
        assert session.get_one(Application, case_id).account.held == 0


def test_notes_stay_with_colleagues(rows, browse, case_in):
    case_id = case_in(Status.IN_REVIEW)
    chen = browse("chen")

    page = chen.press(chen.open(url(case_id)), "保存备注", note="已电话核实")

    assert "已电话核实" in page.text
    with rows() as session:
        assert session.scalar(sa.select(ReviewNote.text)) == "已电话核实"


def test_a_supervisor_gives_a_case_to_a_colleague(rows, staff, case_in, dai):
    case_id = case_in(Status.SECOND_REVIEW)
    eve = staff("eve", Role.SUPERVISOR)

    eve.press(eve.open(url(case_id)), "分配", assignee=str(dai.user_id))

    with rows() as session:
        assert session.get_one(Application, case_id).assignee_id == dai.user_id


def test_a_hold_bars_the_decision(rows, browse, case_in):
    case_id = case_in(Status.SECOND_REVIEW)
    dai = browse("dai")
    page = dai.open(url(case_id))

    held = dai.press(page, "暂停审核和支付", reason="等法院答复")
    answer = posted(dai, case_id, deed="approve", rows=rows)

    assert not held.soup.select("input[name=deed][value=approve]")
    assert answer.status_code == 409
    assert found(rows, case_id)[0] is Status.SECOND_REVIEW


def test_every_employee_sees_the_page_in_english_too(browse, case_in):
    case_id = case_in(Status.IN_REVIEW)
    chen = browse("chen")
    chen.client.get("/lang/en")

    page = chen.open(url(case_id))

    shown = page.soup.select_one("#decision").get_text(" ")
    assert "Pass to the second review" in page.buttons
    assert not re.search("[\u4e00-\u9fff]", shown.replace("沈*怡", ""))
