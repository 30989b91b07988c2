"""Following an application (申请进度查询): state, promise, days, return opinion, what to do."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask import abort, flash, redirect, request, url_for
from flask_appbuilder import BaseView, expose, has_access
from flask_babel import gettext
from sqlalchemy.orm import Session, selectinload
from werkzeug.wrappers import Response

from app import current, outside
from app.display.feedback import RATINGS
from app.display.formats import money
from app.display.labels import applicant_label
from app.display.sentences import sentence
from app.display.words import localized
from app.domain import masking
from app.domain.errors import NotAllowed, RuleBroken
from app.domain.lifecycle import FINAL
from app.domain.page_words import Flow
from app.domain.terms import Action, Status
from app.domain.workdays import local_date
from app.extensions import db
from app.hall import wording
from app.hall.applying.forms_wizard import address_of
from app.hall.applying.letter import letter_in_force, letter_text
from app.hall.applying.papers import Papers
from app.hall.applying.wizard import own_case
from app.hall.course import course, payee_changed, sides
from app.hall.forms import Typed, told
from app.hall.refused import refusal
from app.hall.wording import said
from app.models import Application, Bank, MaterialPage, ReturnItem
from app.navigation import brand_of
from app.repeating import once
from app.services import applications, cases, reference
from app.services.applying import wizard
from app.services.applying.payees import KEPT_CARD, Payee
from app.services.applying.relations import may_show_money
from app.services.entry import tries
from app.services.records import feedback
from app.transaction import transaction

PER_PAGE = 20
PROGRESS = "progress"
"""What is counted when somebody asks for a number that does not fit the mobile."""


@dataclass(frozen=True, slots=True)
class Correction:
    """One line of the return opinion (退单意见) as it is shown."""

    number: int
    title: str
    text: str
    help: str
    is_done: bool
    url: str
    alt: str
    marks: tuple[Mapping[str, Any], ...]
    caption: str


class ProgressView(BaseView):
    """The applications of the person who is signed in."""

    route_base = "/hall/progress"
    default_view = "index"
    class_permission_name = "Hall"
    method_permission_name = {
        "index": "read", "show": "read", "letter": "read", "cancel": "apply", "payee": "apply",
    }  # fmt: skip

    @expose("/")
    @has_access
    def index(self) -> str:
        """List the applications, the newest first."""
        page = max(request.args.get("page", 0, type=int), 0)
        rows = db.session.scalars(
            sa.select(Application)
            .where(Application.applicant_id == current.actor().applicant_id)
            .options(selectinload(Application.payouts))
            .order_by(Application.id.desc())
            .offset(page * PER_PAGE)
            .limit(PER_PAGE + 1)
        ).all()
        return self.render_template(
            "hall/progress_list.html",
            cases=rows[:PER_PAGE],
            page=page,
            has_more=len(rows) > PER_PAGE,
        )

    @expose("/<int:key>/")
    @has_access
    def show(self, key: int) -> Response | str:
        """Show where an application stands and what to do."""
        case, session, now = own_case(key), db.session(), current.now()
        if case.status is Status.DRAFT:
            return redirect(url_for("WizardView.go_on", key=key))
        flow, bank = wizard.flow_of(case), bank_name(session, case)
        actions = cases.open_actions(session, case, actor=current.actor())
        return self.render_template(
            "hall/progress.html",
            brand=brand_of(case.agency),
            case=case,
            label=applicant_label(case),
            kind=wording.kind_words(flow, case.kind),
            reason_label=said(wording.REASON[flow]),
            sum_label=said(wording.SUM[flow]),
            shows_money=may_show_money(case),
            payee=f"{bank} {card_shown(case)}".strip(),
            events=course(case),
            sides=sides(session, case, now=now),
            corrections=corrections(session, case),
            reopened=reopened_pages(session, case),
            payee_changed=payee_changed(case),
            refusal=refusal(session, case),
            papers=Papers(session, case, now=now),
            can_cancel=Action.CANCEL in actions,
            today=local_date(now),
            facts=facts(case, bank=bank),
            may_rate=case.status in FINAL,
            rated=feedback.of_case(session, case),
            ratings=RATINGS,
        )

    @expose("/<int:key>/letter/")
    @has_access
    def letter(self, key: int) -> str:
        """Show the commitment letter as it was signed."""
        case, session, now = own_case(key), db.session(), current.now()
        if case.signed_at is None:
            abort(404)
        return self.render_template(
            "hall/letter.html",
            brand=brand_of(case.agency),
            case=case,
            text=letter_text(session, case, now=now),
            version=letter_in_force(session, case, now=now).version,
        )

    @expose("/<int:key>/cancel", methods=["POST"])
    @has_access
    def cancel(self, key: int) -> Response:
        """Take the application back (撤回)."""
        actor, now = current.actor(), current.now()
        here = url_for("ProgressView.show", key=key)

        def deed(session: Session) -> str:
            case = applications.get_own(session, key, actor=actor)
            applications.cancel(session, case, actor=actor, now=now)
            return here

        try:
            once(deed)
        except NotAllowed:
            abort(404)
        except RuleBroken as broken:
            flash(sentence(broken), "danger")
        else:
            flash(
                gettext("The application was taken back. Its money is free again."), "success"
            )
        return redirect(here)

    @expose("/<int:key>/payee/", methods=["GET", "POST"])
    @has_access
    def payee(self, key: int) -> Response | str:
        """Change the receiving account after the bank did not take the money."""
        if own_case(key).status is not Status.PAYEE_FIX:
            return redirect(url_for("ProgressView.show", key=key))
        if request.method == "GET":
            return self._payee(own_case(key), Typed())
        typed, actor, now = request.form.to_dict(), current.actor(), current.now()
        new = Payee(typed.get("bank_code", ""), typed.get("bank_account_no", "") or KEPT_CARD)

        def deed(session: Session) -> str:
            case = applications.get_own(session, key, actor=actor)
            applications.change_payee(
                session, case, new, actor=actor, now=now, card_check=outside.card_check()
            )
            return url_for("ProgressView.show", key=key)

        try:
            once(deed)
        except RuleBroken as broken:
            case = own_case(key)
            return self._payee(case, Typed(typed, told(db.session(), case, broken)))
        flash(
            gettext("The new account is saved. The office checks it, then it is paid."),
            "success",
        )
        return redirect(url_for("ProgressView.show", key=key))

    def _payee(self, case: Application, typed: Typed) -> str:
        return self.render_template(
            "hall/payee.html",
            brand=brand_of(case.agency),
            case=case,
            label=applicant_label(case),
            typed=typed,
            banks=[(row.code, localized(row, "short_name"))
                   for row in reference.banks_for(db.session(), case.reason)],
            bank=bank_name(db.session(), case),
            card=card_shown(case),
            labels=(said(wording.PAYEE_FIX[Flow(case.scheme.flow)][0]),
                    said(wording.PAYEE_FIX[Flow(case.scheme.flow)][1])),
        )  # fmt: skip


class PublicProgressView(BaseView):
    """Asking by number and last four digits of the mobile: the state, nothing else."""

    route_base = "/progress"
    default_view = "ask"

    @expose("/", methods=["GET", "POST"])
    def ask(self) -> str:
        """Show the state of a case to who knows its number and the end of the mobile."""
        typed = request.form.to_dict() if request.method == "POST" else {}
        found, problem = None, ""
        if typed:
            try:
                found = asked_case(typed)
            except RuleBroken as broken:
                problem = sentence(broken)
        return self.render_template(
            "hall/public_progress.html",
            typed=Typed(typed or None, [("number", problem)] if problem else []),
            case=found,
            label=applicant_label(found) if found else None,
        )


def asked_case(typed: Mapping[str, str]) -> Application:
    """Return the case that number and mobile name; every miss is counted.

    Raises ``NotAllowed`` (too_many_tries, progress_not_found).
    """
    address, now = current.actor().address or request.remote_addr or "", current.now()
    number = typed.get("number", "").strip().upper()
    with transaction() as session:
        tries.check(session, PROGRESS, address=address, now=now)
        case = session.scalar(sa.select(Application).where(Application.number == number))
        end = typed.get("mobile_end", "").strip()
        fits = case is not None and end != "" and end == case.mobile_last_four
        if case is None or not fits or case.status is Status.DRAFT:
            tries.miss(session, PROGRESS, address=address, now=now)
            case = None
        key = case.id if case else None
    if key is None:
        raise NotAllowed("no such case", code="progress_not_found")
    return db.session.get_one(Application, key)


def facts(case: Application, *, bank: str) -> list[tuple[Any, ...]]:
    """Return what was applied for, in rows; sums only where they may be shown."""
    flow = wizard.flow_of(case)
    rows: list[tuple[Any, ...]] = [
        (said(wording.REASON[flow]), localized(case.reason, "name")),
        (gettext("Kind"), wording.kind_words(flow, case.kind)),
    ]
    if case.house and case.house.get("address"):
        rows.append((gettext("House"), case.house["address"]))
    if may_show_money(case):
        rows.append((gettext("Asked for"), gettext("%(sum)s yuan", sum=money(case.amount))))
        if case.amount_allowed is not None:
            allowed = gettext("%(sum)s yuan", sum=money(case.amount_allowed))
            rows.append((gettext("Approved"), allowed))
    rows.append((gettext("Receiving account"), f"{bank} {card_shown(case)}"))
    if case.signed_at is not None:
        see = (gettext("See"), url_for("ProgressView.letter", key=case.id))
        rows.append((gettext("Commitment letter"), gettext("signed by you"), see))
    return rows


def card_shown(case: Application) -> str:
    """Return the receiving account as its holder sees it."""
    return masking.mask_card(case.payee_card) if case.payee_card else ""


def bank_name(session: Session, case: Application) -> str:
    """Return the name of the receiving bank."""
    bank = session.scalar(sa.select(Bank).where(Bank.code == case.payee_bank_code))
    return localized(bank, "short_name") if bank else ""


def corrections(session: Session, case: Application) -> list[Correction]:
    """Return the lines of the last return opinion, each with its picture and mark."""
    if case.status is not Status.RETURNED:
        return []
    last = max((item.round for item in case.return_items), default=0)
    rows = [item for item in case.return_items if item.round == last]
    papers = {paper.code: paper for paper in Papers(session, case, now=current.now()).all}
    return [
        _correction(session, item, papers.get(item.material_code), number)
        for number, item in enumerate(rows, start=1)
    ]


def _correction(session: Session, item: ReturnItem, paper: Any, number: int) -> Correction:
    page = session.get(MaterialPage, item.page_id) if item.page_id else None
    label = localized(item.return_reason, "label")
    shown = page is not None and page.removed_at is None
    return Correction(
        number=number,
        title=gettext("%(paper)s: %(label)s", paper=paper.name, label=label)
        if paper
        else label,
        text=localized(item, "text"),
        help=paper.note if paper else "",
        is_done=bool(paper and paper.state == "ready"),
        url=url_for("UploadView.picture", key=page.id) if page and shown else "",
        alt=paper.name if paper else label,
        marks=({**item.mark, "label": number},) if item.mark and shown else (),
        caption=page.original_name if page and shown else "",
    )


def reopened_pages(session: Session, case: Application) -> str:
    """Return the address of the first page that a return opened."""
    if case.status is not Status.RETURNED:
        return ""
    order = wizard.pages_of(session, case, now=current.now())
    return address_of(case, order[0])
