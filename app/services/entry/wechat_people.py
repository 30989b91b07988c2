"""People who bound the official account: who writes, where their cases stand, how they are told."""

from collections.abc import Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.domain.page_words import Words
from app.domain.terms import Status
from app.domain.workdays import SHANGHAI
from app.gateways.wechat import TemplateMessage, WechatAccount
from app.models import Agency, Applicant, Application, Notice
from app.services.entry import outside_identities

SHOWN_CASES = 5

STEPS: Mapping[str, Words] = {
    "application_submitted": Words("已提交", "submitted"),
    "application_returned": Words("已退回", "returned"),
    "return_reminder": Words("待补正", "to correct"),
    "not_accepted": Words("不予受理", "not accepted"),
    "rejected": Words("不予支取", "refused"),
    "investigation_started": Words("核查中", "checked"),
    "approved_subsidy": Words("审核完成", "reviewed"),
    "approved_fund": Words("审核通过", "passed"),
    "paid_partial": Words("已到账", "paid"),
    "paid_closing": Words("已到账", "paid"),
    "pay_failed": Words("支付失败", "payment failed"),
    "payment_bounced": Words("银行退回", "sent back by the bank"),
    "voided": Words("已作废", "voided"),
}
"""What a template message says of a step; five characters are what its field takes."""

LIMITS: Mapping[str, int] = {"thing": 20, "character_string": 32, "phrase": 5, "const": 20}
"""The most signs that a field of each kind takes; a longer one is refused as a whole."""


def person_of(session: Session, account: WechatAccount, openid: str) -> Applicant | None:
    """Return the applicant who bound this openid, while the log-in is active."""
    user = outside_identities.find(session, account.provider, openid)
    if user is None:
        return None
    return session.scalar(sa.select(Applicant).where(Applicant.user_id == user.id))


def cases_of(session: Session, person: Applicant, agency: Agency) -> Sequence[Application]:
    """Return a person's newest submitted cases at an agency."""
    return session.scalars(
        sa.select(Application)
        .where(
            Application.applicant_id == person.id,
            Application.agency_id == agency.id,
            Application.status != Status.DRAFT,
        )
        .order_by(Application.id.desc())
        .limit(SHOWN_CASES)
    ).all()


def message_of(
    session: Session, notice: Notice, accounts: Mapping[str, WechatAccount]
) -> tuple[str, TemplateMessage] | None:
    """Return agency code and template message of a notice; None when it goes by text message.

    That is so without a template for the step, without a case, and for who has not bound.
    """
    if not accounts or notice.applicant_id is None or notice.application_id is None:
        return None
    case = session.get_one(Application, notice.application_id)
    agency, step = case.agency, STEPS.get(notice.event)
    account = accounts.get(agency.code)
    template = account.templates.get(notice.event) if account else None
    if account is None or template is None or step is None:
        return None
    person = session.get_one(Applicant, notice.applicant_id)
    openid = _openid_of(session, person, account)
    if not openid:
        return None
    values = _values(notice, case, step, english=person.locale == "en")
    message = TemplateMessage(
        openid=openid,
        template_id=template.id,
        fields={name: _fit(name, values[said]) for name, said in template.fields.items()},
        url=f"{account.hall}/wechat/{agency.code}/login?next=/hall/progress/{case.id}/",
        reference=notice.reference,
    )
    return agency.code, message


def _openid_of(session: Session, person: Applicant, account: WechatAccount) -> str:
    if person.user_id is None:
        return ""
    bound = outside_identities.of_user(session, person.user_id)
    return next((row.subject or "" for row in bound if row.provider == account.provider), "")


def _values(
    notice: Notice, case: Application, step: Words, *, english: bool
) -> Mapping[str, str]:
    """Return what the fields may say: never a sum, a card, a reason or a name of a person."""
    language = "en" if english else "zh"
    return {
        "number": case.number or "",
        "service": getattr(case.scheme, f"name_{language}"),
        "status": getattr(step, language),
        "time": notice.created_at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M"),
        "agency": getattr(case.agency, f"short_name_{language}"),
    }


def _fit(name: str, value: str) -> str:
    """Return a value cut to what the field's kind takes (the field's name without its number)."""
    most = LIMITS.get(name.rstrip("0123456789"), len(value))
    return value if len(value) <= most else value[: most - 1] + "…"
