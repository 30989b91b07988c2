"""Log-in of phones and partners: the same door as the page, locks and devices included."""

from collections.abc import Mapping
from typing import Any

from flask import jsonify, request, url_for
from flask_appbuilder.api import BaseApi, expose, safe
from flask_appbuilder.security.sqla.models import User
from flask_jwt_extended import create_access_token, get_jwt, jwt_required

from app import current
from app.api.schemas import LoginSchema, TokenSchema
from app.devices import (
    DEVICE,
    Picture,
    address,
    bound_to_address,
    new_picture,
    open_here,
    people_rules,
    try_password,
    visit,
)  # fmt: skip
from app.display.sentences import sentence
from app.domain.errors import NotAllowed, RuleBroken
from app.services.entry import entering, second_factor, sessions
from app.services.entry.entering import Entry, Waits
from app.transaction import transaction


class SignInApi(BaseApi):
    """Tokens for an applicant or a member of staff."""

    resource_name = "security"
    version = "v1"
    openapi_spec_tag = "Security"
    openapi_spec_component_schemas = (LoginSchema, TokenSchema)

    @expose("/login", methods=["POST"])
    @safe
    def login(self) -> Any:
        """Log in.

        ---
        post:
          requestBody:
            required: true
            content:
              application/json:
                schema: {$ref: '#/components/schemas/Login'}
          responses:
            200:
              description: A token for the Authorization header
              content:
                application/json:
                  schema: {$ref: '#/components/schemas/Token'}
            400: {$ref: '#/components/responses/400'}
            401: {$ref: '#/components/responses/401'}
            403:
              description: >
                A picture code or a second factor is needed; for a picture, its token and
                where it is seen and heard
            429: {description: Too many wrong tries}
        """
        sent = request.get_json(silent=True)
        typed = read(sent) if isinstance(sent, dict) else {}
        if "username" not in typed or "password" not in typed:
            return self.response_400(message="username and password are needed")
        try:
            entry = enter(typed)
        except RuleBroken as refused:
            return refusal(refused)
        if entry is None:
            return self.response_401()
        claims = {DEVICE: entry.token}
        return self.response(
            200,
            access_token=create_access_token(str(entry.user_id), additional_claims=claims),
            device=entry.device,
        )

    @expose("/logout", methods=["POST"])
    @jwt_required()
    @safe
    def logout(self) -> Any:
        """End the token.

        ---
        post:
          responses:
            200: {description: The token is of no use any more}
            401: {$ref: '#/components/responses/401'}
          security:
            - jwt: []
        """
        actor, now, token = current.actor(), current.now(), get_jwt()[DEVICE]
        with transaction() as writing:
            sessions.close_session(writing, token, actor=actor, now=now)
        return self.response(200, message="logged out")


def read(sent: Mapping[str, Any]) -> dict[str, str]:
    """Return the texts that were sent; halves of signs and NUL, which nothing holds, become ?."""
    return {
        name: value.encode(errors="replace").decode().replace("\0", "?")
        for name, value in sent.items()
        if isinstance(value, str)
    }


def enter(typed: Mapping[str, str]) -> Entry | None:
    """Return a new device; None for a wrong name or password. Raises ``RuleBroken``."""
    answer = Picture(
        typed.get("picture_token", ""), typed.get("picture", ""), bound_to_address()
    )
    user_id = try_password(typed["username"], typed["password"], answer)
    if user_id is None:
        return None
    with transaction() as writing:
        entry = open_here(writing, writing.get_one(User, user_id), how="api")
    if entry.waits_for is Waits.ENROLMENT:
        raise NotAllowed("no second factor yet", code="factor_missing", field="factor")
    return pass_factor(entry, typed.get("factor", "")) if entry.waits_for else entry


def pass_factor(entry: Entry, code: str) -> Entry:
    """Use the code of the second factor and sign the device in; raises what is wrong with it."""
    if not code:
        raise NotAllowed("a code is needed", code="factor_needed", field="factor")
    now, rules = current.now(), people_rules()
    with transaction() as writing:
        problem = second_factor.check(
            writing, entry.user_id, code, now=now, address=address(), rules=rules
        )
    if problem is not None:
        raise problem
    with transaction() as writing:
        half = sessions.find_half_way(writing, entry.token, now=now, rules=rules)
        if half is None:
            raise NotAllowed("used meanwhile", code="factor_needed", field="factor")
        return entering.pass_factor(writing, half, visit=visit(), now=now)


def refusal(broken: RuleBroken) -> Any:
    """Return why nobody came in; for a picture code, where it is seen and heard."""
    status = 429 if broken.code.endswith("_locked") else 403
    answer = {
        "message": broken.code,
        "problems": [{"code": broken.code, "field": broken.field, "message": sentence(broken)}],
        **broken.facts,
    }
    if broken.field == "picture":
        token = new_picture(bound_to_address())
        answer["picture"] = {
            "token": token,
            "image": url_for("PictureCodeView.image", token=token),
            "sound": url_for("PictureCodeView.sound", token=token),
        }
    return jsonify(answer), status
