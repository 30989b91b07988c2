"""Files to and from the bank: listed, handed out, brought by one person, confirmed by another."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app import current
from app.desk import deeds
from app.desk.sentences import sentence
from app.display import formats
from app.display.files import as_file
from app.domain.errors import Invalid, RuleBroken
from app.domain.policy import WORKER
from app.extensions import db
from app.gateways.bank.orders import MOST_BYTES
from app.gateways.bank.ways import FORMS
from app.models import Agency, BankFile
from app.screens import cells
from app.services.paying import bank_arrivals, bank_file_lists, statements_aside
from app.services.paying.bank_file_lists import Listed
from app.services.paying.bank_files import NEVER
from app.transaction import transaction

KINDS = {".xml": "application/xml", ".csv": "text/csv"}
OURS = "bank_file_"
RIGHTS = ("role_missing", "four_eyes", "own_case", "not_found")


class BankFileView(BaseView):
    """The page of what was sent to the bank as files and what it answered."""

    route_base = "/desk/bank-files"
    default_view = "files"
    class_permission_name = "Payouts"
    method_permission_name = {
        "files": "read", "download": "read", "bring": "prepare", "confirm": "release",
        "discard": "release", "aside": "read",
    }  # fmt: skip

    @expose("/")
    @has_access
    def files(self) -> str:
        """Show the files, the newest first, and what waits for a second person."""
        return self._render()

    @expose("/<int:file_id>/file")
    @has_access
    def download(self, file_id: int) -> Response:
        """Hand a file out as it went or came; who took it is recorded."""

        def read(session: Session) -> tuple[str, bytes]:
            actor, now = current.actor(), current.now()
            file = bank_file_lists.get_file(session, file_id, actor=actor)
            return file.name, bank_file_lists.hand_out(session, file, actor=actor, now=now)

        name, data = deeds.hand_out(read, about=f"bank_file:{file_id}")
        suffix = name[name.rfind(".") :]
        kind = KINDS.get(suffix, "application/octet-stream")
        return as_file(data, name=name, kind=kind)

    @expose("/bring", methods=["POST"])
    @has_access
    def bring(self) -> Any:
        """Take a file of the bank that a person brings; a refused one is kept with the reason."""
        sent = request.files.get("file")
        name, data = (sent.filename or "file", sent.read(MOST_BYTES + 1)) if sent else ("", b"")
        who: dict[str, Any] = {"actor": current.actor(), "now": current.now()}
        form = FORMS.get(self._agency().pays_by)
        if form is None or not data:
            return self._render(Invalid(code="bank_file_none", field="file")), 422

        def work(session: Session) -> None:
            bank_arrivals.bring(session, name, data, form=form, **who)

        said = gettext("The file is whole. A second person confirms it, then it is worked in.")
        broken = self._try(work, about="bank_file")
        if broken is None:
            return self._back(said)
        if isinstance(broken, Invalid) and broken.code != "bank_file_taken":
            with transaction() as session:
                agency = session.get_one(Agency, who["actor"].agency_id)
                bank_arrivals.refuse(session, agency, name, data, broken, form=form, **who)
        return self._again(broken)

    @expose("/<int:file_id>/confirm", methods=["POST"])
    @has_access
    def confirm(self, file_id: int) -> Any:
        """Confirm a file that a colleague brought."""

        def work(session: Session) -> None:
            actor = current.actor()
            file = bank_file_lists.get_file(session, file_id, actor=actor)
            bank_arrivals.confirm(session, file, actor=actor, now=current.now())

        broken = self._try(work, about=f"bank_file:{file_id}")
        if broken is None:
            return self._back(gettext("Confirmed. The next run works it in."))
        return self._again(broken)

    @expose("/<int:file_id>/discard", methods=["POST"])
    @has_access
    def discard(self, file_id: int) -> Any:
        """Refuse a file that a colleague brought, with the reason."""

        def work(session: Session) -> None:
            actor = current.actor()
            file = bank_file_lists.get_file(session, file_id, actor=actor)
            reason = request.form.get("reason", "")
            bank_arrivals.discard(session, file, actor=actor, now=current.now(), reason=reason)

        broken = self._try(work, about=f"bank_file:{file_id}")
        if broken is None:
            return self._back(gettext("Refused. It stays on record and changes nothing."))
        return self._again(broken)

    @expose("/<int:file_id>/aside", methods=["POST"])
    @has_access
    def aside(self, file_id: int) -> Any:
        """Ask to put a statement aside that was not compared, or do it as the second person."""

        def work(session: Session) -> None:
            actor, now = current.actor(), current.now()
            file = bank_file_lists.get_file(session, file_id, actor=actor)
            reason = request.form.get("reason", "")
            statements_aside.put_aside(session, file, actor=actor, now=now, reason=reason)

        broken = self._try(work, about=f"bank_file:{file_id}")
        if broken is None:
            return self._back(gettext("Recorded. What two people put aside is never compared."))
        return self._again(broken)

    @staticmethod
    def _try(work: Callable[[Session], None], *, about: str) -> RuleBroken | None:
        return deeds.attempt(work, location=url_for("BankFileView.files"), about=about)

    @staticmethod
    def _back(said: str) -> Response:
        flash(said, "success")
        return redirect(url_for("BankFileView.files"))

    def _again(self, broken: RuleBroken) -> Any:
        return self._render(broken), 403 if broken.code in RIGHTS else 422

    @staticmethod
    def _agency() -> Agency:
        actor = current.actor()
        if actor.agency_id is None:
            abort(404)
        return db.session().get_one(Agency, actor.agency_id)

    def _render(self, broken: RuleBroken | None = None) -> str:
        agency, actor, session = self._agency(), current.actor(), db.session()
        below = request.args.get("below", "")
        way = request.args.get("way", "")
        rows = bank_file_lists.listed(
            session, actor=actor, direction=way,
            below=int(below) if below.isdecimal() else None,
        )  # fmt: skip
        page: str = self.render_template(
            "desk/bank-files.html",
            title=gettext("Bank files"),
            rows=[_row(row) for row in rows[: bank_file_lists.PAGE]],
            after=_after(rows, way),
            chips=_chips(way),
            doubts=[_shown(file) for file in bank_file_lists.to_confirm(session, actor=actor)],
            waiting=[_waiting(file) for file in statements_aside.waiting(session, actor=actor)],
            by_file=agency.pays_by in FORMS,
            way=_ways().get(agency.pays_by, ""),
            limit=agency.batch_limit,
            folder=f"bank-files/{agency.code}",
            may_prepare=deeds.may("prepare", view="Payouts"),
            may_confirm=deeds.may("release", view="Payouts"),
            may_carry=deeds.may("prepare", "release", view="Payouts"),
            me=actor.user_id,
            problems=[(broken.field, _sentence(broken))] if broken else [],
        )
        return page


def _sentence(broken: RuleBroken) -> str:
    return _told(broken.code, broken.facts) or sentence(broken)


def _told(code: str, facts: Mapping[str, Any]) -> str:
    """Return the sentence of what is wrong with a file, or nothing."""
    if not code.startswith(OURS):
        return ""
    return render_template(f"messages/{code}.txt", **facts).strip()


def _note(file: BankFile) -> str:
    """Return why a file was refused, by the hall or in a person's words, or why it waits."""
    if file.problem == NEVER:
        return gettext("People settled a payment of it before it was out.")
    if file.kind == "statement" and file.confirmed_at and not (file.done_at or file.problem):
        return _waits_for(file)
    if file.kind != "refused":
        return file.problem
    try:
        said = json.loads(file.problem)
        return _told(said["code"], said)
    except (ValueError, KeyError):
        return ""


def _waits_for(file: BankFile) -> str:
    before = bank_arrivals.gap_before(db.session(), file)
    if before is None or before.on_date is None or before.closing is None:
        return file.problem
    return gettext(
        "It begins with another balance than %(day)s ended with (%(sum)s yuan): "
        "bring the statement between.",
        day=formats.day(before.on_date), sum=formats.money(before.closing),
    )  # fmt: skip


def _ways() -> dict[str, str]:
    return {
        "pain001": gettext("files of ISO 20022 (pain.001, pain.002, camt.053)"),
        "csv": gettext("tables (GB18030 csv)"),
    }


def _shown(file: BankFile) -> dict[str, Any]:
    kinds = {
        "order": gettext("Payments to the bank"),
        "answer": gettext("Answer file of the bank"),
        "statement": gettext("Statement of the bank"),
        "advice": gettext("Advice"),
        "refused": gettext("Could not be read"),
    }
    return {
        "id": file.id, "name": file.name, "kind": kinds.get(file.kind, file.kind),
        "rows": file.rows, "total": file.total, "by": gettext("the run") if file.actor_name == WORKER.name else cells.actor(file.actor_name),
        "by_id": file.actor_id, "at": file.at, "on_date": file.on_date, "sha": file.sha256,
        "size": file.size,
    }  # fmt: skip


def _waiting(file: BankFile) -> dict[str, Any]:
    return _shown(file) | {
        "aside_by": file.aside_by, "aside_name": file.aside_name,
        "aside_at": file.aside_at, "aside_why": file.aside_why,
    }  # fmt: skip


def _row(row: Listed) -> dict[str, Any]:
    file = row.file
    word, tone, icon = _state(file, row.answered)
    return _shown(file) | {
        "out": file.direction == "out",
        "state": {"word": word, "tone": tone, "icon": icon},
        "note": _note(file),
        "answered": row.answered if _is_under_way(file) else None,
    }


def _is_under_way(file: BankFile) -> bool:
    if file.direction == "out":
        return True
    return file.kind == "answer" and file.confirmed_at is not None


def _state(file: BankFile, answered: int) -> tuple[str, str, str]:
    if file.problem:
        return _put_aside(file), "stop", "circle-xmark"
    if file.direction == "out":
        return _state_out(file, answered)
    if file.confirmed_at is None:
        return gettext("waits for a second person"), "turn", "circle-exclamation"
    if file.done_at is None:
        waits = gettext("waits for its turn") if file.kind == "statement" else ""
        return waits or gettext("is worked in"), "office", "clock"
    return gettext("worked in"), "done", "circle-check"


def _put_aside(file: BankFile) -> str:
    if file.direction == "out":
        return gettext("never put out")
    return gettext("put aside") if file.confirmed_at else gettext("refused")


def _state_out(file: BankFile, answered: int) -> tuple[str, str, str]:
    if file.done_at is None:
        return gettext("being put out"), "office", "clock"
    if answered >= file.rows:
        return gettext("all answered"), "done", "circle-check"
    return gettext("waits for the bank"), "office", "clock"


def _chips(way: str) -> list[tuple[str, str, bool]]:
    here = "BankFileView.files"
    return [
        (gettext("All"), url_for(here), not way),
        (gettext("To the bank"), url_for(here, way="out"), way == "out"),
        (gettext("From the bank"), url_for(here, way="in"), way == "in"),
    ]


def _after(rows: list[Listed], way: str) -> str:
    if len(rows) <= bank_file_lists.PAGE:
        return ""
    last = rows[bank_file_lists.PAGE - 1].file.id
    return url_for("BankFileView.files", below=last, way=way or None)
