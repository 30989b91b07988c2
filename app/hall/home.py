"""My hall (我的大厅): whose turn it is, the money, what was done, messages."""

from dataclasses import dataclass

import sqlalchemy as sa
from flask import url_for
from flask_appbuilder import BaseView, expose, has_access
from flask_babel import gettext, ngettext
from sqlalchemy.orm import Session, selectinload

from app import current, navigation
from app.domain.terms import Status
from app.domain.workdays import local_date
from app.extensions import db
from app.hall.applying.apply import own_accounts, own_drafts
from app.hall.course import payee_changed
from app.hall.people.profile import known, myself
from app.models import Application, LoginSession
from app.navigation import brand_of
from app.services import notices, reference

SHOWN_CASES = 5
SHOWN_MESSAGES = 4


@dataclass(frozen=True, slots=True)
class Turn:
    """A case that waits for the person: what to do, until when, where."""

    case: Application
    title: str
    text: str
    url: str
    button: str
    due_on: object = None
    days_left: int = 0


class HomeView(BaseView):
    """The first page after log-in."""

    route_base = "/hall"
    default_view = "index"
    class_permission_name = "Hall"
    method_permission_name = {"index": "read"}

    @expose("/")
    @has_access
    def index(self) -> str:
        """Show what needs the person first, then money, cases and messages."""
        session: Session = db.session()
        applicant = myself()
        accounts = own_accounts(session)
        return self.render_template(
            "hall/home.html",
            brand=brand_of(accounts[0].agency) if accounts else navigation.brand(),
            applicant=applicant,
            accounts=accounts,
            turns=turns(session),
            cases=recent_cases(session),
            messages=notices.inbox(session, applicant, limit=SHOWN_MESSAGES),
            last_login=last_login(session, applicant.user_id),
            about=known(applicant),
        )


def turns(session: Session) -> list[Turn]:
    """Return the cases that wait for the person, the most pressing first."""
    waiting = session.scalars(
        sa.select(Application)
        .where(
            Application.applicant_id == current.actor().applicant_id,
            Application.status.in_((Status.RETURNED, Status.PAYEE_FIX)),
        )
        .order_by(Application.correction_due_on, Application.id)
    ).all()
    found = [_returned(session, case) if case.status is Status.RETURNED else _payee(case)
             for case in waiting if not payee_changed(case)]  # fmt: skip
    return found + [_draft(case) for case in own_drafts(session)[:2]]


def recent_cases(session: Session) -> list[Application]:
    """Return the cases submitted last."""
    return list(
        session.scalars(
            sa.select(Application)
            .where(
                Application.applicant_id == current.actor().applicant_id,
                Application.submitted_at.is_not(None),
            )
            .options(selectinload(Application.payouts))
            .order_by(Application.submitted_at.desc())
            .limit(SHOWN_CASES)
        )
    )


def last_login(session: Session, user_id: int | None) -> LoginSession | None:
    """Return the log-in before this one."""
    return session.scalar(
        sa.select(LoginSession)
        .where(LoginSession.user_id == user_id)
        .order_by(LoginSession.id.desc())
        .offset(1)
        .limit(1)
    )


def _returned(session: Session, case: Application) -> Turn:
    last = max((item.round for item in case.return_items), default=0)
    count = sum(item.round == last for item in case.return_items)
    today = local_date(current.now())
    left = 0
    if case.correction_due_on:
        left = reference.calendar(session).workdays_between(today, case.correction_due_on)
    return Turn(
        case=case,
        title=ngettext("Your turn: one thing to correct",
                       "Your turn: %(num)s things to correct", count),
        text=gettext("The reviewer listed everything at once; leave the rest as it is."),
        url=url_for("ProgressView.show", key=case.id),
        button=gettext("Correct it"),
        due_on=case.correction_due_on,
        days_left=left,
    )  # fmt: skip


def _payee(case: Application) -> Turn:
    return Turn(
        case=case,
        title=gettext("Your turn: change the receiving account"),
        text=gettext("The bank did not take the money. It is safe in your account here."),
        url=url_for("ProgressView.payee", key=case.id),
        button=gettext("Change the receiving account"),
    )


def _draft(case: Application) -> Turn:
    return Turn(
        case=case,
        title=gettext("Go on with what you began"),
        text=gettext("What you filled in is kept; you can go on here or on another device."),
        url=url_for("WizardView.go_on", key=case.id),
        button=gettext("Go on"),
    )
