"""What an applicant has: accounts with the reasons on offer."""

import sqlalchemy as sa
from flask import Response
from flask_appbuilder.api import BaseApi, expose, protect

from app import current
from app.api import shown
from app.api.answers import answering
from app.api.schemas import AccountSchema
from app.extensions import db
from app.models import Account


class AccountsApi(BaseApi):
    """The accounts of the applicant who asks."""

    resource_name = "accounts"
    version = "v1"
    class_permission_name = "Hall"
    method_permission_name = {"accounts": "read"}
    openapi_spec_tag = "Accounts"
    openapi_spec_component_schemas = (AccountSchema,)

    @expose("/", methods=["GET"])
    @protect()
    @answering
    def accounts(self) -> Response:
        """My accounts with the reasons on offer.

        ---
        get:
          responses:
            200:
              description: Accounts
              content:
                application/json:
                  schema:
                    type: object
                    properties:
                      result:
                        type: array
                        items: {$ref: '#/components/schemas/Account'}
            401: {$ref: '#/components/responses/401'}
          security: [{jwt: []}]
        """
        actor, now = current.actor(), current.now()
        rows = db.session.scalars(
            sa.select(Account).where(Account.applicant_id == actor.applicant_id)
        )
        result = [shown.account(db.session(), row, now=now) for row in rows]
        return self.response(200, result=AccountSchema(many=True).dump(result))
