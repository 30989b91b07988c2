"""Beginning an application: which account, which reason, for whom (SA10, SA13, SB05)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from flask import abort, redirect, request, url_for
from flask_appbuilder import BaseView, expose, has_access
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app import current, navigation, sealing
from app.display.sentences import sentence
from app.display.words import localized
from app.domain.eligibility import Problem, next_allowed_date
from app.domain.errors import Invalid, NotAllowed, RuleBroken
from app.domain.identity import normalise
from app.domain.page_words import Flow
from app.domain.terms import Capacity, Closes, Status
from app.domain.workdays import local_date
from app.extensions import db
from app.hall import wording
from app.hall.forms import Typed
from app.hall.wording import said
from app.models import Account, Application, Scheme, WithdrawalReason
from app.navigation import brand_of
from app.repeating import begun
from app.services import applications, reference
from app.services.applying import circumstances
from app.services.entry import tries
from app.transaction import transaction

HOLDER = "holder"
"""What is counted when somebody names a holder who is not found."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A reason as a card: what it is, what it gives, what bars it today."""

    code: str
    label: str
    help: str
    rule: str
    next_date: object
    why: str
    may_close: bool
    closes: bool
    draft_id: int | None


class ApplyView(BaseView):
    """The page on which an application begins."""

    route_base = "/hall/apply"
    default_view = "choose"
    class_permission_name = "Hall"
    method_permission_name = dict.fromkeys(("choose", "start", "for_another"), "apply")

    @expose("/")
    @has_access
    def choose(self) -> str:
        """Show the accounts and the reasons of one of them."""
        return self._page(request.args.get("account", type=int), Typed())

    @expose("/start", methods=["POST"])
    @has_access
    def start(self) -> Response | str:
        """Begin, or go on with the draft there is."""
        typed, actor, now = request.form.to_dict(), current.actor(), current.now()
        account_id = request.form.get("account_id", type=int)

        def deed(session: Session) -> str:
            account = session.get(Account, account_id or 0) or abort(404)
            if not typed.get("reason_code"):
                raise Invalid(code="reason_missing", field="reason_code")
            case = applications.start(
                session, account, reason_code=typed["reason_code"],
                closing=_closing(typed), actor=actor, now=now,
            )  # fmt: skip
            return url_for("WizardView.go_on", key=case.id)

        try:
            location = begun(deed)
        except NotAllowed:
            abort(404)
        except RuleBroken as broken:
            return self._page(account_id, _refused(account_id, typed, broken))
        return redirect(location)

    @expose("/for-another", methods=["GET", "POST"])
    @has_access
    def for_another(self) -> Response | str:
        """Begin for somebody else's account: as heir or legatee, or as a proxy."""
        if request.method == "GET":
            return self._another(Typed())
        typed = request.form.to_dict()
        try:
            return redirect(_start_for_another(typed))
        except RuleBroken as broken:
            return self._another(Typed(typed, _said(broken)))

    def _page(self, account_id: int | None, typed: Typed) -> str:
        session: Session = db.session()
        accounts = own_accounts(session)
        account = next((one for one in accounts if one.id == account_id), None)
        if account is None and len(accounts) == 1:
            [account] = accounts
        return self.render_template(
            "hall/apply.html",
            brand=brand_of(account.agency) if account else navigation.brand(),
            accounts=accounts,
            account=account,
            heading=said(wording.APPLY[Flow(account.scheme.flow) if account else Flow.SUBSIDY]),
            typed=typed,
            drafts=own_drafts(session),
            **(_offer(session, account) if account else {}),
        )

    def _another(self, typed: Typed) -> str:
        session: Session = db.session()
        on = local_date(current.now())
        schemes = session.scalars(sa.select(Scheme).order_by(Scheme.id)).all()
        reasons = [
            (f"{scheme.id}:{reason.code}", _of_service(scheme, reason))
            for scheme in schemes
            for reason in reference.reasons_in_force(session, scheme.id, on)
            if reason.payee_rule != "heir" and reason.enabled
        ]  # fmt: skip
        return self.render_template(
            "hall/apply_for_another.html",
            reasons=reasons,
            typed=typed,
            schemes_of=[(scheme.id, localized(scheme, "name")) for scheme in schemes],
        )


def _of_service(scheme: Scheme, reason: WithdrawalReason) -> str:
    return f"{localized(scheme, 'name')} · {localized(reason, 'name')}"


def own_accounts(session: Session) -> list[Account]:
    """Return the accounts of the applicant who is signed in."""
    return list(
        session.scalars(
            sa.select(Account)
            .where(Account.applicant_id == current.actor().applicant_id)
            .order_by(Account.id)
        )
    )


def own_drafts(session: Session) -> list[Application]:
    """Return what was begun and not yet submitted, the newest first."""
    return list(
        session.scalars(
            sa.select(Application)
            .where(
                Application.applicant_id == current.actor().applicant_id,
                Application.status == Status.DRAFT,
            )
            .order_by(Application.updated_at.desc())
        )
    )


def _offer(session: Session, account: Account) -> Mapping[str, object]:
    """Return the reasons of an account by group, and what bars all of them."""
    now = current.now()
    on = local_date(now)
    offered = applications.may_start(session, account, now=now)
    rows = reference.return_reasons(session, account.scheme_id, on)
    common = _common([problems for _reason, problems in offered])
    paid = circumstances.last_paid_by_reason(session, account)
    drafts = {case.reason_code: case.id for case in own_drafts(session)
              if case.account_id == account.id}  # fmt: skip
    groups: dict[str, list[Choice]] = {}
    for reason, problems in offered:
        if not reason.enabled:
            continue
        left = [problem for problem in problems if problem.because not in common]
        why = " ".join(sentence(problem, rows) for problem in left)
        if reason.payee_rule == "heir":
            why = sentence(Invalid(code="heir_only"))
        choice = _choice(reason, why, drafts.get(reason.code),
                         next_allowed_date(paid.get(reason.code), reason.min_interval_months))  # fmt: skip
        groups.setdefault(localized(reason, "group"), []).append(choice)
    first = next((problems for _reason, problems in offered if problems), [])
    return {
        "groups": groups,
        "barred": [sentence(one, rows) for one in first if one.because in common],
        "open_case": _open_case(session, account),
    }


def _choice(
    reason: WithdrawalReason, why: str, draft_id: int | None, next_date: object
) -> Choice:
    return Choice(
        code=reason.code,
        label=localized(reason, "name"),
        help=localized(reason, "help"),
        rule=localized(reason, "amount_rule"),
        next_date=next_date,
        why=why,
        may_close=reason.closes_account is Closes.OPTIONAL,
        closes=reason.closes_account is not Closes.NEVER,
        draft_id=draft_id,
    )


def _common(lists: Sequence[Sequence[Problem]]) -> frozenset[str]:
    """Return what bars every reason alike: the account itself, not the reason."""
    if not lists:
        return frozenset()
    every = [frozenset(problem.because for problem in problems) for problems in lists]
    whole = frozenset.intersection(*every)
    return whole & {"account_frozen", "account_closed", "banned", "refund_due",
                    "open_application"}  # fmt: skip


def _open_case(session: Session, account: Account) -> Application | None:
    number = applications.standing_of(session, account).open_application_no
    if not number:
        return None
    return session.scalar(
        sa.select(Application).where(
            Application.number == number,
            Application.applicant_id == current.actor().applicant_id,
        )
    )


def _start_for_another(typed: Mapping[str, str]) -> str:
    """Begin for the holder who is named; return where the application goes on.

    A holder's account tells nothing of itself: whatever bars it is one sentence.
    """
    actor, now = current.actor(), current.now()
    with transaction() as session:
        tries.check(session, HOLDER, address=actor.address, now=now)
    capacity, scheme_id, reason = _wanted(typed)

    def deed(session: Session) -> str:
        account = applications.account_of_holder(
            session, id_number_index=sealing.index_of(normalise(typed["holder_id_number"])),
            name=typed["holder_name"], scheme_id=scheme_id,
        )  # fmt: skip
        heir = capacity is Capacity.HEIR
        try:
            case = applications.start(
                session, account, capacity=capacity, actor=actor, now=now,
                reason_code=_heir_reason(session, scheme_id) if heir else reason,
            )  # fmt: skip
        except RuleBroken as barred:
            raise Invalid(code="holder_barred") from barred
        return url_for("WizardView.go_on", key=case.id)

    try:
        return begun(deed)
    except Invalid as broken:
        if broken.code == "holder_not_found":
            with transaction() as session:
                tries.miss(session, HOLDER, address=actor.address, now=now)
        raise


def _wanted(typed: Mapping[str, str]) -> tuple[Capacity, int, str]:
    """Read in what right somebody asks, of which scheme and for which reason."""
    if typed.get("capacity") not in (Capacity.HEIR, Capacity.PROXY):
        raise Invalid(code="answer_missing", field="capacity")
    for name in ("holder_id_number", "holder_name"):
        if not typed.get(name, "").strip():
            raise Invalid(code="answer_missing", field=name)
    capacity = Capacity(typed["capacity"])
    name = "scheme_id" if capacity is Capacity.HEIR else "reason"
    scheme, _, reason = typed.get(name, "").partition(":")
    if not scheme.isdecimal():
        raise Invalid(code="reason_missing", field=name)
    return capacity, int(scheme), reason


def _heir_reason(session: Session, scheme_id: int) -> str:
    on = local_date(current.now())
    rows = reference.reasons_in_force(session, scheme_id, on)
    return next(row.code for row in rows if row.payee_rule == "heir")


def _closing(typed: Mapping[str, str]) -> bool | None:
    wish = typed.get(f"closing-{typed.get('reason_code')}")
    return None if wish is None else wish == "yes"


def _refused(account_id: int | None, typed: Mapping[str, str], broken: RuleBroken) -> Typed:
    session: Session = db.session()
    account = session.get(Account, account_id or 0)
    rows = (
        reference.return_reasons(session, account.scheme_id, local_date(current.now()))
        if account
        else ()
    )
    problems = getattr(broken, "problems", [broken])
    return Typed(typed, [("reason_code", sentence(one, rows)) for one in problems])


def _said(broken: RuleBroken) -> list[tuple[str, str]]:
    problems = getattr(broken, "problems", [broken])
    return [(one.field, sentence(one)) for one in problems]
