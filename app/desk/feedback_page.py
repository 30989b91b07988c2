"""What people say of the agency's service: sums, what was ticked, bad ratings to answer."""

import datetime as dt
from typing import Any

from flask import request
from flask_babel import gettext
from sqlalchemy.orm import Session

from app.desk import deeds
from app.desk.answering import AnsweringView
from app.display import charts
from app.display.feedback import RATINGS, REASONS
from app.domain.feedback import Rating
from app.domain.policy import Actor
from app.models import Feedback
from app.services.records import feedback

DAYS = 365
"""Days over which ratings are summed."""


class DeskFeedbackView(AnsweringView):
    """Ratings of the agency's service; supervisors answer, auditors read."""

    route_base = "/desk/feedback"
    class_permission_name = "Feedback"
    method_permission_name = {"index": "read", "answer": "answer"}
    template = "desk/feedback.html"
    about = "feedback"

    def write(self, session: Session, key: int, *, actor: Actor, now: dt.datetime) -> None:
        """Answer a rating."""
        row = feedback.get_feedback(session, key, actor=actor)
        feedback.answer(session, row, text=request.form.get("text", ""), actor=actor, now=now)

    def said(self) -> str:
        """Say where the answer is read."""
        return gettext("Answered; who rated reads it with the application, or by the code.")

    def shown(self, session: Session, actor: Actor, now: dt.datetime) -> dict[str, Any]:
        """Return the sums of a year, what waits for an answer and what was said last."""
        since = now - dt.timedelta(days=DAYS)
        return {
            "title": gettext("Ratings of the service"),
            "waiting": [_shown(row) for row in feedback.to_answer(session, actor=actor)],
            "recent": [_shown(row) for row in feedback.recent(session, actor=actor)],
            "may_answer": deeds.may("answer", view="Feedback"),
            **_sums(session, actor.agency_id or 0, since),
        }


def _sums(session: Session, agency_id: int, since: dt.datetime) -> dict[str, Any]:
    """Return the sums of a year as a chart and as ranks."""
    given = feedback.sums(session, agency_id=agency_id, since=since)
    total = sum(given.values())
    good = sum(count for level, count in given.items() if not level.is_bad)
    ticked = feedback.ticked(session, agency_id=agency_id, since=since)
    return {
        "total": total,
        "good_share": round(100 * good / total) if total else None,
        "chart": charts.plot(
            gettext("Ratings of the last twelve months"),
            gettext("%(good)s of %(total)s were satisfied", good=good, total=total),
            gettext("Level"),
            [str(RATINGS[level]) for level in given],
            [charts.Series(gettext("Ratings"), tuple(given.values()), "c1", str(total))],
        ),
        "ranks": [
            {"label": str(REASONS.get(code, code)), "number": count}
            for code, count in ticked.items()
            if count
        ],
    }


def _shown(row: Feedback) -> dict[str, Any]:
    """Return a rating as staff read it: the case where there is one, never a name."""
    return {
        "id": row.id,
        "rating": str(RATINGS[row.rating]),
        "tone": _tone(row.rating),
        "reasons": [str(REASONS.get(code, code)) for code in row.reasons],
        "text": row.text,
        "at": row.created_at,
        "due_on": row.due_on,
        "answer": row.answer,
        "answered_at": row.answered_at,
        "case_id": row.application_id,
        "number": row.application.number if row.application else "",
    }


def _tone(rating: Rating) -> str:
    return "stop" if rating.is_bad else "done" if rating.stars > Rating.FAIR.stars else ""
