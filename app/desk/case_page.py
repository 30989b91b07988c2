"""What a case page shows, gathered once: head, checks, sums, contents, history, pages, choices."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext
from sqlalchemy.orm import Session

from app.desk import words
from app.desk.deadline import deadline_of
from app.display.formats import money
from app.display.words import is_chinese, localized
from app.domain import masking
from app.domain.amounts.labels import line_label
from app.domain.entitlement import Entitlement, Line
from app.domain.facts import FactRow
from app.domain.page_words import Flow
from app.domain.policy import WORKER, Actor
from app.domain.revealing import Value
from app.domain.terms import Action, Capacity, Note, Role, Status
from app.domain.workdays import local_date
from app.models import Application, Bank, CaseEvent, Material, MaterialPage, ReviewNote
from app.services import cases, payouts, reference
from app.services.applying import circumstances, wizard
from app.services.review import case_checks, deadlines, flags, payee_fixes

Mask = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Choice:
    """A decision that is open now: its word, and what its button says."""

    deed: str
    word: str
    button: str
    hint: str = ""


def gathered(
    session: Session, case: Application, *, actor: Actor, now: dt.datetime
) -> dict[str, Any]:
    """Return everything the template of a case asks for; personal values are masked."""
    on = local_date(now)
    entitled = circumstances.calculation(session, case, now=now)
    papers = _papers(session, case, on=on)
    open_actions = cases.open_actions(session, case, actor=actor)
    checks = [
        words.check_item(check, papers)
        for check in case_checks.checks_of(session, case, entitled, now=now)
    ]
    return {
        "case": case,
        "title": heading(case),
        "deadline": deadline_of(session, case, on=on),
        "days": _days(session, case, on=on),
        "checks": checks,
        "doubtful": sum(check["state"] != "ok" for check in checks),
        "sums": sums(case, entitled),
        "fields": fields(session, case, on=on),
        "history": history(case),
        "notes": _notes(session, case),
        "papers": papers,
        "pages": pages(case, papers),
        "opinion": returned_before(case),
        "choices": choices(case, open_actions),
        "sign": signed_matter(session, case),
        "open": {action.value for action in open_actions},
        "side": side_deeds(session, case, actor),
        "check_days": deadlines.check_days(session, case, on=on),
        "payout": case.payouts[-1] if case.payouts else None,
    }


def heading(case: Application) -> str:
    """Return the masked name and the reason: what the page is about."""
    name = masking.mask_name(case.applicant.name)
    return gettext("%(name)s, %(reason)s", name=name, reason=localized(case.reason, "name"))


def choices(case: Application, open_actions: frozenset[Action]) -> list[Choice]:
    """Return the decisions that rights and status leave open, in the order of the table."""
    offered = {
        Action.PASS_FIRST: Choice(
            "pass_first", gettext("Pass"), gettext("Pass to the second review")
        ),
        Action.APPROVE: Choice("approve", gettext("Approve"), gettext("Approve and pay")),
        Action.RETURN_FOR_CORRECTION: Choice(
            "return", gettext("Return for correction"), gettext("Return and tell the applicant")
        ),
        Action.DECLINE: Choice(
            "decline", gettext("Do not accept"), gettext("Do not accept and tell the applicant")
        ),
        Action.REJECT: Choice(
            "reject", gettext("Refuse"), gettext("Refuse and tell the applicant")
        ),
    }
    found = [choice for action, choice in offered.items() if action in open_actions]
    if found and not case.investigating:
        found.insert(
            min(2, len(found)),
            Choice(
                "investigate",
                gettext("Check outside"),
                gettext("Begin the check, stop the clock"),
            ),
        )
    return found


def side_deeds(session: Session, case: Application, actor: Actor) -> frozenset[str]:
    """Return what can be done beside the decision; the services check again."""
    reviewer = actor.has(Role.FIRST_REVIEWER, Role.SECOND_REVIEWER)
    own = actor.identity_index in cases.facts_of(session, case).identities
    if own or not (reviewer or actor.has(Role.SUPERVISOR)):
        return frozenset()
    active = case.status not in _ENDED
    deeds = {
        "note": True,
        "reveal": True,
        "assign_me": active and reviewer and case.assignee_id != actor.user_id,
        "assign": active and actor.has(Role.SUPERVISOR),
        "hold": active and not case.on_hold,
        "release_hold": case.on_hold and case.status in flags.MAY_BE_HELD,
        "end_investigation": case.investigating,
        "verdict": reviewer and case.status in (Status.IN_REVIEW, Status.SECOND_REVIEW),
        "confirm_relation": reviewer
        and case.capacity is not Capacity.SELF
        and case.relation_confirmed_at is None,
        **_payee_deeds(case, reviewer=reviewer),
    }
    return frozenset(deed for deed, is_open in deeds.items() if is_open)


def _payee_deeds(case: Application, *, reviewer: bool) -> dict[str, bool]:
    """Tell which of the two steps of a corrected account is next."""
    open_ = (
        reviewer
        and case.status is Status.PAYEE_FIX
        and payee_fixes.changed(case.events) is not None
    )
    checked = payee_fixes.checked(case.events) is not None
    return {"check_payee": open_ and not checked, "confirm_payee": open_ and checked}


_ENDED = (
    Status.PAID, Status.DECLINED, Status.REJECTED, Status.CANCELLED, Status.VOIDED,
)  # fmt: skip


def signed_matter(session: Session, case: Application) -> dict[str, str]:
    """Return what a signature covers, as the server has it: sum, payee, card, and their hash."""
    digest = payouts.decision_hash(case)
    return {
        "amount": money(case.amount),
        "payee": masking.mask_name(case.payee_name),
        "bank": bank_name(session, case.payee_bank_code),
        "card": masking.mask_card_staff(case.payee_card or ""),
        "hash": digest,
        "short": digest[:16].upper(),
    }


def bank_name(session: Session, code: str) -> str:
    """Return what a bank is called."""
    found = session.scalar(sa.select(Bank).where(Bank.code == code))
    return localized(found, "short_name") if found else code


def sums(case: Application, entitled: Entitlement) -> list[tuple[str, Any, str, str]]:
    """Return the lines of the calculation: label, yuan, kind, where the number comes from."""
    flow = Flow(case.scheme.flow)
    rows: list[tuple[str, Any, str, str]] = [
        (_of(line_label(flow, line.label_key)), line.amount, _kind(line), _source(line))
        for line in entitled.lines
    ]
    rows.append((gettext("Amount asked"), case.amount, "plus", ""))
    allowed = case.amount_allowed if case.decided_at else min(case.amount, entitled.amount)
    rows.append((gettext("Amount to be paid (yuan)"), allowed, "result", ""))
    return rows


def _kind(line: Line) -> str:
    return {"+": "plus", "-": "minus", "=": "subtotal"}[line.sign.value]


def _source(line: Line) -> str:
    return {
        "account": gettext("ledger"),
        "fact": gettext("application and papers"),
        "setting": gettext("rule"),
        "result": "",
    }[line.source.value]


def _of(two: Any) -> str:
    return str(two.zh if is_chinese() else two.en)


def fields(
    session: Session, case: Application, *, on: dt.date
) -> list[tuple[str, str, Value | None]]:
    """Return the contents of the application, masked: label, what is shown, what can be asked."""
    person, house = case.applicant, case.house or {}
    plain: list[tuple[str, Any, Mask, Value | None]] = [
        (gettext("Name"), person.name, masking.mask_name, Value.NAME),
        (gettext("Document number"), person.id_number, masking.mask_id, Value.ID_NUMBER),
        (gettext("Mobile"), case.mobile or person.mobile, masking.mask_mobile, Value.MOBILE),
        (gettext("Employer"), case.account.employer, str, None),
        (gettext("Account"), case.account.number, masking.mask_id, Value.ACCOUNT),
        (gettext("Receiving account"), case.payee_card, masking.mask_card_staff, Value.CARD),
        (gettext("Bank"), bank_name(session, case.payee_bank_code), str, None),
        (
            gettext("Address of the house"),
            house.get("address"),
            masking.mask_address,
            Value.HOUSE,
        ),
        (gettext("Number of the filed contract"), house.get("filing_contract_no"), str, None),
        (gettext("Number of the title file"), house.get("title_archive_no"), str, None),
        (gettext("Buyers"), _buyers(house), str, None),
    ]
    if case.capacity is not Capacity.SELF:
        holder = case.account.applicant.name
        plain.insert(1, (gettext("Holder"), holder, masking.mask_name, Value.HOLDER))
    rows = [(label, mask(str(value)), key) for label, value, mask, key in plain if value]
    return rows + [(*answer, None) for answer in _answers(session, case, on=on)]


def _buyers(house: Mapping[str, Any]) -> str:
    """Return who bought the house and which part of it, names masked."""
    return gettext(", ").join(
        f"{masking.mask_name(one['name'])} {_percent(one['share'])}"
        for one in house.get("owners") or ()
    )


def _percent(share: str) -> str:
    try:
        return f"{float(share) * 100:g}%" if float(share) <= 1 else f"{float(share):g}%"
    except ValueError:
        return share


def _answers(session: Session, case: Application, *, on: dt.date) -> list[tuple[str, str]]:
    asked = wizard.questions(session, case, on=on)
    return [
        (localized(row, "question"), _answer(row, case.answers[row.key]))
        for row in asked
        if case.answers.get(row.key) not in (None, "") and row.key != "lookup_by"
    ]


def _answer(row: FactRow, value: Any) -> str:
    for option in row.options:
        if option.code == value:
            return option.zh if is_chinese() else option.en
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    return str(value)


def history(case: Application) -> list[dict[str, Any]]:
    """Return what happened, newest first."""
    rows: list[dict[str, Any]] = []
    for event in reversed(case.events):
        who = _who(event, case)
        deed = words.DEEDS.get(event.action, event.action)
        rows.append(
            {
                "at": event.at,
                "title": f"{who} {deed}",
                "note": _event_note(event.action, event.note, case),
                "state": "now" if not rows else "done",
            }
        )
    return rows


def _who(event: CaseEvent, case: Application) -> str:
    """Return who did it; the applicant by the word, not by the name."""
    if event.action in _APPLICANTS or (
        event.actor_id is not None and event.actor_id == case.applicant.user_id
    ):
        return gettext("Applicant")
    if event.actor_name and event.actor_name != WORKER.name:
        return event.actor_name
    return gettext("System")


_APPLICANTS = (Action.SUBMIT, Action.CANCEL, Note.STARTED, Note.CHANGE_PAYEE)


def _event_note(action: str, note: str, case: Application) -> str:
    if action == Note.VERDICT and " " in note:
        code, _, verdict = note.partition(" ")
        names = {
            row.material_code: localized(row.material_type, "name") for row in case.materials
        }
        said = {key.value: str(word) for key, word in words.VERDICTS.items()}
        return f"{names.get(code, code)}: {said.get(verdict, verdict)}"
    return note


def _notes(session: Session, case: Application) -> list[ReviewNote]:
    return list(
        session.scalars(
            sa.select(ReviewNote)
            .where(ReviewNote.application_id == case.id)
            .order_by(ReviewNote.id.desc())
        )
    )


def _papers(session: Session, case: Application, *, on: dt.date) -> dict[str, str]:
    types = reference.material_types(session, case.scheme_id, on)
    names = {code: localized(row, "name") for code, row in types.items()}
    return names | {
        row.material_code: localized(row.material_type, "name") for row in case.materials
    }


def pages(case: Application, papers: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the live pages in the order of the papers, each with its place in its paper."""
    shown = []
    for material in case.materials:
        live = [page for page in material.pages if page.removed_at is None]
        for place, page in enumerate(live, start=1):
            shown.append(_shown(material, page, papers, place, len(live)))
    return shown


def _shown(
    material: Material, page: MaterialPage, papers: Mapping[str, str], place: int, of: int
) -> dict[str, Any]:
    name = papers.get(material.material_code, material.material_code)
    poor = [str(words.QUALITY.get(code, code)) for code in page.quality.get("warnings") or ()]
    return {
        "id": page.id,
        "material": material,
        "code": material.material_code,
        "name": name,
        "caption": gettext(
            "%(name)s, page %(place)s of %(all)s", name=name, place=place, all=of
        ),
        "width": page.width,
        "height": page.height,
        "uploaded_at": page.uploaded_at,
        "poor": gettext(", ").join(poor),
        "verdict": str(words.VERDICTS[material.verdict]),
    }


def returned_before(case: Application) -> list[dict[str, Any]]:
    """Return the lines of the last return opinion."""
    last = max((item.round for item in case.return_items), default=0)
    return [
        {
            "round": item.round,
            "text": localized(item, "text"),
            "settled": item.settled_at,
            "at": item.at,
        }
        for item in case.return_items
        if item.round == last
    ]


def _days(session: Session, case: Application, *, on: dt.date) -> list[dict[str, Any]]:
    """Return the working days up to the deadline, for the cells of the clock."""
    if case.status not in _UNDER_REVIEW or case.due_on is None or case.submitted_at is None:
        return []
    calendar = reference.calendar(session)
    since = local_date(case.submitted_at)
    days = [
        since + dt.timedelta(days=ahead) for ahead in range(1, (case.due_on - since).days + 1)
    ]
    shown = [one for one in days if calendar.is_workday(one)][-5:]
    return [
        {"label": one.day, "who": "office" if one <= on else "", "is_today": one == on}
        for one in shown
    ]


_UNDER_REVIEW = (Status.SUBMITTED, Status.IN_REVIEW, Status.SECOND_REVIEW)
