"""An application as a whole: list, start, progress, submit, take back."""

import sqlalchemy as sa
from flask import Response
from flask_appbuilder.api import BaseApi, expose, protect
from sqlalchemy.orm import Session

from app import current
from app.api import shown
from app.api.answers import answering, body
from app.api.schemas import (
    ApplicationSchema,
    ProblemsSchema,
    ProgressSchema,
    StartSchema,
    SubmitSchema,
)
from app.devices import address
from app.domain.errors import Invalid, NotAllowed
from app.domain.terms import Capacity
from app.extensions import db
from app.models import Account, Application
from app.repeating import begun, once
from app.services import applications

NEWEST = 50


def progress_of(api: BaseApi, pk: int, status: int) -> Response:
    """Answer with the application as it stands now."""
    session = db.session()
    row = applications.get_own(session, pk, actor=current.actor())
    shown_now = shown.progress(session, row, now=current.now())
    answer: Response = api.response(status, result=ProgressSchema().dump(shown_now))
    return answer


class ApplicationsApi(BaseApi):
    """The applications of the applicant who asks."""

    resource_name = "applications"
    version = "v1"
    class_permission_name = "Hall"
    method_permission_name = {
        "list_applications": "read",
        "progress": "read",
        "start": "apply",
        "submit": "apply",
        "cancel": "apply",
    }
    openapi_spec_tag = "Applications"
    openapi_spec_component_schemas = (
        ApplicationSchema,
        ProgressSchema,
        StartSchema,
        SubmitSchema,
        ProblemsSchema,
    )

    @expose("/", methods=["GET"])
    @protect()
    @answering
    def list_applications(self) -> Response:
        """My applications, newest first.

        ---
        get:
          responses:
            200:
              description: Applications
              content:
                application/json:
                  schema:
                    type: object
                    properties:
                      result:
                        type: array
                        items: {$ref: '#/components/schemas/Application'}
            401: {$ref: '#/components/responses/401'}
          security: [{jwt: []}]
        """
        rows = db.session.scalars(
            sa.select(Application)
            .where(Application.applicant_id == current.actor().applicant_id)
            .order_by(Application.id.desc())
            .limit(NEWEST)
        )
        result = [shown.summary(row) for row in rows]
        return self.response(200, result=ApplicationSchema(many=True).dump(result))

    @expose("/", methods=["POST"])
    @protect()
    @answering
    def start(self) -> Response:
        """Begin an application, or go on with the draft there is.

        ---
        post:
          parameters: [Key]
          requestBody:
            required: true
            content:
              application/json:
                schema: {$ref: '#/components/schemas/Start'}
          responses:
            201:
              description: The application
              content:
                application/json:
                  schema:
                    type: object
                    properties:
                      result: {$ref: '#/components/schemas/Progress'}
            401: {$ref: '#/components/responses/401'}
            404: {$ref: '#/components/responses/404'}
            422:
              description: What bars it, all at once
              content:
                application/json:
                  schema: {$ref: '#/components/schemas/Problems'}
          security: [{jwt: []}]
        """
        sent, actor, now = body(StartSchema), current.actor(), current.now()

        def deed(session: Session) -> str:
            account = session.get(Account, sent["account_id"])
            if account is None:
                raise NotAllowed("no such account", code="not_found")
            row = applications.start(
                session, account, reason_code=sent["reason_code"], closing=sent["closing"],
                capacity=Capacity.SELF, actor=actor, now=now, channel="api",
            )  # fmt: skip
            return str(row.id)

        return progress_of(self, int(begun(deed)), 201)

    @expose("/<int:pk>", methods=["GET"])
    @protect()
    @answering
    def progress(self, pk: int) -> Response:
        """One application: pages, papers, corrections, history.

        ---
        get:
          parameters:
            - {in: path, name: pk, required: true, schema: {type: integer}}
          responses:
            200:
              description: The application
              content:
                application/json:
                  schema:
                    type: object
                    properties:
                      result: {$ref: '#/components/schemas/Progress'}
            401: {$ref: '#/components/responses/401'}
            404: {$ref: '#/components/responses/404'}
          security: [{jwt: []}]
        """
        return progress_of(self, pk, 200)

    @expose("/<int:pk>/submit", methods=["POST"])
    @protect()
    @answering
    def submit(self, pk: int) -> Response:
        """Sign the commitment letter and submit.

        ---
        post:
          parameters:
            - {in: path, name: pk, required: true, schema: {type: integer}}
            - Key
          requestBody:
            required: true
            content:
              application/json:
                schema: {$ref: '#/components/schemas/Submit'}
          responses:
            200: {description: The application, submitted}
            401: {$ref: '#/components/responses/401'}
            404: {$ref: '#/components/responses/404'}
            409: {description: It was submitted already}
            422:
              description: Everything that is missing
              content:
                application/json:
                  schema: {$ref: '#/components/schemas/Problems'}
          security: [{jwt: []}]
        """
        sent, actor, now = body(SubmitSchema), current.actor(), current.now()
        if not sent["agree"]:
            raise Invalid(code="agree_missing", field="agree")

        def deed(session: Session) -> str:
            row = applications.get_own(session, pk, actor=actor)
            applications.submit(
                session, row, actor=actor, now=now,
                signature={"address": address(), "agent": "api"},
            )  # fmt: skip
            return str(pk)

        return progress_of(self, int(once(deed)), 200)

    @expose("/<int:pk>/cancel", methods=["POST"])
    @protect()
    @answering
    def cancel(self, pk: int) -> Response:
        """Take an application back.

        ---
        post:
          parameters:
            - {in: path, name: pk, required: true, schema: {type: integer}}
            - Key
          responses:
            200: {description: The application, taken back}
            401: {$ref: '#/components/responses/401'}
            404: {$ref: '#/components/responses/404'}
            409: {description: The office has taken it up}
          security: [{jwt: []}]
        """
        actor, now = current.actor(), current.now()

        def deed(session: Session) -> str:
            row = applications.get_own(session, pk, actor=actor)
            applications.cancel(session, row, actor=actor, now=now)
            return str(pk)

        return progress_of(self, int(once(deed)), 200)
