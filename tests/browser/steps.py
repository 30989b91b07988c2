"""What people do on the pages, step by step: register, log in, review."""

import re
from dataclasses import dataclass

from playwright.sync_api import Page, expect

from app.domain.terms import Role
from tests.browser.hall import Hall, look
from tests.factories import make_account, make_applicant, make_staff
from tests.people import make_id_number

PASSWORD = "four horses eat rice"


@dataclass(frozen=True)
class Newcomer:
    """Somebody with an account who is not registered yet, and the agency's two reviewers."""

    name: str
    id_number: str
    mobile: str
    agency: str


def make_newcomer(hall: Hall, serial: int, scheme: str, agency: str) -> Newcomer:
    """Make a holder with 80,000 yuan and the staff who will review."""
    someone = Newcomer("孙晓梅", make_id_number(serial), f"13911110{serial}", agency)
    with hall.rows() as session:
        holder = make_applicant(
            session, someone.name, registered=False, id_number=someone.id_number, mobile=None
        )
        make_account(session, holder, 80_000, scheme=scheme)
        make_staff(session, "first", Role.FIRST_REVIEWER, agency=agency)
        make_staff(session, "second", Role.SECOND_REVIEWER, agency=agency)
    return someone


def register(hall: Hall, page: Page, someone: Newcomer) -> None:
    """Register with the real name, as SA04 to SA08 say."""
    page.goto(f"/register/?agency={someone.agency}")
    look(page)
    page.get_by_label("证件类型").select_option(label="居民身份证")
    page.locator("[name=id_number]").fill(someone.id_number)
    page.locator("[name=name]").fill(someone.name)
    page.locator("[name=gender][value='2']").check(force=True)
    page.get_by_label("民族").select_option(label="汉族")
    page.locator("[name=mobile]").fill(someone.mobile)
    page.get_by_role("button", name="获取验证码").click()
    expect(page.get_by_role("status").first).not_to_be_empty()
    page.get_by_label("短信验证码").fill(hall.last_code())
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.locator("[name=agreement]").check(force=True)
    page.locator("[name=consent]").check(force=True)
    page.get_by_role("button", name="实名注册").click()
    look(page, "注册成功")


def log_in(page: Page, someone: Newcomer) -> None:
    """Log in by mobile, as SA09 says."""
    page.goto("/login/")
    page.get_by_label("手机号或身份证号").fill(someone.mobile)
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.locator("main").get_by_role("button", name="登录", exact=True).click()
    page.wait_for_url("**/hall/")
    look(page)


def decide(hall: Hall, number: str) -> None:
    """Let two people review: one takes up and passes, another approves."""
    first = hall.sign_in("first", 1280)
    open_case(first, number)
    press(first, "受理")
    decide_by(first, "pass_first", "通过，送复审")
    second = hall.sign_in("second", 1280)
    open_case(second, number)
    decide_by(second, "approve", "复审通过")


def open_case(page: Page, number: str) -> None:
    """Find a case in the queue and open it."""
    page.goto("/desk/queue/")
    page.locator("#q").fill(number)
    page.locator("#q").press("Enter")
    page.wait_for_load_state()
    page.get_by_role("link", name=number).first.click()
    expect(page.locator("main")).to_contain_text(number)


def press(page: Page, name: str) -> None:
    """Press a button of the case page."""
    page.get_by_role("button", name=name).first.click()
    page.wait_for_load_state()


def decide_by(page: Page, deed: str, button: str) -> None:
    """Choose a decision and press its button; the page confirms it."""
    page.locator(f"[name=deed][value={deed}]").check(force=True)
    press(page, button)
    expect(page.locator(".alert, [role=status]").first).to_be_visible()


def see_paid(page: Page, reason: str, amount: str) -> None:
    """Open the case's progress page and see the money."""
    page.goto("/hall/progress/")
    page.locator("main").get_by_role("link", name=re.compile(reason)).first.click()
    expect(page.locator("main")).to_contain_text("已到账")
    expect(page.locator("main")).to_contain_text(amount)
    look(page)


def submitted_number(page: Page, prefix: str) -> str:
    """Return the number that the page tells after the submission."""
    found = re.search(prefix + r"\d{14}", page.locator("main").inner_text())
    assert found, page.locator("main").inner_text()
    return found[0]
