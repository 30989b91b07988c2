"""Agreeing once on the monthly withdrawal (约定提取): see it, agree on it, stop it."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from flask import abort, flash, redirect, request, url_for
from flask_appbuilder import BaseView, expose, has_access
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app import current
from app.display.prose import prose
from app.display.sentences import sentences
from app.display.terms import term
from app.display.words import is_chinese, localized
from app.domain import masking, standing_orders
from app.domain.errors import Invalid, NotAllowed, RuleBroken
from app.domain.standing_orders import Skip
from app.domain.terms import OrderState
from app.domain.workdays import local_date
from app.extensions import db
from app.hall.applying.apply import own_accounts
from app.hall.forms import Typed
from app.hall.people.profile import myself
from app.models import Account, Bank, BankCard, IdDocumentType, OrderMonth, StandingOrder
from app.repeating import once
from app.services import reference
from app.services.standing_orders import agreeing, months

FIELDS = ("account_id", "card_id", "day_of_month", "months", "agree")
DAYS = range(1, 29)
LONGEST_KEY = 18
SHOWN_MONTHS = 12
TONES = {OrderState.PROPOSED: "office", OrderState.ACTIVE: "done", OrderState.ENDED: "plain"}
ICONS = {
    OrderState.PROPOSED: "clock", OrderState.ACTIVE: "circle-check",
    OrderState.ENDED: "circle-stop",
}  # fmt: skip


class StandingView(BaseView):
    """The agreements of the person who is signed in."""

    route_base = "/hall/monthly"
    default_view = "index"
    class_permission_name = "Hall"
    method_permission_name = {"index": "read", "agree": "apply", "stop": "apply"}

    @expose("/")
    @has_access
    def index(self) -> str:
        """Show what is agreed, and what may be."""
        return self._page(Typed())

    @expose("/agree", methods=["POST"])
    @has_access
    def agree(self) -> Any:
        """Ask for an agreement on an own account; two people sign it."""
        typed = {name: request.form.get(name, "") for name in FIELDS}
        here = url_for("StandingView.index")

        def deed(session: Session) -> str:
            _agree(session, typed)
            return here

        try:
            once(deed)
        except NotAllowed:
            abort(404)
        except RuleBroken as broken:
            return self._page(Typed(typed, sentences(broken))), 422
        flash(gettext("Sent. You will be told when it has been approved."), "success")
        return redirect(here)

    @expose("/<int:key>/stop", methods=["POST"])
    @has_access
    def stop(self, key: int) -> Response:
        """Stop an agreement at once."""
        flying = False

        def deed(session: Session) -> str:
            nonlocal flying
            actor, now = current.actor(), current.now()
            order = agreeing.get_own(session, key, actor=actor)
            if order.state is not OrderState.ENDED:
                flying = months.stop(session, order, actor=actor, now=now)
            return url_for("StandingView.index")

        try:
            where = once(deed)
        except NotAllowed:
            abort(404)
        flash(gettext("Stopped. No further month is paid."), "success")
        if flying:
            flash(gettext("One payment is at the bank already; it goes on."), "warning")
        return redirect(where)

    def _page(self, typed: Typed) -> str:
        session: Session = db.session()
        applicant, now = myself(), current.now()
        open_for = [
            (account, reason)
            for account in own_accounts(session)
            if (reason := agreeing.may_agree(session, account, now=now)) is not None
        ]
        orders = agreeing.own_orders(session, applicant.id)
        page: str = self.render_template(
            "hall/monthly.html",
            live=[shown(session, one) for one in orders if one.state is not OrderState.ENDED],
            ended=[shown(session, one) for one in orders if one.state is OrderState.ENDED],
            offer=_offer(session, open_for[0][0]) if open_for else None,
            typed=typed,
            problems=typed.summary(FIELDS),
        )
        return page


def shown(session: Session, order: StandingOrder) -> dict[str, Any]:
    """Return an agreement as pages show it, the newest months first."""
    today = local_date(current.now())
    bank = session.scalar(sa.select(Bank).where(Bank.code == order.payee_bank_code))
    reason = reference.reason(session, order.scheme_id, order.reason_code, order.starts_on)
    runs = order.state is OrderState.ACTIVE and order.ends_on >= today
    calendar = reference.calendar(session)
    return {
        "order": order,
        "reason": localized(reason, "name"),
        "word": term(order.state),
        "tone": TONES[order.state],
        "icon": ICONS[order.state],
        "how": term(order.ended_how),
        "bank": localized(bank, "short_name") if bank else order.payee_bank_code,
        "next": standing_orders.next_payment(
            today, order.day_of_month, starts_on=order.starts_on, calendar=calendar
        ) if runs else None,
        "months": [_month(one) for one in order.months[:SHOWN_MONTHS]],
    }  # fmt: skip


def _month(row: OrderMonth) -> dict[str, Any]:
    skipped = standing_orders.WHY[Skip(row.skipped)] if row.skipped else None
    return {
        "month": f"{row.month:%Y-%m}",
        "case": row.application,
        "amount": row.amount,
        "why": (skipped.zh if is_chinese() else skipped.en) if skipped else "",
    }


def _offer(session: Session, account: Account) -> dict[str, Any]:
    """Return what the form needs: the account, own cards, days, terms and the letter."""
    now = current.now()
    on = local_date(now)
    cards = session.scalars(
        sa.select(BankCard)
        .where(BankCard.applicant_id == account.applicant_id, BankCard.in_use)
        .order_by(BankCard.id.desc())
    )
    banks = {bank.code: localized(bank, "short_name") for bank in reference.banks(session)}
    longest = agreeing.longest_term(session, account.scheme_id, on=on)
    return {
        "account": account,
        "cards": [
            (card.id, f"{banks.get(card.bank_code, card.bank_code)} ···· {card.last_four}")
            for card in cards
        ],
        "days": [(day, gettext("Day %(day)s", day=day)) for day in DAYS],
        "terms": [
            (months, gettext("%(months)s months", months=months))
            for months in (longest, longest // 2, longest // 4)
            if months
        ],
        "letter": _letter(session, account),
    }


def _letter(session: Session, account: Account) -> Any:
    """Return the commitment letter as it is read here: what is chosen below is named so."""
    on, person = local_date(current.now()), account.applicant
    letter = reference.commitment(session, account.scheme_id, on)
    reason = agreeing.may_agree(session, account, now=current.now())
    kind = session.scalar(
        sa.select(IdDocumentType).where(IdDocumentType.code == person.id_type)
    )
    settings = reference.settings_on(session, account.scheme_id, on)
    below = gettext("as chosen below")
    words: Mapping[str, str] = {
        "office_name": localized(account.agency, "name"),
        "applicant_name": person.name,
        "id_document_type": localized(kind, "name") if kind else "",
        "id_number_masked": masking.mask_id(person.id_number),
        "scheme_name": localized(account.scheme, "name"),
        "reason_name": localized(reason, "name") if reason else "",
        "bank_name": below,
        "card_masked": below,
        "refund_days": f"{settings.get('refund_days', 30):.0f}",
        "signed_at": gettext("when you tick it"),
        "signature_ref": gettext("made when you tick it"),
        "version": letter.version,
    }
    return prose(localized(letter, "text"), words)


def _agree(session: Session, typed: Mapping[str, str]) -> StandingOrder:
    """Read the form and ask for the agreement."""
    actor, now = current.actor(), current.now()
    numbers = {name: _number(typed, name) for name in FIELDS[:-1]}
    account = session.get(Account, numbers["account_id"])
    if account is None:
        raise NotAllowed("no such account", code="not_found")
    if typed["agree"] != "yes":
        raise Invalid(code="agree_missing", field="agree")
    return agreeing.agree(
        session, account, reason_code=_reason_code(session, account), actor=actor, now=now,
        card_id=numbers["card_id"], day_of_month=numbers["day_of_month"],
        months=numbers["months"],
        traces={"address": actor.address, "agent": request.user_agent.string[:200]},
    )  # fmt: skip


def _reason_code(session: Session, account: Account) -> str:
    on = local_date(current.now())
    offered = agreeing.monthly_reasons(session, account.scheme_id, on=on)
    return offered[0].code if offered else ""


def _number(typed: Mapping[str, str], name: str) -> int:
    text = typed[name].strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST_KEY else 0
