"""What stands before and after every page: request number, headers, error pages."""

import logging
import secrets
import uuid
from contextlib import suppress
from http import HTTPStatus
from typing import Any

from flask import (
    Flask,
    Response,
    current_app,
    g,
    jsonify,
    redirect,
    render_template,
    request,
)  # fmt: skip
from sqlalchemy.exc import DataError, SQLAlchemyError
from werkzeug.exceptions import BadRequest, HTTPException, NotFound
from werkzeug.wrappers import Response as AnyResponse

from app import denials, gatebook
from app.display.addresses import page_of
from app.display.last_page import last_page
from app.extensions import db

logger = logging.getLogger(__name__)

Answer = tuple[str | Response, int]

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": (
        "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), "
        "magnetometer=(), microphone=(), midi=(), payment=(), serial=(), usb=()"
    ),
}
POLICY = (
    "default-src 'self'; script-src 'self' 'nonce-{nonce}'; style-src 'self'; "
    "img-src 'self' data: blob:; worker-src 'self'; manifest-src 'self'; object-src 'none'; base-uri 'none'; "
    f"form-action 'self'; frame-ancestors 'none'; report-uri {gatebook.REPORTS}"
)
ONLY_TLS = "max-age=63072000; includeSubDomains"
"""Two years; sent in production alone, where the hall stands behind TLS."""

PUBLIC_FILES = ("static", "appbuilder.static", "InstalledView.manifest")
"""What holds nothing personal and may be kept by browsers and proxies."""


def init_app(app: Flask) -> None:
    """Put the gate around the application."""
    app.before_request(number_request)
    app.after_request(add_headers)
    app.jinja_env.globals["csp_nonce"] = nonce  # FAB imports its macros without context
    app.register_error_handler(HTTPException, refused)
    app.register_error_handler(DataError, unfit)
    app.register_error_handler(OverflowError, unfit)
    app.register_error_handler(Exception, failed)
    gatebook.init_app(app)


def number_request() -> None:
    """Give the request the number that logs, audit and error pages share."""
    g.request_id = uuid.uuid4().hex[:12].upper()


def nonce() -> str:
    """Return the request's nonce for scripts."""
    if "nonce" not in g:
        g.nonce = secrets.token_urlsafe(16)
    made: str = g.nonce
    return made


def headers(app: Flask) -> dict[str, str]:
    """Return what every answer says, those with static files too."""
    if app.config["ANJU_PRODUCTION"]:
        return HEADERS | {"Strict-Transport-Security": ONLY_TLS}
    return HEADERS


def add_headers(response: Response) -> Response:
    """Add the security headers; pages are never cached, static files are."""
    for name, value in headers(current_app).items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Content-Security-Policy", POLICY.format(nonce=nonce()))
    if request.endpoint not in PUBLIC_FILES and not response.cache_control.no_store:
        response.headers["Cache-Control"] = "no-store"
    if response.status_code == HTTPStatus.FORBIDDEN:
        denials.write_page(response)
    return response


def refused(error: HTTPException) -> Answer | HTTPException | AnyResponse:
    """Show the page of a refused request: not found, not allowed, too large, form expired.

    Opening an address that only takes a form leads to the page the form stands on.
    """
    if error.code is None or error.code < HTTPStatus.BAD_REQUEST:
        return error
    denials.write_for(error)
    if request.path.startswith("/api/"):
        return jsonify(message=error.name, number=g.get("request_id")), error.code
    if error.code == HTTPStatus.METHOD_NOT_ALLOWED and request.method == "GET":
        return redirect(page_of(request.path))
    return shown("errors/page.html", error=error), error.code


def unfit(error: Exception) -> Answer | HTTPException | AnyResponse:
    """Answer a sign or a number that no column holds: there is no such page, or no such form."""
    logger.warning("request %s does not fit: %s", g.get("request_id"), type(error).__name__)
    db.session.rollback()
    return refused(NotFound() if request.method == "GET" else BadRequest())


def failed(error: Exception) -> Answer:
    """Show a number to quote and write it to the log with the fault."""
    number = g.get("request_id")
    logger.exception("request %s failed", number, exc_info=error)
    if request.path.startswith("/api/"):
        return jsonify(message="Internal error", number=number), 500
    return shown("errors/fault.html", number=number), 500


def shown(template: str, **values: Any) -> str:
    """Return an error's page, or one that needs neither database nor frame when those fail."""
    try:
        return render_template(template, **values)
    except Exception:
        logger.exception("the page of an error could not be shown")
        with suppress(SQLAlchemyError):
            db.session.rollback()
        return last_page(g.get("request_id", ""))
