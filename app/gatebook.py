"""What browsers would not let a page do: counted by the directive, never by what is said."""

import logging
import re
import time
from collections import deque
from threading import Lock
from typing import Any

from flask import Flask, request

from app.extensions import csrf
from app.services.records import numbering
from app.transaction import transaction

logger = logging.getLogger(__name__)

REPORTS = "/csp-report"
LARGEST_REPORT = 8 * 1024
MOST_A_MINUTE = 20
MINUTE = 60
DIRECTIVE = re.compile(r"[a-z]{3,12}-src(-[a-z]{3,5})?|frame-ancestors|form-action|base-uri")

_lately: deque[float] = deque(maxlen=MOST_A_MINUTE)
_lock = Lock()


def init_app(app: Flask) -> None:
    """Take browsers' reports of broken content policy."""
    csrf.exempt(take_report)
    app.add_url_rule(REPORTS, "csp_report", take_report, methods=["POST"])


def take_report() -> tuple[str, int]:
    """Count a browser's report by its directive; a flood of them, or of bytes, is dropped."""
    if (request.content_length or LARGEST_REPORT + 1) > LARGEST_REPORT:
        return "", 413
    if _has_room():
        directive = directive_of(request.get_json(force=True, silent=True))
        logger.warning("content policy broken: %s", directive)
        with transaction() as session:
            numbering.next_value(session, f"csp:{directive}")
    return "", 204


def directive_of(report: Any) -> str:
    """Return which rule of the policy was broken; anything else a stranger sends is ``other``."""
    body = report.get("csp-report") if isinstance(report, dict) else None
    if not isinstance(body, dict):
        return "other"
    said = body.get("effective-directive") or body.get("violated-directive")
    return said if isinstance(said, str) and DIRECTIVE.fullmatch(said) else "other"


def _has_room() -> bool:
    """Tell whether fewer reports than the limit came to this process in the last minute."""
    now = time.monotonic()
    with _lock:
        if len(_lately) == MOST_A_MINUTE and now - _lately[0] < MINUTE:
            return False
        _lately.append(now)
        return True
