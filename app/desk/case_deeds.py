"""What the buttons of a case page do: each deed with its right, its service and its sentence."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from app.desk.case_form import ReturnForm, refusal_line
from app.domain.errors import IllegalMove, Invalid, NotAllowed
from app.domain.policy import Actor
from app.domain.terms import Verdict
from app.models import Application
from app.services import payouts
from app.services.review import decisions, flags

Form = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Sent:
    """A form that was sent about a case, by whom and when."""

    session: Session
    case: Application
    form: Form
    actor: Actor
    now: dt.datetime

    def word(self, name: str) -> str:
        """Return a field of the form without blanks at its ends."""
        return self.form.get(name, "").strip()

    def who(self) -> dict[str, Any]:
        """Return the two things every service is told."""
        return {"actor": self.actor, "now": self.now}


@dataclass(frozen=True, slots=True)
class Deed:
    """One deed: the rights of which one is needed, what does it, what is said after it."""

    verbs: tuple[str, ...]
    work: Callable[[Sent], None]
    said: Any
    seen: bool = True
    """Whether the case must be as the page showed it."""


def do(sent: Sent, deed: Deed) -> None:
    """Do a deed on a case that is still as its page showed it, or raise ``IllegalMove``."""
    if deed.seen and sent.word("version") != str(sent.case.version):
        raise IllegalMove("the case has moved on since it was opened")
    deed.work(sent)


def _take_up(sent: Sent) -> None:
    decisions.take_up(sent.session, sent.case, **sent.who())


def _pass_first(sent: Sent) -> None:
    _check_signed(sent)
    decisions.pass_first(sent.session, sent.case, note=sent.word("opinion"), **sent.who())


def _approve(sent: Sent) -> None:
    _check_signed(sent)
    decisions.approve(sent.session, sent.case, **sent.who())
    _keep_opinion(sent)


def _check_signed(sent: Sent) -> None:
    """What is signed is what was shown: amount and payee by their hash."""
    if sent.word("signed") != payouts.decision_hash(sent.case):
        raise IllegalMove("amount or payee changed since the page was opened")


def _return(sent: Sent) -> None:
    lines = ReturnForm.read(sent.form).lines()
    decisions.return_for_correction(sent.session, sent.case, lines, **sent.who())
    _keep_opinion(sent)


def _keep_opinion(sent: Sent) -> None:
    if opinion := sent.word("opinion"):
        flags.add_note(sent.session, sent.case, opinion, **sent.who())


def _decline(sent: Sent) -> None:
    line = refusal_line(sent.form, "decline")
    decisions.decline(sent.session, sent.case, line, **sent.who())
    _keep_opinion(sent)


def _reject(sent: Sent) -> None:
    line = refusal_line(sent.form, "reject")
    decisions.reject(sent.session, sent.case, line, **sent.who())
    _keep_opinion(sent)


def _investigate(sent: Sent) -> None:
    flags.investigate(
        sent.session, sent.case, reason=sent.word("opinion"),
        outside=bool(sent.word("outside")), **sent.who(),
    )  # fmt: skip


def _end_investigation(sent: Sent) -> None:
    flags.end_investigation(sent.session, sent.case, note=sent.word("reason"), **sent.who())


def _hold(sent: Sent) -> None:
    flags.hold(sent.session, sent.case, reason=sent.word("reason"), **sent.who())


def _release_hold(sent: Sent) -> None:
    flags.release_hold(sent.session, sent.case, **sent.who())


def _void(sent: Sent) -> None:
    decisions.void(sent.session, sent.case, reason=sent.word("reason"), **sent.who())


def _undo(sent: Sent) -> None:
    decisions.undo_first(sent.session, sent.case, reason=sent.word("reason"), **sent.who())


def _check_payee(sent: Sent) -> None:
    _check_signed(sent)
    decisions.check_payee(sent.session, sent.case, **sent.who())


def _confirm_payee(sent: Sent) -> None:
    _check_signed(sent)
    decisions.confirm_payee(sent.session, sent.case, **sent.who())


def _confirm_relation(sent: Sent) -> None:
    flags.confirm_relation(sent.session, sent.case, **sent.who())


def _assign_me(sent: Sent) -> None:
    flags.assign(sent.session, sent.case, user_id=sent.actor.user_id, **sent.who())


def _assign(sent: Sent) -> None:
    chosen = sent.word("assignee")
    if chosen and not chosen.isdecimal():
        raise Invalid(code="no_such_colleague", field="assignee")
    flags.assign(sent.session, sent.case, user_id=int(chosen) if chosen else None, **sent.who())


def _note(sent: Sent) -> None:
    flags.add_note(sent.session, sent.case, sent.word("note"), **sent.who())


def _verdict(sent: Sent) -> None:
    wanted = sent.word("material")
    found = [row for row in sent.case.materials if str(row.id) == wanted]
    if not found:
        raise NotAllowed("no such paper", code="not_found")
    verdict = Verdict(sent.word("verdict")) if sent.word("verdict") in set(Verdict) else None
    if verdict is None:
        raise Invalid(code="choice_invalid", field="verdict")
    decisions.set_verdict(sent.session, found[0], verdict, **sent.who())


REVIEW = ("decide", "second")
ANY = (*REVIEW, "supervise")

DEEDS: Mapping[str, Deed] = {
    "take_up": Deed(("decide",), _take_up, _l("Accepted for review; the applicant is told.")),
    "pass_first": Deed(
        ("decide",), _pass_first, _l("Passed. Another person does the second review.")
    ),
    "approve": Deed(("second",), _approve, _l("Signed.")),
    "return": Deed(REVIEW, _return, _l("Returned for correction; the applicant is told.")),
    "decline": Deed(("decide",), _decline, _l("Not accepted; the applicant is told why.")),
    "reject": Deed(REVIEW, _reject, _l("Refused; the applicant is told why.")),
    "investigate": Deed(ANY, _investigate, _l("The check is open; the clock stands still.")),
    "end_investigation": Deed(
        ANY, _end_investigation, _l("The check is closed; the clock runs again.")
    ),
    "hold": Deed(ANY, _hold, _l("The case is on hold: no decision, no payment.")),
    "release_hold": Deed(ANY, _release_hold, _l("The case goes on.")),
    "void": Deed(("supervise",), _void, _l("Voided; the money is free again.")),
    "undo": Deed(("supervise",), _undo, _l("Undone. The case is in first review again.")),
    "check_payee": Deed(
        REVIEW, _check_payee, _l("Checked. A second person confirms the account.")
    ),
    "confirm_payee": Deed(
        REVIEW, _confirm_payee, _l("Confirmed. The payment is queued again.")
    ),
    "confirm_relation": Deed(REVIEW, _confirm_relation, _l("The relation is confirmed.")),
    "assign_me": Deed(ANY, _assign_me, _l("The case is yours."), seen=False),
    "assign": Deed(ANY, _assign, _l("Assigned."), seen=False),
    "note": Deed(ANY, _note, _l("The note is kept."), seen=False),
    "verdict": Deed(REVIEW, _verdict, _l("The verdict is kept."), seen=False),
}
"""Every deed of the page; the services check each again."""
