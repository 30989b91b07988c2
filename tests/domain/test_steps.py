"""The wizard: its pages, titles and buttons, word for word as the manuals have them."""

from itertools import product

import pytest

from app.domain.steps import (
    Flow,
    Page,
    ToCorrect,
    button,
    following,
    furthest,
    pages,
    preceding,
    reopened_pages,
    signing_page,
    title,
)
from app.domain.terms import Kind


def walk(flow, kind, *, house=False, facts=False, upload=True):
    """The pages of a case as the applicant reads them: title and button."""
    order = pages(flow, kind, asks_house=house, asks_facts=facts, has_upload=upload)
    return [
        (title(flow, page).zh, button(flow, page, is_last=page is order[-1]).zh)
        for page in order
    ]


def test_the_first_subsidy_withdrawal_is_two_pages():
    assert walk(Flow.SUBSIDY, Kind.FIRST, house=True, facts=True) == [
        ("填写基本信息", "保存确认"),
        ("上传申请材料", "提交支取申请"),
    ]


def test_a_later_subsidy_withdrawal_is_one_page():
    assert walk(Flow.SUBSIDY, Kind.SUBSEQUENT, upload=False) == [
        ("修改确认申请信息", "保存并提交申请")
    ]


@pytest.mark.parametrize("kind", [Kind.SUBSEQUENT, Kind.CLOSING])
def test_an_upload_follows_the_confirmation_when_papers_are_needed(kind):
    assert walk(Flow.SUBSIDY, kind) == [
        ("修改确认申请信息", "保存并提交申请"),
        ("上传申请材料", "提交支取申请"),
    ]


def test_a_first_withdrawal_without_uploads_submits_from_its_one_page():
    assert walk(Flow.SUBSIDY, Kind.FIRST, upload=False) == [("填写基本信息", "保存并提交申请")]


def test_the_fund_purchase_goes_by_the_manual():
    assert walk(Flow.FUND, Kind.FIRST, house=True, facts=True) == [
        ("温馨提示", "下一步"),
        ("个人基本信息", "下一步"),
        ("房屋信息", "下一步"),
        ("收款账户信息", "下一步"),
        ("承诺书", "提交申请"),
        ("影像上传", "提交申请"),
    ]


def test_a_page_with_nothing_to_ask_is_skipped():
    assert [page for page, _ in walk(Flow.FUND, Kind.CLOSING, upload=False)] == [
        "温馨提示",
        "个人基本信息",
        "收款账户信息",
        "承诺书",
    ]
    assert ("提取信息", "下一步") in walk(Flow.FUND, Kind.FIRST, facts=True)


EVERY_CASE = list(product(Flow, Kind, [True, False], [True, False], [True, False]))


@pytest.mark.parametrize(("flow", "kind", "house", "facts", "upload"), EVERY_CASE)
def test_every_case_can_be_walked_from_first_page_to_result(flow, kind, house, facts, upload):
    order = pages(flow, kind, asks_house=house, asks_facts=facts, has_upload=upload)

    page, walked = order[0], []
    while page is not Page.RESULT:
        walked.append(page)
        page = following(order, page)

    assert tuple(walked) == order
    assert (Page.UPLOAD in order) is upload
    assert signing_page(flow, order) in order
    assert all(title(flow, each).en and button(flow, each).en for each in order)
    assert title(flow, Page.RESULT).zh.startswith("提交成功")


def test_people_go_on_at_the_first_page_not_answered():
    order = (Page.NOTICE, Page.PERSON, Page.PAYEE)

    assert furthest(order, []) is Page.NOTICE
    assert furthest(order, [Page.NOTICE, Page.PAYEE]) is Page.PERSON
    assert furthest(order, order) is Page.PAYEE


def test_back_is_the_page_before():
    order = (Page.NOTICE, Page.PERSON, Page.PAYEE)

    assert preceding(order, Page.PERSON) is Page.NOTICE
    assert preceding(order, Page.NOTICE) is None


def test_the_letter_is_signed_where_the_subsidy_submits():
    assert signing_page(Flow.SUBSIDY, (Page.BASIC, Page.UPLOAD)) is Page.UPLOAD
    assert signing_page(Flow.SUBSIDY, (Page.CONFIRM,)) is Page.CONFIRM
    assert (
        signing_page(Flow.FUND, (Page.PAYEE, Page.COMMITMENT, Page.UPLOAD)) is Page.COMMITMENT
    )


SUBSIDY = (Page.CONFIRM, Page.UPLOAD)
FUND = (Page.NOTICE, Page.PERSON, Page.HOUSE, Page.PAYEE, Page.COMMITMENT, Page.UPLOAD)


def correct(*reopens, material=""):
    """One line of a return."""
    return ToCorrect(frozenset(reopens), material)


@pytest.mark.parametrize(
    ("flow", "order", "item", "opened"),
    [
        (Flow.SUBSIDY, SUBSIDY, correct("materials", material="A2"), (Page.UPLOAD,)),
        (Flow.SUBSIDY, SUBSIDY, correct("payee"), SUBSIDY),
        (Flow.SUBSIDY, SUBSIDY, correct("form"), (Page.UPLOAD,)),
        (Flow.FUND, FUND, correct("materials", material="C2"), (Page.UPLOAD,)),
        (Flow.FUND, FUND, correct("profile"), (Page.PERSON, Page.UPLOAD)),
        (Flow.FUND, FUND, correct("payee"), (Page.PAYEE, Page.UPLOAD)),
        (Flow.FUND, FUND, correct("amount"), (Page.PAYEE, Page.UPLOAD)),
        (Flow.FUND, FUND, correct("house"), (Page.HOUSE, Page.UPLOAD)),
        (Flow.FUND, FUND, correct("reason"), (Page.HOUSE, Page.UPLOAD)),
        (Flow.FUND, FUND, correct("form"), (Page.COMMITMENT, Page.UPLOAD)),
    ],
)
def test_a_return_opens_only_what_it_names_and_the_submit_page(flow, order, item, opened):
    assert reopened_pages(flow, order, [item]).pages == opened


def test_a_return_gathers_all_its_lines():
    reopened = reopened_pages(
        Flow.FUND,
        FUND,
        [
            correct("materials", material="A2"),
            correct("materials", "profile", material="A1"),
            correct("payee"),
            correct("none"),
        ],
    )

    assert reopened.pages == (Page.PERSON, Page.PAYEE, Page.UPLOAD)
    assert reopened.parts == {"materials", "profile", "payee"}
    assert reopened.materials == {"A1", "A2"}
    assert not reopened.any_material


def test_a_supplement_opens_an_upload_page_that_was_not_there():
    reopened = reopened_pages(Flow.SUBSIDY, (Page.CONFIRM,), [correct("materials")])

    assert reopened.pages == (Page.UPLOAD,)
    assert reopened.any_material
