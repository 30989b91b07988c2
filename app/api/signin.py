"""Log-in of phones and partners: the same door as the page, locks and devices included."""

from typing import Any

from flask import g, request
from flask_appbuilder.api import BaseApi, expose, safe
from flask_jwt_extended import create_access_token, get_jwt, jwt_required

from app import current
from app.devices import DEVICE, address, people_rules
from app.domain.errors import NotAllowed
from app.services import sessions, signin
from app.transaction import transaction


class SignInApi(BaseApi):
    """Tokens for an applicant or a member of staff."""

    resource_name = "security"
    version = "v1"
    openapi_spec_tag = "Security"

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
                schema:
                  type: object
                  required: [username, password]
                  properties:
                    username: {type: string}
                    password: {type: string}
          responses:
            200:
              description: A token for the Authorization header
              content:
                application/json:
                  schema:
                    type: object
                    properties:
                      access_token: {type: string}
            400: {$ref: '#/components/responses/400'}
            401: {$ref: '#/components/responses/401'}
            429: {description: Too many wrong tries}
        """
        typed = request.get_json(silent=True)
        typed = typed if isinstance(typed, dict) else {}
        login, password = typed.get("username"), typed.get("password")
        if not (isinstance(login, str) and isinstance(password, str)):
            return self.response_400(message="username and password are needed")
        try:
            user_id, token = enter(login, password)
        except NotAllowed as locked:
            return self.response(429, message=locked.code, **locked.facts)
        if not token:
            return self.response_401()
        claims = {DEVICE: token}
        return self.response(
            200, access_token=create_access_token(str(user_id), additional_claims=claims)
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


def enter(login: str, password: str) -> tuple[int, str]:
    """Return the user and the secret of a new device; the secret is empty for a wrong try."""
    now, rules = current.now(), people_rules()
    with transaction() as writing:
        user = signin.authenticate(
            writing, login, password, now=now, address=address(), request_id=g.request_id,
            rules=rules,
        )  # fmt: skip
        if user is None:
            return 0, ""
        token = sessions.open_session(writing, user.id, now=now, address=address(), agent="api")
        return user.id, token
