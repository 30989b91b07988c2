"""Addresses that only take forms, and the page that each of them belongs to."""

from flask import current_app
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect


def page_of(path: str) -> str:
    """Return the address itself when it shows a page, else the nearest one above it that does.

    A browser that opens again what it had sent a form to finds its page in this way.
    """
    adapter = current_app.url_map.bind("localhost")
    while path.rstrip("/"):
        try:
            adapter.match(path, method="GET")
        except RequestRedirect:
            return path
        except HTTPException:
            path = path.rstrip("/").rpartition("/")[0] + "/"
        else:
            return path
    return "/"
