"""Asking again who somebody is, before a deed that needs a fresh proof; then the deed goes on.

A service raises ``ProofNeeded``; whatever page it was, the answer is one form that asks and
carries what was typed. When the proof is right the browser sends the same form on to the deed.
"""

from http import HTTPStatus

import sqlalchemy as sa
from flask import Flask, Response, jsonify, redirect, render_template, request, session
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import no_cache
from flask_appbuilder.security.sqla.models import User
from flask_login import login_required
from werkzeug.wrappers import Response as AnyResponse

from app import current, outside, sealing
from app.devices import DEVICE, address, people_rules, same_password
from app.display.sentences import sentence
from app.domain import masking
from app.domain.errors import Invalid, ProofNeeded, RuleBroken
from app.extensions import db
from app.jobs import notices as outbox
from app.models import Applicant
from app.navigation import chosen_agency, local_path
from app.services.entry import entering, proofs, second_factor
from app.services.people import codes
from app.services.people.codes import Purpose
from app.transaction import transaction

OWN = "again_"
"""Begins the names of this page's own fields; all others are the deed's and are carried on."""

CODE = "again_code"
"""Key of the cookie under which the request for a text message is kept."""

Problems = list[tuple[str, str]]


def init_app(app: Flask) -> None:
    """Answer every deed that needs a fresh proof with the page that asks for it."""
    app.register_error_handler(ProofNeeded, ask)


def ask(needed: ProofNeeded) -> tuple[str | Response, int]:
    """Ask for the proof in place of the deed's page, or tell the interface that it is needed."""
    if request.path.startswith("/api/"):
        said = render_template(f"messages/{needed.code}.txt").strip()
        return jsonify(problems=[{"code": needed.code, "field": "", "message": said}]), 403
    secret = any("password" in name for name in request.form)
    by_post = request.method == "POST" and not secret
    target = local_path(request.full_path.rstrip("?"))
    return page(target=target, sms=needed.sms, by_post=by_post), HTTPStatus.FORBIDDEN


class AgainView(BaseView):
    """The proof itself: password, code of the phone, text message, as far as they apply."""

    route_base = "/again"
    default_view = "index"

    @expose("/", methods=["GET", "POST"])
    @no_cache
    @login_required
    def index(self) -> AnyResponse | str:
        """Ask for the proof; when it is right, go on to the deed with what was typed."""
        target = local_path(request.values.get("again_to", "/"))
        sms, by_post = "again_sms" in request.values, "again_post" in request.form
        if request.method == "GET":
            return page(target=target, sms=sms, by_post=False)
        problems = prove(sms=sms)
        if problems:
            return page(target=target, sms=sms, by_post=by_post, problems=problems)
        return redirect(target, 307 if by_post else 303)

    @expose("/code/", methods=["POST"])
    @no_cache
    @login_required
    def code(self) -> AnyResponse | str:
        """Send a code to the mobile on file."""
        problem = send_code()
        if request.accept_mimetypes.best == "application/json":
            said = render_template("messages/code_sent.txt").strip()
            return jsonify(problem=problem) if problem else jsonify(token=True, message=said)
        return page(
            target=local_path(request.form.get("again_to", "/")), sms=True,
            by_post="again_post" in request.form, sent=not problem,
            problems=[("code", problem)] if problem else [],
        )  # fmt: skip


def page(
    *,
    target: str,
    sms: bool,
    by_post: bool,
    sent: bool = False,
    problems: Problems | None = None,
) -> str:
    """Return the page that asks; what the deed was sent comes along, but for passwords."""
    who, user = current.actor(), _user()
    applicant = current.applicant()
    return render_template(
        "hall/again.html",
        name=who.name,
        target=target,
        by_post=by_post,
        carried=[
            (name, value)
            for name, value in request.form.items(multi=True)
            if not name.startswith(OWN) and name != "csrf_token" and "password" not in name
        ],
        asks_password=bool(user.password),
        asks_factor=second_factor.is_enrolled(db.session(), user.id),
        asks_code=_asks_code(user, sms=sms),
        sms=sms,
        sent=sent,
        mobile=masking.mask_mobile(applicant.mobile or "") if applicant else "",
        problems=problems or [],
        errors=dict(problems or []),
    )


def prove(*, sms: bool) -> Problems:
    """Check every part of the proof and keep it with the device, or return what is wrong."""
    user, actor, now = _user(), current.actor(), current.now()
    with_code = _asks_code(user, sms=sms)
    checks = [_try_password] if user.password else []
    checks += [_try_factor] if second_factor.is_enrolled(db.session(), user.id) else []
    checks += [_try_code] if with_code else []
    for check in checks:
        problem = check(user.id)
        if problem is not None:
            return [(problem.field, sentence(problem))]
    with transaction() as writing:
        proofs.keep(writing, session[DEVICE], sms=with_code, actor=actor, now=now)
    session.pop(CODE, None)
    return []


def send_code() -> str:
    """Send a code to the mobile on file; return what forbids it, or nothing."""
    applicant, actor, now = current.applicant(), current.actor(), current.now()
    if applicant is None or not applicant.mobile:
        return sentence(Invalid(code="mobile_format"))
    mobile, agency_id = applicant.mobile, _agency_id(applicant)
    try:
        with transaction() as writing:
            token = codes.send_code(
                writing, purpose=Purpose.PROVE, mobile=mobile, agency_id=agency_id,
                actor=actor, now=now, rules=people_rules(),
            )  # fmt: skip
    except RuleBroken as broken:
        return sentence(broken)
    session[CODE] = token
    outbox.send_now(outside.sms(), codes.reference(token), now=now)
    return ""


def _try_password(user_id: int) -> RuleBroken | None:
    try:
        right = same_password(user_id, request.form.get("again_password", ""))
    except RuleBroken as locked:
        return locked
    return None if right else Invalid(field="again_password", code="password_wrong")


def _try_factor(user_id: int) -> RuleBroken | None:
    with transaction() as writing:
        problem = second_factor.check(
            writing, user_id, request.form.get("again_factor", ""), now=current.now(),
            address=address(), rules=people_rules(),
        )  # fmt: skip
    if problem is not None:
        problem.field = "again_factor"
    return problem


def _try_code(user_id: int) -> RuleBroken | None:
    applicant, now = (
        db.session.scalar(sa.select(Applicant).filter_by(user_id=user_id)),
        current.now(),
    )
    token, typed = session.get(CODE, ""), request.form.get("again_code", "")
    if applicant is None or not token or not typed.strip():
        return Invalid(field="code", code="code_missing")
    bound = sealing.index_of(applicant.mobile or "")
    try:
        with transaction() as writing:
            problem = codes.check_code(
                writing, token, typed, purpose=Purpose.PROVE, mobile_index=bound, now=now,
                rules=people_rules(),
            )  # fmt: skip
            if problem is None:
                codes.use_code(
                    writing, token, typed, purpose=Purpose.PROVE, mobile_index=bound, now=now
                )
    except RuleBroken as used:
        return used
    return problem


def _asks_code(user: User, *, sms: bool) -> bool:
    """Tell whether a text message is part of the proof: also for who has no password here."""
    return current.actor().applicant_id is not None and (sms or not user.password)


def _user() -> User:
    return db.session.get_one(User, current.actor().user_id)


def _agency_id(applicant: Applicant) -> int:
    chosen = chosen_agency()
    found = chosen.id if chosen else entering.agency_of(db.session(), applicant)
    assert found is not None, "a hall has an agency"
    return found
