"""The words of a case: every status with every payment, for staff and applicants, in both languages."""

from types import SimpleNamespace

import pytest
from flask_babel import force_locale

from app.display.labels import (
    TABLE,
    Stand,
    Tone,
    applicant_label,
    applicant_words,
    staff_label,
    staff_words,
    stand_of,
    working_days_left,
)
from app.domain.page_words import Flow
from app.domain.terms import PayoutStatus, Status

OFFICES = {Flow.SUBSIDY: "房改办", Flow.FUND: "后台"}


@pytest.fixture
def page(app):
    """A request, in which words have a language."""
    with app.test_request_context("/"):
        yield


def case(status, payment=None, *, investigating=False, on_hold=False, flow="subsidy"):
    """A case as the labels see it."""
    return SimpleNamespace(
        status=status,
        payouts=[SimpleNamespace(status=payment)] if payment else [],
        investigating=investigating,
        on_hold=on_hold,
        agency=SimpleNamespace(office_word_zh=OFFICES[Flow(flow)], office_word_en="Office"),
        scheme=SimpleNamespace(flow=flow),
    )


def is_chinese(text):
    return any("一" <= sign <= "鿿" for sign in text)


@pytest.mark.parametrize("status", Status)
def test_every_status_with_every_payment_has_words_in_both_languages(page, status):
    for payment in (None, *PayoutStatus):
        for flags in ({}, {"investigating": True}, {"on_hold": True}):
            for flow in Flow:
                one = case(status, payment, flow=flow.value, **flags)
                for label in (staff_label, applicant_label):
                    with force_locale("zh"):
                        assert is_chinese(label(one).word)
                    with force_locale("en"):
                        assert label(one).word
                        assert not is_chinese(label(one).word)
                        assert "%(" not in label(one).word


def test_the_table_has_a_row_for_every_stand():
    assert set(TABLE) == set(Stand)


@pytest.mark.parametrize(
    ("stand", "staff", "subsidy", "fund"),
    [
        (Stand.DRAFT, "草稿", "草稿", "草稿"),
        (Stand.FIRST_REVIEW, "待初审", "房改办审核", "后台审核"),
        (Stand.RETURNED, "退回补正", "退回", "退回"),
        (Stand.SECOND_REVIEW, "待复审", "房改办审核", "后台审核"),
        (Stand.INVESTIGATING, "核查中", "核查中", "核查中"),
        (Stand.APPROVED, "审核完成", "房改办审核完成", "审核通过"),
        (Stand.QUEUED, "待支付", "房改办审核完成", "支付中"),
        (Stand.PAYING, "支付中", "房改办审核完成", "支付中"),
        (Stand.PAID, "已到账", "已到账", "已到账"),
        (Stand.PAY_FAILED, "支付失败", *["支付失败，请修改收款账户"] * 2),
        (Stand.PAY_UNKNOWN, "支付存疑", "支付中", "支付中"),
        (Stand.BOUNCED, "已退票", *["银行退回，请修改收款账户"] * 2),
        (Stand.DECLINED, "不予受理", "不予受理", "不予受理"),
        (Stand.REJECTED, "不予支取", "不予支取", "不予支取"),
        (Stand.CANCELLED, "已撤回", "已撤回", "已撤回"),
        (Stand.VOIDED, "已作废", "已作废", "已作废"),
    ],
)
def test_the_words_are_those_of_the_manuals(page, stand, staff, subsidy, fund):
    with force_locale("zh"):
        said = (
            staff_words(stand).word,
            applicant_words(stand, flow=Flow.SUBSIDY, office="房改办").word,
            applicant_words(stand, flow=Flow.FUND, office="后台").word,
        )

    assert said == (staff, subsidy, fund)


def test_money_on_its_way_is_promised_beside_the_word(page):
    with force_locale("zh"):
        label = applicant_words(Stand.QUEUED, flow=Flow.SUBSIDY, office="房改办")

    assert (label.word, label.line) == ("房改办审核完成", "将在三个工作日内到账")


def test_a_check_shows_before_a_hold_and_an_end_before_both():
    assert stand_of(Status.IN_REVIEW, investigating=True, on_hold=True) is Stand.INVESTIGATING
    assert stand_of(Status.IN_REVIEW, on_hold=True) is Stand.ON_HOLD
    assert stand_of(Status.VOIDED, investigating=True, on_hold=True) is Stand.VOIDED


def test_only_what_somebody_must_do_is_warm():
    warm = {stand for stand, row in TABLE.items() if row.tone is Tone.TURN}

    assert warm == {Stand.RETURNED, Stand.PAY_FAILED, Stand.BOUNCED}


@pytest.mark.parametrize(
    ("days", "words"),
    [(-2, "已超 2 个工作日"), (0, "今天到期"), (1, "明天到期"), (9, "还有 9 个工作日")],
)
def test_a_deadline_is_told_in_working_days(page, days, words):
    with force_locale("zh"):
        assert working_days_left(days) == words
