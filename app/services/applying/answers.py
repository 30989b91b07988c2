"""Saving a page of the wizard: all problems at once, nothing typed is lost."""

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from app.domain import facts as fact_rules
from app.domain import policy
from app.domain.eligibility import kind_for
from app.domain.entitlement import prefilled_amount
from app.domain.errors import IllegalMove, Invalid, ManyProblems, RuleBroken
from app.domain.facts import FactRow, FactSource, FactType
from app.domain.identity import check_mobile, normalise
from app.domain.page_words import Page
from app.domain.policy import Actor
from app.domain.terms import Kind, Status
from app.domain.workdays import local_date
from app.gateways.cardcheck import CardCheck
from app.models import Application
from app.services import applications, reference
from app.services.applying import circumstances, wizard
from app.services.applying.payees import (
    KEPT_CARD,
    Payee,
    check_payee_card,
    is_known,
    write_payee,
)  # fmt: skip
from app.services.applying.relations import check_asked
from app.services.entry import proofs

Typed = Mapping[str, str]

AMOUNT = FactRow("amount", FactSource.ASKED, FactType.MONEY, frozenset())

NOT_OF_THE_AMOUNT = frozenset({"mobile", "bank_code", "bank_account_no"})
"""Fields that may be wrong while the amount can still be checked against the entitlement."""


class Answers:
    """One page being saved: what was typed, the case, and the problems found so far."""

    def __init__(
        self,
        session: Session,
        application: Application,
        typed: Typed,
        *,
        now: dt.datetime,
        card_check: CardCheck,
    ) -> None:
        """Take the case and what was typed."""
        self.session, self.application, self.typed = session, application, typed
        self.now, self.card_check = now, card_check
        self.problems: list[RuleBroken] = []
        self.names_new_card = False

    def try_to(self, save: Callable[[], None]) -> None:
        """Save one part; a problem is collected, the other parts go on."""
        try:
            save()
        except ManyProblems as many:
            self.problems += many.problems
        except Invalid as wrong:
            self.problems.append(wrong)

    def open_for(self, part: str) -> bool:
        """Tell whether this part of the case may be changed now."""
        return wizard.may_change(self.session, self.application, part, now=self.now)


def save_page(
    session: Session,
    application: Application,
    page: Page,
    typed: Typed,
    *,
    actor: Actor,
    now: dt.datetime,
    card_check: CardCheck,
) -> None:
    """Save one page; raises ``ManyProblems`` with every problem of the page.

    Raises ``IllegalMove`` when the case is not open for the applicant, and ``ProofNeeded`` when
    a receiving account is named that is not on file: a session alone turns no money.
    """
    policy.check_own(actor, applicant_id=application.applicant_id)
    if application.status not in (Status.DRAFT, Status.RETURNED):
        raise IllegalMove("the case is with the office", code="not_open_for_you")
    answers = Answers(session, application, typed, now=now, card_check=card_check)
    for save in SAVES.get(page, ()):
        save(answers)
    if answers.problems:
        raise ManyProblems(answers.problems)
    if answers.names_new_card:
        proofs.check(actor, now=now)
    wizard.mark_done(application, page)
    if page in CHANGES_THE_LETTER:
        wizard.ask_to_sign_again(application)
    application.updated_at = now


def save_mobile(answers: Answers) -> None:
    """Save the mobile at which the applicant is told of this case."""
    if "mobile" not in answers.typed or not answers.open_for("profile"):
        return
    application = answers.application

    def write() -> None:
        typed = answers.typed["mobile"].strip()
        if not typed:
            raise Invalid(code="answer_missing", field="mobile")
        if "*" in typed and application.mobile:
            return
        application.mobile = check_mobile(typed)
        application.mobile_last_four = application.mobile[-4:]

    answers.try_to(write)


def save_reason(answers: Answers) -> None:
    """Change reason, sub-type or closing of a draft; what no longer applies is forgotten."""
    application, typed = answers.application, answers.typed
    if not answers.open_for("reason"):
        return

    def write() -> None:
        code = typed.get("reason_code") or application.reason_code
        changed = application.status is Status.DRAFT and code != application.reason_code
        if changed:
            _take_reason(answers, code)
        if "subtype" in typed and application.reason.subtypes:
            if not typed["subtype"]:
                raise Invalid(code="answer_missing", field="subtype")
            if typed["subtype"] not in application.reason.subtypes:
                raise Invalid(code="choice_invalid", field="subtype")
            application.subtype = typed["subtype"]
        if "closing" in typed or changed:
            application.kind = _kind(answers)

    answers.try_to(write)


def _take_reason(answers: Answers, code: str) -> None:
    """Put a draft on another reason, one that this person may ask for and has no draft of yet."""
    application = answers.application
    reason = reference.reason(
        answers.session, application.scheme_id, code, local_date(answers.now)
    )
    applications.check_capacity(reason, application.capacity)
    if applications.has_draft(answers.session, application, code):
        raise Invalid(code="draft_there", field="reason_code")
    application.reason, application.reason_code = reason, reason.code
    application.subtype, application.house, application.house_key = "", None, ""


def save_payee(answers: Answers) -> None:
    """Save the receiving account: own class-I card of a bank the reason allows."""
    if not answers.open_for("payee"):
        return
    application, typed = answers.application, answers.typed

    def write() -> None:
        payee = Payee(typed.get("bank_code", ""), typed.get("bank_account_no", KEPT_CARD))
        checked = check_payee_card(answers.session, application, payee)
        answers.names_new_card = not is_known(answers.session, application, checked)
        write_payee(
            answers.session, application, checked, now=answers.now,
            card_check=answers.card_check,
        )  # fmt: skip

    answers.try_to(write)


def save_facts(answers: Answers) -> None:
    """Save the answers to the questions of the reason; each wrong one is told."""
    if not (answers.open_for("reason") or answers.open_for("house")):
        return
    application, kept = answers.application, dict(answers.application.answers)
    on = local_date(answers.now)
    asked = [
        row
        for row in wizard.questions(answers.session, application, on=on)
        if row.key not in ("subtype", "lookup_by")
    ]
    for row in asked:
        if not answers.typed.get(row.key, "").strip():
            kept.pop(row.key, None)
            continue

        def write(row: FactRow = row) -> None:
            value = fact_rules.parse(row, answers.typed[row.key])
            kept.update(fact_rules.to_json({row.key: value}))

        answers.try_to(write)
    application.answers = kept
    _ask_for_the_rest(answers, asked)


def _ask_for_the_rest(answers: Answers, asked: list[FactRow]) -> None:
    """Tell of each question that is still needed; one with a wrong answer was told already."""
    on = local_date(answers.now)
    wrong = {problem.field for problem in answers.problems}
    entitled = circumstances.calculation(answers.session, answers.application, now=answers.now)
    for row in fact_rules.unanswered(
        asked,
        answers.application.answers,
        rule_unknown=entitled.unknown,
        uses=wizard.uses(answers.session, answers.application, on=on),
    ):
        if row.key not in wrong:
            answers.problems.append(Invalid(code="answer_missing", field=row.key))


def check_house(answers: Answers) -> None:
    """Ask that the house was looked up when the reason needs one, and is the one typed."""
    application = answers.application
    if not wizard.asks_house(application):
        return
    typed = normalise(answers.typed.get("house_no", ""))
    if not application.house:
        answers.problems.append(Invalid(code="house_missing", field="house_no"))
    elif typed and typed != application.house_key:
        answers.problems.append(Invalid(code="house_changed", field="house_no"))


def save_amount(answers: Answers) -> None:
    """Save the amount asked; a closing takes everything and asks for none."""
    application = answers.application
    if not (answers.open_for("amount") or answers.open_for("reason")):
        return
    if any(problem.field not in NOT_OF_THE_AMOUNT for problem in answers.problems):
        _keep_amount(answers)
        return

    def write() -> None:
        entitled = circumstances.calculation(answers.session, application, now=answers.now)
        application.calculation = wizard.kept_lines(entitled)
        if application.kind is Kind.CLOSING:
            application.amount = entitled.amount
            return
        typed = answers.typed.get("amount", "")
        if not typed.strip():
            rule = application.reason.amount_rule
            known = circumstances.known(
                answers.session, application, on=local_date(answers.now)
            )
            amount = prefilled_amount(rule, entitled, known)
        else:
            amount = fact_rules.parse(AMOUNT, typed)
        check_asked(answers.session, application, amount, entitled, now=answers.now)
        application.amount = amount

    answers.try_to(write)


def _keep_amount(answers: Answers) -> None:
    """Tell of an amount that is no amount, even while other answers are wrong."""
    typed = answers.typed.get("amount", "")
    if typed.strip() and answers.application.kind is not Kind.CLOSING:

        def read() -> None:
            amount: Decimal = fact_rules.parse(AMOUNT, typed)
            if amount <= 0:
                raise Invalid(code="amount_zero", field="amount")

        answers.try_to(read)


def save_signature(answers: Answers) -> None:
    """Ask for the tick under the commitment letter."""
    if answers.typed.get("agree") != "yes":
        answers.problems.append(Invalid(code="agree_missing", field="agree"))
        return
    wizard.sign(answers.session, answers.application, now=answers.now, traces=_traces(answers))


def _traces(answers: Answers) -> dict[str, Any]:
    return {
        "address": answers.typed.get("_address", ""),
        "agent": answers.typed.get("_agent", "")[:200],
    }


def _kind(answers: Answers) -> Kind:
    application = answers.application
    on = local_date(answers.now)
    last = circumstances.last_paid_on(
        answers.session, application.account, application.reason_code,
        house_key=application.house_key,
    )  # fmt: skip
    closing = answers.typed.get("closing")
    return kind_for(
        applications.terms_of(answers.session, application.reason, on=on),
        paid_before=last is not None,
        chosen_closing=None if closing is None else closing == "yes",
    )


CHANGES_THE_LETTER = frozenset({Page.PERSON, Page.HOUSE, Page.FACTS, Page.PAYEE})
"""Pages whose answers stand in the commitment letter that is signed after them."""

ALL_OF_IT = (save_mobile, save_reason, save_payee, check_house, save_facts, save_amount)
SAVES: Mapping[Page, tuple[Callable[[Answers], None], ...]] = {
    Page.BASIC: ALL_OF_IT,
    Page.CONFIRM: ALL_OF_IT,
    Page.PERSON: (save_mobile, save_reason),
    Page.HOUSE: (save_reason, check_house, save_facts),
    Page.FACTS: (save_reason, save_facts),
    Page.PAYEE: (save_payee, save_amount),
    Page.COMMITMENT: (save_signature,),
}
"""What each page saves; a page without a row is only read or only uploaded to."""


def try_answers(
    session: Session,
    application: Application,
    typed: Typed,
    *,
    actor: Actor,
    now: dt.datetime,
    card_check: CardCheck,
) -> list[RuleBroken]:
    """Put typed answers on the case to work an amount out, without the caller keeping them.

    Returns what is wrong with the answers; the caller rolls back.
    """
    policy.check_own(actor, applicant_id=application.applicant_id)
    answers = Answers(session, application, typed, now=now, card_check=card_check)
    save_reason(answers)
    save_facts(answers)
    application.amount = Decimal(0)
    return answers.problems
