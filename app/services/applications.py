"""The applicant's way with a case: start, submit, cancel, correct the receiving account."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.domain import eligibility, lifecycle, policy
from app.domain.eligibility import AccountStanding, Problem, ReasonTerms
from app.domain.errors import IllegalMove, Invalid, ManyProblems, NotAllowed, RuleBroken
from app.domain.identity import same_name
from app.domain.numbers import application_number
from app.domain.policy import Actor
from app.domain.terms import Action, Capacity, Kind, Note, Status
from app.domain.workdays import local_date
from app.models import Account, Applicant, Application, WithdrawalReason
from app.services import cases, ledger, reference
from app.services.applying import circumstances, corrections, wizard
from app.services.applying.payees import Payee, check_payee_card, write_payee
from app.services.applying.relations import barring, check_asked, hold_asked
from app.services.entry import proofs
from app.services.people import identity_tasks
from app.services.records import numbering
from app.services.review import case_notices, deadlines


def get_own(session: Session, application_id: int, *, actor: Actor) -> Application:
    """Return an application of the applicant who asks; raise ``NotAllowed`` for any other."""
    application = session.get(Application, application_id)
    if application is None:
        raise NotAllowed("no such application", code="not_found")
    policy.check_own(actor, applicant_id=application.applicant_id)
    return application


def may_start(
    session: Session, account: Account, *, now: dt.datetime
) -> list[tuple[WithdrawalReason, list[Problem]]]:
    """Return every reason on offer for an account with what bars it today."""
    on = local_date(now)
    standing = standing_of(session, account)
    paid = circumstances.last_paid_by_reason(session, account)
    offered = []
    for reason in reference.reasons_in_force(session, account.scheme_id, on):
        terms = terms_of(session, reason, on=on)
        last = paid.get(reason.code)
        kind = eligibility.kind_for(terms, paid_before=last is not None, chosen_closing=None)
        problems = eligibility.problems_of(standing, terms, kind, last_paid=last, on=on)
        offered.append((reason, problems))
    return offered


def start(
    session: Session,
    account: Account,
    *,
    reason_code: str,
    closing: bool | None = None,
    capacity: Capacity = Capacity.SELF,
    actor: Actor,
    now: dt.datetime,
    channel: str = "web",
) -> Application:
    """Begin an application, or go on with the draft there is for this account and reason.

    Raises ``NotAllowed`` for another's account, ``ManyProblems`` with everything that bars it.
    """
    if capacity is Capacity.SELF:
        policy.check_own(actor, applicant_id=account.applicant_id)
    draft = _draft(session, account, reason_code, actor=actor)
    if draft is not None:
        return draft
    on = local_date(now)
    reason = reference.reason(session, account.scheme_id, reason_code, on)
    check_capacity(reason, capacity)
    kind = _check_may(
        session, account, reason, closing=closing, on=on, asker=actor.applicant_id
    )
    assert actor.applicant_id is not None
    application = Application(
        agency_id=account.agency_id, scheme_id=account.scheme_id, account_id=account.id,
        applicant_id=actor.applicant_id, capacity=capacity, reason_id=reason.id,
        reason_code=reason.code, kind=kind, rule_version=reason.version, channel=channel,
        approvals_required=max(2, reason.approvals_required), created_at=now, updated_at=now,
    )  # fmt: skip
    session.add(application)
    session.flush()
    session.refresh(application)
    wizard.prefill(session, application)
    cases.remark(session, application, Note.STARTED, actor=actor, now=now, public=True)
    return application


def account_of_holder(
    session: Session, *, id_number_index: str, name: str, scheme_id: int
) -> Account:
    """Return the account that an heir or proxy names by the holder's number and name.

    Raises ``Invalid`` (holder_not_found) with one sentence for every kind of mismatch.
    """
    holder = session.scalar(
        sa.select(Applicant).where(Applicant.id_number_index == id_number_index)
    )
    if holder is None or not same_name(holder.name, name):
        raise Invalid(code="holder_not_found", field="holder_id_number")
    for account in session.scalars(
        sa.select(Account).where(Account.applicant_id == holder.id).order_by(Account.id)
    ):
        if account.scheme_id == scheme_id:
            return account
    raise Invalid(code="holder_not_found", field="holder_id_number")


def submit(
    session: Session,
    application: Application,
    *,
    actor: Actor,
    now: dt.datetime,
    signature: Mapping[str, Any] | None = None,
) -> None:
    """Submit a draft or a corrected case: check everything again, hold the money, tell the office.

    Of an heir or proxy nothing is held before staff confirm the relation.

    ``signature`` (traces such as the address) signs the commitment letter; without it the
    letter must be signed already.
    Raises ``ManyProblems`` with all that is missing or barred; nothing is submitted then.
    """
    policy.check_own(actor, applicant_id=application.applicant_id)
    first_time = application.status is Status.DRAFT
    lifecycle.next_status(application.status, Action.SUBMIT)
    on = local_date(now)
    if signature:
        wizard.sign(session, application, now=now, traces=signature)
    _check_complete(session, application, now=now)
    changes: dict[str, Any] = {"submitted_at": application.submitted_at or now}
    if application.number is None:
        serial = numbering.next_value(session, f"{application.agency.number_prefix}{on:%Y%m%d}")
        changes["number"] = application_number(application.agency.number_prefix, on, serial)
    due = deadlines.decision_due(session, application, now=now)
    cases.move(
        session, application, Action.SUBMIT, actor=actor, now=now, due_on=due.on,
        due_estimated=due.estimated, correction_due_on=None, reopened=(), assignee_id=None,
        **changes,
    )  # fmt: skip
    hold_asked(session, application, now=now)
    for item in application.return_items:
        item.settled_at = item.settled_at or now
    event = "application_submitted" if first_time else "application_accepted"
    if first_time:
        case_notices.about_case(session, event, application, now=now)


def cancel(
    session: Session, application: Application, *, actor: Actor, now: dt.datetime
) -> None:
    """Take a case back (撤回): a draft, one nobody has taken up, or a returned one."""
    cases.move(session, application, Action.CANCEL, actor=actor, now=now)
    ledger.release(session, application, now=now, why="cancel")
    if application.number:
        case_notices.about_case(session, "withdrawn_by_applicant", application, now=now)


def change_payee(
    session: Session,
    application: Application,
    payee: Payee,
    *,
    actor: Actor,
    now: dt.datetime,
    card_check: Any,
) -> None:
    """Correct the receiving account after the bank refused or returned the money."""
    policy.check_own(actor, applicant_id=application.applicant_id)
    if application.status is not Status.PAYEE_FIX:
        raise IllegalMove("the receiving account is not open for correction")
    checked = check_payee_card(session, application, payee)
    proofs.check(actor, now=now, sms=True)
    write_payee(session, application, checked, now=now, card_check=card_check)
    cases.remark(
        session, application, Note.CHANGE_PAYEE, actor=actor, now=now, public=True,
        note=f"{application.payee_bank_code} {application.payee_last_four}",
    )  # fmt: skip


def standing_of(
    session: Session, account: Account, *, but: int | None = None, asker: int | None = None
) -> AccountStanding:
    """Return what the right to withdraw from an account depends on; ``but`` is the own case.

    A case of somebody whose right is unproven bars nobody but that person, ``asker``.
    """
    open_number = session.execute(
        sa.select(Application.number)
        .where(
            Application.account_id == account.id,
            Application.status.in_(lifecycle.OPEN),
            Application.id != (but or 0),
            sa.or_(barring(), Application.applicant_id == (asker or 0)),
        )
        .limit(1)
    ).first()
    return AccountStanding(
        state=account.state,
        frozen_amount=account.frozen_amount,
        sealed_since=account.sealed_on,
        ban_until=account.ban_until,
        open_application_no=(open_number[0] or "") if open_number else None,
        contributions_in_flight=account.in_flight,
    )


def terms_of(session: Session, reason: WithdrawalReason, *, on: dt.date) -> ReasonTerms:
    """Return what a reason's row says of who may use it and how often."""
    sealed = reference.settings_on(session, reason.scheme_id, on).get("sealed_months")
    rows = reference.requirements(session, reason.scheme_id, reason.code, on)
    rests_on_sealing = any(row.condition_key == "sealed_route" for row in rows)
    return ReasonTerms(
        code=reason.code,
        name_zh=reason.name_zh,
        name_en=reason.name_en,
        kinds=frozenset(Kind(kind) for kind in reason.kinds),
        closes=reason.closes_account,
        default_kind=reason.default_kind,
        enabled=reason.enabled,
        valid_from=reason.valid_from,
        valid_to=reason.valid_to,
        min_interval_months=reason.min_interval_months,
        max_times_per_house=reason.max_times_per_house,
        sealed_months=int(sealed) if sealed and rests_on_sealing else None,
    )


def check_capacity(reason: WithdrawalReason, capacity: Capacity) -> None:
    """An inheritance is asked for by an heir, anything else by the holder or a proxy."""
    heir = reason.payee_rule == "heir"
    if heir != (capacity is Capacity.HEIR):
        raise Invalid(code="heir_only" if heir else "holder_only", field="reason_code")


def has_draft(session: Session, application: Application, reason_code: str) -> bool:
    """Tell whether the same person has another draft for this account and reason."""
    return (
        session.scalar(
            sa.select(Application.id).where(
                Application.account_id == application.account_id,
                Application.applicant_id == application.applicant_id,
                Application.reason_code == reason_code,
                Application.status == Status.DRAFT,
                Application.id != application.id,
            )
        )
        is not None
    )


def _draft(
    session: Session, account: Account, reason_code: str, *, actor: Actor
) -> Application | None:
    return session.scalar(
        sa.select(Application).where(
            Application.account_id == account.id,
            Application.applicant_id == actor.applicant_id,
            Application.reason_code == reason_code,
            Application.status == Status.DRAFT,
        )
    )


def _check_may(
    session: Session,
    account: Account,
    reason: WithdrawalReason,
    *,
    closing: bool | None,
    on: dt.date,
    but: int | None = None,
    asker: int | None = None,
    house_key: str = "",
) -> Kind:
    terms = terms_of(session, reason, on=on)
    last = circumstances.last_paid_on(session, account, reason.code)
    same = circumstances.last_paid_on(session, account, reason.code, house_key=house_key)
    kind = eligibility.kind_for(terms, paid_before=same is not None, chosen_closing=closing)
    standing = standing_of(session, account, but=but, asker=asker)
    eligibility.refuse(eligibility.problems_of(standing, terms, kind, last_paid=last, on=on))
    return kind


def _check_complete(session: Session, application: Application, *, now: dt.datetime) -> None:
    """Raise ``ManyProblems`` with everything that stands between this case and the office."""
    on = local_date(now)
    problems: list[RuleBroken] = []
    try:
        application.kind = _check_may(
            session, application.account, application.reason, on=on, but=application.id,
            asker=application.applicant_id, closing=application.kind is Kind.CLOSING,
            house_key=application.house_key,
        )  # fmt: skip
    except ManyProblems as barred:
        problems += barred.problems
    try:
        identity_tasks.check_not_refused(application.applicant)
    except Invalid as refused:
        problems.append(refused)
    problems += wizard.unanswered(session, application, now=now)
    if not wizard.is_signed(session, application, on=on):
        problems.append(Invalid(code="agree_missing", field="agree"))
    entitled = circumstances.calculation(session, application, now=now)
    if application.kind is Kind.CLOSING:
        application.amount = entitled.amount
    try:
        check_asked(session, application, application.amount, entitled, now=now)
    except Invalid as wrong:
        problems.append(wrong)
    application.calculation = wizard.kept_lines(entitled)
    problems += corrections.uncorrected(session, application, now=now)
    types = reference.material_types(session, application.scheme_id, on)
    problems += [
        Invalid(
            code="material_missing",
            field=f"material-{paper.codes[0]}",
            codes=paper.codes,
            paper_zh=" / ".join(types[code].name_zh for code in paper.codes),
            paper_en=" / ".join(types[code].name_en for code in paper.codes),
        )
        for paper in circumstances.missing(session, application, on=on)
    ]
    if problems:
        raise ManyProblems(problems)
