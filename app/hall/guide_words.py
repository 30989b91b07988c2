"""A guide as it is read: the pages of an application in order, and what is asked on them."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal

from flask_babel import gettext
from sqlalchemy.orm import Session

from app.display.words import is_chinese
from app.domain.facts import FactSource
from app.domain.page_words import TITLES, Flow, Page
from app.models import Scheme, WithdrawalReason
from app.services import reference


def steps_of(
    reason: WithdrawalReason, scheme: Scheme, settings: Mapping[str, Decimal]
) -> list[tuple[str, str]]:
    """Return title and words of every step of a first application, up to the money."""
    flow = Flow(scheme.flow)
    said = {
        Page.NOTICE: gettext("What to have at hand, and what the office looks up by itself."),
        Page.BASIC: gettext("Your data are shown; you give mobile, bank card, the reason and its facts."),
        Page.PERSON: gettext("Your data are shown; you check them and the mobile."),
        Page.HOUSE: gettext("The filing or archive number: the house is looked up and shown."),
        Page.FACTS: gettext("The questions of this reason, each with a hint."),
        Page.PAYEE: gettext("Your own bank card and the amount; the most you may take stands there."),
        Page.COMMITMENT: gettext("You read the letter and sign it online."),
        Page.UPLOAD: gettext("Pictures of the papers; each is checked at once for sharpness and light."),
    }  # fmt: skip
    skipped = Page.FACTS if reason.needs_property_lookup else Page.HOUSE
    pages = [
        (words.zh if is_chinese() else words.en, said[page])
        for page, words in TITLES[flow].items()
        if page in said and page is not skipped
    ]
    days = {key: int(settings[key]) for key in ("decision_days", "payout_days")}
    return [
        *pages,
        (gettext("Review"), gettext("%(days)s working days at most", days=days["decision_days"])),
        (gettext("Payment"), gettext("%(days)s working days at most", days=days["payout_days"])),
    ]  # fmt: skip


def tips_of(
    session: Session, reason: WithdrawalReason, *, on: dt.date
) -> list[tuple[str, str]]:
    """Return the questions of a reason that have a hint, with it."""
    rows = reference.requirements(session, reason.scheme_id, reason.code, on)
    uses = {row.condition_key for row in rows} | {reason.amount_rule, reason.code}
    return [
        (fact.question_zh, fact.hint_zh) if is_chinese() else (fact.question_en, fact.hint_en)
        for fact in reference.facts(session, reason.scheme_id, on)
        if fact.source is FactSource.ASKED and fact.used_by & uses and fact.hint_zh
    ]
