"""A slow line, and none: the first view comes soon, what was typed is kept and sent again."""

import os
import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.hall import Hall
from tests.browser.line import figures, slow_down, watch
from tests.factories import make_account, make_applicant, make_card_number
from tests.pictures import make_picture

pytestmark = pytest.mark.browser
full = pytest.mark.skipif(os.environ.get("ANJU_WALK") != "full", reason="part of make walk")

SOON = 3000
"""Milliseconds until the first view of the hall stands."""

KEPT = "JSON.stringify(sessionStorage)"
READY = "navigator.serviceWorker.ready.then(() => true)"
MOBILE = "13911118801"


def test_the_first_view_stands_soon_on_a_slow_line(hall: Hall) -> None:
    page = hall.window(390)
    slow_down(page)
    watch(page)

    page.goto("/?agency=anhui")
    took = figures(page)

    assert 0 < took["first_paint_ms"] <= took["largest_paint_ms"] < SOON, took
    assert took["layout_shift"] < 0.1, took
    assert took["transferred_bytes"] < 200 * 1024, took


def at_the_form(hall: Hall) -> Page:
    """Open the page of a draft that asks for mobile, card and sum, in a window with its worker."""
    with hall.rows() as session:
        someone = make_applicant(session, "孙晓梅", mobile=MOBILE)
        make_account(session, someone, 80_000)
    page = hall.sign_in(MOBILE, 390)
    page.evaluate(READY)
    page.goto("/hall/apply/")
    page.locator("[name=reason_code][value=ZFFZ]").check(force=True)
    page.get_by_role("button", name="以此原因开始申请").click()
    page.wait_for_url(re.compile(r"/hall/apply/\d+"))
    return page


@full
def test_a_form_without_a_line_stays_and_is_sent_when_it_is_back(hall: Hall) -> None:
    page = at_the_form(hall)
    form, button = (
        page.locator("form[data-keep]"),
        page.get_by_role("button", name="保存确认"),
    )
    page.context.set_offline(True)
    expect(page.get_by_role("status").first).to_contain_text("没有网络连接")
    field = form.locator("[name=rent_months]")
    field.fill("7")

    button.click()

    alert = page.locator("main [role=alert]")
    expect(alert).to_contain_text("尚未提交")
    assert field.input_value() == "7"
    alert.get_by_role("button", name="重试").click()
    expect(alert).to_be_visible()
    page.context.set_offline(False)
    page.get_by_role("button", name="保存确认").click()
    expect(page.locator(".aj-errsum")).to_be_visible()  # the hall answers: more is asked
    expect(page.locator("[name=rent_months]")).to_have_value("7")
    hall.complaints.clear()  # that the line was cut


@full
def test_where_there_is_no_worker_the_form_asks_first_and_stays(hall: Hall) -> None:
    page = at_the_form(hall)
    page.evaluate("Object.defineProperty(navigator, 'onLine', {value: true})")
    page.evaluate("Object.defineProperty(navigator, 'serviceWorker', {value: undefined})")
    page.locator("[name=rent_months]").fill("7")
    page.context.set_offline(True)

    page.get_by_role("button", name="保存确认").click()

    alert = page.locator("main [role=alert]")
    expect(alert).to_contain_text("尚未提交")
    page.context.set_offline(False)
    page.get_by_role("button", name="保存确认").click()
    expect(page.locator(".aj-errsum")).to_be_visible()
    expect(page.locator("[name=rent_months]")).to_have_value("7")
    hall.complaints.clear()


@full
def test_what_was_sent_into_a_cut_line_is_filled_in_again(hall: Hall) -> None:
    page = at_the_form(hall)
    address = page.url
    page.locator("[name=rent_months]").fill("7")
    page.evaluate("Object.defineProperty(navigator, 'onLine', {value: true})")
    page.context.set_offline(True)

    page.get_by_role("button", name="保存确认").click()

    expect(page.locator("h1")).to_have_text("连接不上办事大厅")
    expect(page.locator("[data-typed]")).to_be_visible()
    expect(page.locator("main")).to_contain_text("0551-12345")
    assert "孙晓梅" not in page.locator("body").inner_text()
    page.context.set_offline(False)
    page.wait_for_url(address)
    expect(page.locator("[name=rent_months]")).to_have_value("7")
    expect(page.get_by_role("status").first).to_contain_text("已自动填回")
    hall.complaints.clear()

    page.goto("/logout/")
    page.locator("main").get_by_role("button").first.click()
    page.wait_for_load_state()
    assert page.evaluate(KEPT) == "{}"


@full
def test_without_a_line_the_page_says_what_to_do_and_comes_back(hall: Hall) -> None:
    page = hall.window(390)
    page.goto("/?agency=anhui")
    page.evaluate(READY)
    page.reload()
    page.context.set_offline(True)

    page.goto("/help/")

    expect(page.locator("h1")).to_have_text("连接不上办事大厅")
    assert page.evaluate("getComputedStyle(document.querySelector('[data-retry]')).color")
    page.context.set_offline(False)
    expect(page.locator("h1")).to_have_text("帮助手册")
    kept = page.evaluate(
        "caches.keys().then(names => Promise.all(names.map(name => caches.open(name)"
        ".then(one => one.keys())))).then(all => all.flat().map(one => new URL(one.url).pathname))"
    )
    assert all(
        re.fullmatch(r"/static/.*\.\w{12}\.(css|js|svg|woff)|/app/anhui/zh/offline/", name)
        for name in kept
    )
    hall.complaints.clear()


@full
def test_a_picture_that_was_cut_off_goes_up_when_the_line_is_back(hall: Hall) -> None:
    page = at_the_form(hall)
    answers = {
        "spouse_applies": "no",
        "lease_filed": "no",
        "marital_status": "single",
        "multi_child": "no",
    }
    for name, answer in answers.items():
        page.locator(f"[name={name}][value={answer}]").check(force=True)
    page.get_by_label("开户银行").select_option(label="建设银行")
    page.get_by_label("银行账号").fill(make_card_number(901))
    page.locator("[name=rent_months]").fill("12")
    page.get_by_role("button", name="保存确认").click()
    expect(page.locator("h1")).to_have_text("上传申请材料")
    assert page.evaluate(KEPT) == "{}"
    page.context.set_offline(True)
    paper = page.locator(".aj-mat", has=page.locator("[data-paper]")).first

    paper.locator("input[type=file]").last.set_input_files(
        {"name": "page.jpg", "mimeType": "image/jpeg", "buffer": make_picture(5)}
    )

    expect(paper.get_by_role("alert")).to_contain_text("仍为您保留")
    page.context.set_offline(False)
    expect(page.locator(".aj-mat img[src^='/hall/page/']").first).to_be_visible()
    hall.complaints.clear()
