"""What stands before and after every page: request number, headers, error pages."""

import logging
import secrets
import uuid
from http import HTTPStatus

from flask import Flask, Response, g, jsonify, redirect, render_template, request
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from app.display.addresses import page_of

logger = logging.getLogger(__name__)

Answer = tuple[str | Response, int]

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(), microphone=()",
}
POLICY = (
    "default-src 'self'; script-src 'self' 'nonce-{nonce}'; style-src 'self'; "
    "img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)


def init_app(app: Flask) -> None:
    """Put the gate around the application."""
    app.before_request(number_request)
    app.after_request(add_headers)
    app.jinja_env.globals["csp_nonce"] = nonce  # FAB imports its macros without context
    app.register_error_handler(HTTPException, refused)
    app.register_error_handler(Exception, failed)


def number_request() -> None:
    """Give the request the number that logs, audit and error pages share."""
    g.request_id = uuid.uuid4().hex[:12].upper()


def nonce() -> str:
    """Return the request's nonce for scripts."""
    if "nonce" not in g:
        g.nonce = secrets.token_urlsafe(16)
    made: str = g.nonce
    return made


def add_headers(response: Response) -> Response:
    """Add the security headers; pages are never cached, static files are."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Content-Security-Policy", POLICY.format(nonce=nonce()))
    if request.endpoint not in ("static", "appbuilder.static"):
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def refused(error: HTTPException) -> Answer | HTTPException | AnyResponse:
    """Show the page of a refused request: not found, not allowed, too large, form expired.

    Opening an address that only takes a form leads to the page the form stands on.
    """
    if error.code is None or error.code < HTTPStatus.BAD_REQUEST:
        return error
    if request.path.startswith("/api/"):
        return jsonify(message=error.name, number=g.get("request_id")), error.code
    if error.code == HTTPStatus.METHOD_NOT_ALLOWED and request.method == "GET":
        return redirect(page_of(request.path))
    return render_template("errors/page.html", error=error), error.code


def failed(error: Exception) -> Answer:
    """Show a number to quote and write it to the log with the fault."""
    number = g.get("request_id")
    logger.exception("request %s failed", number, exc_info=error)
    if request.path.startswith("/api/"):
        return jsonify(message="Internal error", number=number), 500
    return render_template("errors/fault.html", number=number), 500
