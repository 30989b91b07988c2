"""The log of every process in one form: a JSON line an event, masked, safe to read.

In development, on a terminal, the same events are lines for people. What a library writes goes
the same way. No event holds a name, a number of a person, or an address with its values: the
patterns below are the last net under code that keeps to that.
"""

import logging
import re
import sys
import time
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TextIO

import sqlalchemy as sa
import structlog
from flask import Flask, Response, g, has_request_context, request, session
from gunicorn.glogging import Logger as GunicornLogger
from sqlalchemy.engine import ExceptionContext

from app.extensions import db

Event = MutableMapping[str, Any]
logger = logging.getLogger("app.requests")

QUIET = (
    "alembic",
    "apscheduler",
    "flask_appbuilder",
    "fontTools",
    "PIL",
    "werkzeug",
    "urllib3",
)
"""Libraries that tell of every step; their warnings are kept."""

_job: ContextVar[str] = ContextVar("job", default="")

_IS = r"[\"']?\s*(?:[:=：]|is|是|为)\s*[\"']?"
MASKS = (
    (re.compile(r"\beyJ[\w-]+\.[\w-]+\.[\w-]*"), "[token]"),
    (re.compile(r"(?<![\w-])[\w-]{43,}(?![\w-])"), "[token]"),
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]{8,}"), r"\1 [token]"),
    (
        re.compile(
            rf"(?i)((?:pass(?:word|wd)?|secret|token|密码|口令){_IS})[^\s\"',;，。]{{4,}}"
        ),
        r"\1***",
    ),
    (re.compile(rf"(?i)((?:code|otp|验证码){_IS})\d{{4,8}}\b"), r"\1***"),
    (re.compile(r"(?<![0-9A-Za-z])\d{17}[\dXx](?![0-9A-Za-z])"), "[id number]"),
    (re.compile(r"(?<![0-9A-Za-z])\d{15}(?![0-9A-Za-z])"), "[id number]"),
    (re.compile(r"(?<![0-9A-Za-z])(?:\d[ -]?){15,18}\d(?![0-9A-Za-z])"), "[card]"),
    (re.compile(r"(?<![0-9A-Za-z])(?:\+?86[ -]?)?1[3-9]\d{9}(?![0-9A-Za-z])"), "[mobile]"),
    (re.compile(r"(?<![0-9A-Za-z])[HMhm]\d{8}(?:\d{2})?(?![0-9A-Za-z])"), "[id number]"),
    (re.compile(r"(?<![0-9A-Za-z])[A-Z]{1,2}\d{7,8}(?![0-9A-Za-z])"), "[id number]"),
)
"""What looks like a number of a person or a secret, and what stands in its place."""

SECRET_NAMES = frozenset(
    {"password", "token", "code", "secret", "authorization", "cookie", "mobile", "id_number"}
)
DETAIL = re.compile(
    r"\n?(?:DETAIL|HINT|CONTEXT):.*?(?=\n\[SQL|\n\(Background|\n\n|\Z)", re.DOTALL
)
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def init_app(app: Flask) -> None:
    """Write one line a request, and keep the values of rows out of faults of the database."""
    app.before_request(begin)
    app.after_request(tell)
    sa.event.listen(db.engine, "handle_error", hide_values)
    if not app.config["TESTING"]:
        configure(app.config["ANJU_LOG"])


def configure(form: str, stream: TextIO | None = None) -> logging.Handler:
    """Send every log of this process to ``stream`` (stderr) as ``json`` or ``text``."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter(form))
    root = logging.getLogger()
    for old in [one for one in root.handlers if getattr(one, "is_of_the_hall", False)]:
        root.removeHandler(old)
    vars(handler)["is_of_the_hall"] = True
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    return handler


def formatter(form: str) -> logging.Formatter:
    """Return what turns a record into a line."""
    last: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False, sort_keys=True)
        if form == "json"
        else structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(),
            pad_event_to=0,
            exception_formatter=structlog.dev.plain_traceback,
        )
    )
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.ExtraAdder(),
            structlog.processors.TimeStamper(fmt="iso", utc=True),
        ],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            add_place,
            structlog.processors.format_exc_info,
            clean,
            last,
        ],
    )


def add_place(_logger: Any, _method: str, event: Event) -> Event:
    """Say in which request, at which route, for which user or in which job it happened."""
    if has_request_context():
        event.setdefault("request", g.get("request_id", ""))
        event.setdefault("method", request.method)
        event.setdefault("route", str(request.url_rule or "none"))
        actor = g.get("actor")
        event.setdefault("user", actor.user_id if actor else session.get("_user_id"))
    if job := _job.get():
        event.setdefault("job", job)
    return event


def clean(_logger: Any, _method: str, event: Event) -> Event:
    """Mask what looks personal or secret, and make every sign visible that could forge a line."""
    for name, value in list(event.items()):
        if name.lower() in SECRET_NAMES:
            event[name] = "***"
        elif isinstance(value, str):
            event[name] = safe(value, lines=name == "exception")
        elif not isinstance(value, int | float | type(None)):
            event[name] = safe(str(value))
    return event


def safe(text: str, *, lines: bool = False) -> str:
    """Return a text as a log may hold it: masked, and on one line unless ``lines``."""
    masked = DETAIL.sub("", text)
    for pattern, instead in MASKS:
        masked = pattern.sub(instead, masked)
    shown = CONTROL.sub(lambda sign: f"\\u{ord(sign[0]):04x}", masked)
    return shown if lines else shown.replace("\n", "\\n").replace("\t", "\\t")


def begin() -> None:
    """Remember when the request came."""
    g.began = time.perf_counter()


def tell(response: Response) -> Response:
    """Write that a request was answered: route, status, how long; never its values."""
    if logger.isEnabledFor(logging.INFO) and not (request.endpoint or "").endswith("static"):
        took = (time.perf_counter() - g.get("began", time.perf_counter())) * 1000
        logger.info("request", extra={"status": response.status_code, "ms": round(took, 1)})
    return response


@contextmanager
def in_job(name: str) -> Iterator[None]:
    """Name the job in every event that happens within."""
    token = _job.set(name)
    try:
        yield
    finally:
        _job.reset(token)


def hide_values(context: ExceptionContext) -> None:
    """Take out of a fault what PostgreSQL tells of the row: its values are of people."""
    for fault in (context.original_exception, context.sqlalchemy_exception):
        if fault is not None and fault.args and isinstance(fault.args[0], str):
            fault.args = (DETAIL.sub("", fault.args[0]), *fault.args[1:])


class WebServerLog(GunicornLogger):
    """gunicorn's own log, sent the way of all others; it writes no line a request."""

    def setup(self, cfg: Any) -> None:
        """Let what gunicorn says go to the log of the hall."""
        super().setup(cfg)
        self.error_log.handlers.clear()
        self.error_log.propagate = True
