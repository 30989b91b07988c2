"""Ways to a draft and a submitted case through the services."""

import datetime as dt
from collections.abc import Mapping

from sqlalchemy.orm import Session

from app.domain.page_words import Page
from app.domain.policy import Actor
from app.domain.workdays import local_date
from app.gateways import scanner
from app.gateways.cardcheck import LocalCardCheck
from app.gateways.scanner import NoAntivirus
from app.gateways.storage import LocalStorage
from app.models import Account, Application
from app.services import applications, uploads
from app.services.applying import answers, circumstances
from tests.factories import NOON, make_card_number
from tests.pictures import make_picture

RENT = {
    "lease_filed": "no", "rent_months": "6", "marital_status": "single", "multi_child": "no",
    "spouse_applies": "no",
}  # fmt: skip
DRAWN: dict[tuple[str, int], list[scanner.Page]] = {}
"""Pages as the scanner draws them, drawn once for all tests."""

SIGNED = {"address": "192.0.2.7"}


def typed(**more: str) -> dict[str, str]:
    """Return a page of basic information as it is typed."""
    about = {"mobile": "13912345678", "bank_code": "CCB", "bank_account_no": make_card_number()}
    return about | RENT | more


def begin(
    session: Session, account: Account, actor: Actor, reason: str = "ZFFZ"
) -> Application:
    """Begin an application."""
    case = applications.start(session, account, reason_code=reason, actor=actor, now=NOON)
    session.commit()
    return case


def save(
    session: Session, case: Application, actor: Actor, page: Page, form: Mapping[str, str]
) -> None:
    """Save a page of it."""
    answers.save_page(
        session, case, page, form, actor=actor, now=NOON, card_check=LocalCardCheck()
    )
    session.commit()


def add_papers(
    session: Session, case: Application, actor: Actor, storage: LocalStorage,
    now: dt.datetime = NOON,
) -> None:  # fmt: skip
    """Upload what is missing."""
    for seed in range(20):
        missing = circumstances.missing(session, case, on=local_date(now))
        if not missing:
            return
        kind = uploads.material_type_of(session, case, missing[0].codes[0], now=now)
        if (kind.code, seed) not in DRAWN:
            DRAWN[kind.code, seed] = uploads.scanned(
                kind, make_picture(seed), "a.jpg", antivirus=NoAntivirus()
            )
        pages = DRAWN[kind.code, seed]
        uploads.add_pages(
            session, case, kind, pages, filename="a.jpg", storage=storage, actor=actor, now=now
        )
        session.commit()
        session.expire_all()


def submitted(
    session: Session, account: Account, actor: Actor, storage: LocalStorage
) -> Application:
    """Return a rent case that was submitted."""
    case = begin(session, account, actor)
    save(session, case, actor, Page.BASIC, typed())
    add_papers(session, case, actor, storage)
    applications.submit(session, case, actor=actor, now=NOON, signature=SIGNED)
    session.commit()
    return case
