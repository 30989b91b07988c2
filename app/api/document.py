"""The OpenAPI description of the interface."""

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from flask import Response, current_app, jsonify, request
from flask_appbuilder.api import BaseApi, expose
from flask_appbuilder.api.manager import resolver

from app.repeating import HEADER
from app.services.records.repeats import LONGEST_KEY


class DocumentApi(BaseApi):
    """Where partners read what the interface takes and gives."""

    route_base = "/api/v1"
    version = "document"

    @expose("/openapi.json", methods=["GET"])
    def describe(self) -> Response:
        """Return the description of version 1."""
        spec = APISpec(
            title="Anju",
            version="v1",
            openapi_version="3.0.2",
            info={"description": "Withdrawals of the housing fund and the housing subsidy"},
            plugins=[MarshmallowPlugin(schema_name_resolver=resolver)],
            servers=[{"url": request.host_url}],
        )
        spec.components.security_scheme(
            "jwt", {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
        )
        spec.components.parameter(
            "Key", "header",
            {
                "name": HEADER, "schema": {"type": "string", "maxLength": LONGEST_KEY},
                "description": "Made by the caller for one deed: sent again, it is done once "
                "and answered alike.",
            },
        )  # fmt: skip
        for api in current_app.extensions["appbuilder"].baseviews:
            if isinstance(api, BaseApi) and api.version == "v1":
                api.add_api_spec(spec)
        return jsonify(spec.to_dict())
