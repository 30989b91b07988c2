"""Ways through the hall that several page tests take."""

import io
from decimal import Decimal
from typing import Any

from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from app.models import Account, Applicant
from tests.browser import Browser, Page
from tests.factories import make_account, make_card_number
from tests.people import Person
from tests.pictures import make_picture


def give_account(
    rows: Any, person: Person, balance: Decimal | int = 100_000, **columns: Any
) -> int:
    """Give a person of the tests an account; return its key."""
    with rows() as session:
        applicant = session.get_one(Applicant, person.actor.applicant_id)
        account: Account = make_account(session, applicant, balance, **columns)
        return account.id


def begin(browser: Browser, reason: str, account_id: int | None = None) -> Page:
    """Choose a reason and press the button; return the first page of the wizard."""
    query = f"?account={account_id}" if account_id else ""
    page = browser.open(f"/hall/apply/{query}")
    return browser.press(page, "以此原因开始申请", reason_code=reason)


def upload(browser: Browser, page: Page, code: str, seed: int = 1, **file: Any) -> Page:
    """Upload a picture by the form with the drop-down (SA16)."""
    form = next(
        form for form in page.soup.select("form") if form.select_one("input[type=file]")
    )
    token = str(form.select_one("input[name=csrf_token]")["value"])  # type: ignore[index]
    data = file.get("data", make_picture(seed))
    name = file.get("name", f"{code}-{seed}.jpg")
    sent = {
        "csrf_token": token,
        "material_code": code,
        "file": FileStorage(io.BytesIO(data), filename=name, content_type="image/jpeg"),
    }
    boundary, body = encode_multipart(sent)
    response = browser.client.post(
        str(form["action"]), data=body, content_type=f"multipart/form-data; boundary={boundary}"
    )
    return browser._arrive(response, str(form["action"]), 200)


def upload_all(browser: Browser, page: Page, **file: Any) -> Page:
    """Upload enough pictures of everything that is required."""
    for turn in range(12):
        waiting = [card["id"].removeprefix("material-") for card in page.soup.select("li.aj-mat")
                   if "待上传" in card.get_text()]  # fmt: skip
        if not waiting:
            return page
        page = upload(browser, page, waiting[0], seed=turn + 1, **file)
    raise AssertionError(f"papers are still missing: {page.text[:800]}")


def card() -> dict[str, str]:
    """Return a card of China Construction Bank, as it is typed."""
    return {"bank_code": "CCB", "bank_account_no": make_card_number()}
