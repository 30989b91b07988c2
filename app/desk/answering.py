"""A page of what people wrote to the agency, each answered in its days on its own card."""

import datetime as dt
from abc import ABC, abstractmethod
from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask_appbuilder import BaseView, expose, has_access
from sqlalchemy.orm import Session

from app import current
from app.desk import deeds
from app.desk.sentences import sentence
from app.domain.errors import RuleBroken
from app.domain.policy import Actor
from app.domain.workdays import local_date
from app.extensions import db


class AnsweringView(BaseView, ABC):
    """What waits for an answer, and the answer.

    ``about`` is what the audit calls a row, ``typed_in`` the field of the answer.
    """

    default_view = "index"
    template = ""
    about = ""
    typed_in = "text"

    @expose("/")
    @has_access
    def index(self) -> str:
        """Show what waits for an answer."""
        return self._page()

    @expose("/<int:key>/answer", methods=["POST"])
    @has_access
    def answer(self, key: int) -> Any:
        """Answer one; what was typed stands on its card when it cannot be."""
        here = url_for(f"{self.endpoint}.index")

        def work(session: Session) -> None:
            self.write(session, key, actor=current.actor(), now=current.now())

        broken = deeds.attempt(work, location=here, about=f"{self.about}:{key}")
        if broken is not None:
            if broken.code == "not_found":
                abort(404)
            return self._page(broken, key), 422
        flash(self.said(), "success")
        return redirect(here)

    @abstractmethod
    def write(self, session: Session, key: int, *, actor: Actor, now: dt.datetime) -> None:
        """Write the answer that was typed."""

    @abstractmethod
    def said(self) -> str:
        """Return what is said when it is written."""

    @abstractmethod
    def shown(self, session: Session, actor: Actor, now: dt.datetime) -> dict[str, Any]:
        """Return the title and what the page shows."""

    def _page(self, broken: RuleBroken | None = None, key: int = 0) -> str:
        actor, now = current.actor(), current.now()
        if actor.agency_id is None:
            abort(404)
        page: str = self.render_template(
            self.template,
            today=local_date(now),
            problems=[(f"answer-{key}", sentence(broken))] if broken else [],
            typed={key: request.form.get(self.typed_in, "")} if broken else {},
            **self.shown(db.session(), actor, now),
        )
        return page
