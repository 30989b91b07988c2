"""The steps of an application: answers of a page, the house, the papers."""

from flask import Response, request
from flask_appbuilder.api import BaseApi, expose, protect

from app import current, outside
from app.api.answers import answering, body
from app.api.applications import progress_of
from app.api.schemas import HouseSchema, StepSchema
from app.devices import address
from app.domain.errors import IllegalMove, Invalid, NotAllowed
from app.domain.page_words import Page
from app.extensions import db
from app.services import applications, uploads
from app.services.applying import answers, houses, wizard
from app.transaction import transaction


class StepsApi(BaseApi):
    """What is filled in, looked up and uploaded before an application is submitted."""

    route_base = "/api/v1/applications"
    version = "v1"
    class_permission_name = "Hall"
    method_permission_name = {"save_step": "apply", "look_up_house": "apply", "upload": "apply"}
    openapi_spec_tag = "Steps"
    openapi_spec_component_schemas = (StepSchema, HouseSchema)

    @expose("/<int:pk>/steps/<string:page>", methods=["PUT"])
    @protect()
    @answering
    def save_step(self, pk: int, page: str) -> Response:
        """Save the answers of one page; every problem is told at once.

        ---
        put:
          parameters:
            - {in: path, name: pk, required: true, schema: {type: integer}}
            - {in: path, name: page, required: true, schema: {type: string}}
          requestBody:
            required: true
            content:
              application/json:
                schema: {$ref: '#/components/schemas/Step'}
          responses:
            200: {description: Saved}
            401: {$ref: '#/components/responses/401'}
            403: {description: A card that is not on file needs a log-in of the last ten minutes}
            404: {$ref: '#/components/responses/404'}
            409: {description: The application is with the office}
            422:
              description: What is wrong
              content:
                application/json:
                  schema: {$ref: '#/components/schemas/Problems'}
          security: [{jwt: []}]
        """
        sent, actor, now = body(StepSchema), current.actor(), current.now()
        if page not in set(Page):
            raise NotAllowed("no such page", code="not_found")
        with transaction() as session:
            row = applications.get_own(session, pk, actor=actor)
            if Page(page) not in wizard.pages_of(session, row, now=now):
                raise IllegalMove("the page is not open", code="not_open_for_you")
            typed = sent["answers"] | {"_address": address(), "_agent": "api"}
            answers.save_page(
                session, row, Page(page), typed, actor=actor, now=now,
                card_check=outside.card_check(),
            )  # fmt: skip
        return progress_of(self, pk, 200)

    @expose("/<int:pk>/house", methods=["PUT"])
    @protect()
    @answering
    def look_up_house(self, pk: int) -> Response:
        """Look a house up by its filed contract or deed file number.

        ---
        put:
          parameters:
            - {in: path, name: pk, required: true, schema: {type: integer}}
          requestBody:
            required: true
            content:
              application/json:
                schema: {$ref: '#/components/schemas/House'}
          responses:
            200: {description: The house as it is shown back}
            401: {$ref: '#/components/responses/401'}
            404: {$ref: '#/components/responses/404'}
            422:
              description: Why the house is refused
              content:
                application/json:
                  schema: {$ref: '#/components/schemas/Problems'}
          security: [{jwt: []}]
        """
        sent, actor, now = body(HouseSchema), current.actor(), current.now()
        with transaction() as session:
            row = applications.get_own(session, pk, actor=actor)
            houses.look_up(
                session, row, lookup_by=sent["lookup_by"], number=sent["number"],
                registry=outside.registry(), actor=actor, now=now,
            )  # fmt: skip
        return progress_of(self, pk, 200)

    @expose("/<int:pk>/materials/<string:code>", methods=["POST"])
    @protect()
    @answering
    def upload(self, pk: int, code: str) -> Response:
        """Upload one file of a paper (multipart field ``file``).

        ---
        post:
          parameters:
            - {in: path, name: pk, required: true, schema: {type: integer}}
            - {in: path, name: code, required: true, schema: {type: string}}
          requestBody:
            required: true
            content:
              multipart/form-data:
                schema:
                  type: object
                  required: [file]
                  properties:
                    file: {type: string, format: binary}
          responses:
            200: {description: The application with its papers}
            401: {$ref: '#/components/responses/401'}
            404: {$ref: '#/components/responses/404'}
            409: {description: The paper is not open for change}
            422:
              description: Why the file is refused
              content:
                application/json:
                  schema: {$ref: '#/components/schemas/Problems'}
          security: [{jwt: []}]
        """
        actor, now, sent = current.actor(), current.now(), request.files.get("file")
        if sent is None:
            raise Invalid(code="file_missing", field="file")
        row = applications.get_own(db.session(), pk, actor=actor)
        paper = uploads.material_type_of(db.session(), row, code, now=now)
        name = sent.filename or ""
        pages = uploads.scanned(paper, sent.read(), name, antivirus=outside.antivirus())
        with transaction() as session:
            row = applications.get_own(session, pk, actor=actor)
            paper = uploads.material_type_of(session, row, code, now=now)
            uploads.add_pages(
                session, row, paper, pages, filename=name, storage=outside.storage(),
                actor=actor, now=now,
            )  # fmt: skip
        return progress_of(self, pk, 200)
