"""Screens with forms: what is typed goes to a service, in one transaction of its own."""

from collections.abc import Callable
from typing import Any

from flask import flash, g
from flask_babel import gettext
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.display.sentences import sentence
from app.domain.errors import ManyProblems, RuleBroken
from app.repeating import once
from app.screens.base import Screen
from app.screens.forms import FieldsWidget
from app.screens.sentences import SENTENCES


class Written(Screen):
    """A screen whose forms are written by services, never by Flask-AppBuilder itself.

    Flask-AppBuilder changes the row and commits by itself; here the row is found again inside
    the transaction and handed to the service with what was typed.
    """

    include_route_methods = {"list", "show", "edit"}
    edit_widget = add_widget = FieldsWidget

    def change(self, session: Session, row: Any, form: FlaskForm) -> Any:
        """Bring what was typed into a row; return the row to show next, if it is another."""
        raise NotImplementedError

    def create(self, session: Session, form: FlaskForm) -> Any:
        """Make a row of what was typed and return it."""
        raise NotImplementedError

    def typed(self, _row: Any) -> dict[str, Any]:
        """Return what an edit form shows beside the row's own values."""
        return {}

    def hint(self, row: Any, form: FlaskForm) -> None:
        """Say beside the fields of an edit form what depends on the row."""

    def _edit(self, pk: Any) -> Any:
        row = self._find(pk)
        form = self.edit_form(**({"obj": row} | self.typed(row)))
        self.hint(row, form)
        key = row.id

        def deed(session: Session) -> Any:
            again = session.get_one(type(row), key)
            return self.change(session, again, form) or again

        if form.validate_on_submit() and self._done(form, deed):
            flash(gettext("Saved."), "success")
            return None
        return self._get_edit_widget(form=form)

    def _add(self) -> Any:
        form = self.add_form()
        if form.validate_on_submit() and self._done(
            form, lambda session: self.create(session, form)
        ):
            flash(gettext("Added."), "success")
            return None
        return self._get_add_widget(form=form)

    def _done(self, form: FlaskForm, deed: Callable[[Session], Any]) -> bool:
        """Do a deed and remember the row it leads to, or put every problem beside its field."""

        def work(session: Session) -> str:
            row = deed(session)
            session.flush()
            return str(row.id)

        try:
            g.written = int(once(work))
        except RuleBroken as broken:
            for one in broken.problems if isinstance(broken, ManyProblems) else [broken]:
                told = say(one)
                if one.field in form:
                    form[one.field].errors = [*form[one.field].errors, told]
                else:
                    flash(told, "danger")
            return False
        return True

    def post_edit_redirect(self) -> Response:
        """Show what was written."""
        return self.back_to(g.written)

    post_add_redirect = post_edit_redirect


def say(problem: RuleBroken) -> str:
    """Return the sentence of a problem."""
    known = SENTENCES.get(problem.code)
    return str(known) % dict(problem.facts) if known else sentence(problem)
