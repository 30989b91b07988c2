"""Where the WeChat platform hands over what followers of an account write and do (接入指南)."""

import datetime as dt
import logging
import secrets
import threading
from collections import OrderedDict

from flask import abort, current_app, redirect, request, url_for
from flask_appbuilder import BaseView, expose
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response

from app import current, navigation, outside
from app.extensions import csrf, db
from app.gateways.wechat import CryptFailed, MessageCrypt, WechatAccount
from app.gateways.wechat.messages import (
    MOST_BYTES,
    Incoming,
    MessageBroken,
    elements,
    envelope,
    incoming,
    text_answer,
)
from app.gateways.wechat.signature import is_fresh, is_signed
from app.hall.wechat.wechat_answers import answer
from app.models import Agency
from app.services.records import outbox
from app.transaction import transaction

REPEATS = dt.timedelta(minutes=1)
"""The platform asks again after five seconds, three times."""

MOST_ANSWERS = 2000
FINISHED = "templatesendjobfinish"
NOTHING = "success"
"""What the platform wants to read when there is no answer."""

logger = logging.getLogger(__name__)


class WechatView(BaseView):
    """The server side of the official accounts."""

    route_base = "/wechat"
    default_view = "verify"

    @expose("/<agency>/")
    def verify(self, agency: str) -> Response:
        """Prove to the platform that this is the account's server; lead people to the help."""
        _, account = account_of(agency)
        if "signature" not in request.args:
            return redirect(url_for("HelpView.topic", topic="wechat", agency=agency))
        check_signature(account)
        return current_app.response_class(
            request.args.get("echostr", ""), mimetype="text/plain"
        )

    @expose("/<agency>/", methods=["POST"])
    @csrf.exempt
    def receive(self, agency: str) -> Response:
        """Answer a message; the signature is its proof, so that it needs no form token."""
        row, account = account_of(agency)
        check_signature(account)
        message = opened(account)
        if message.event == FINISHED:
            return plain(delivered(row, message))
        text = said_to(row, account, message)
        return sealed(account, message, text) if text else plain(NOTHING)


def account_of(agency: str) -> tuple[Agency, WechatAccount]:
    """Return an agency and its official account, or end with "not found"."""
    account = outside.wechat_account(agency)
    row = navigation.agency_by_code(agency) if account is not None else None
    if account is None or row is None:
        abort(404)
    return row, account


def check_signature(account: WechatAccount) -> None:
    """Refuse what the platform did not sign just now."""
    timestamp, nonce = request.args.get("timestamp", ""), request.args.get("nonce", "")
    signed = is_signed(request.args.get("signature", ""), account.token, timestamp, nonce)
    if not signed or not is_fresh(timestamp, current.now()):
        abort(403)


def opened(account: WechatAccount) -> Incoming:
    """Return the sealed message of this request; a plain one is refused (安全模式)."""
    args = request.args
    request.max_content_length = MOST_BYTES
    try:
        kept = elements(request.get_data()).get("Encrypt", "").strip()
        given, timestamp = args.get("msg_signature", ""), args.get("timestamp", "")
        if not kept or not is_signed(
            given, account.token, timestamp, args.get("nonce", ""), kept
        ):
            abort(403)
        return incoming(MessageCrypt(account.aes_key, account.appid).open(kept).encode())
    except (MessageBroken, CryptFailed):
        abort(400)


def sealed(account: WechatAccount, message: Incoming, text: str) -> Response:
    """Return the answer, sealed and signed as the message was."""
    now, nonce = current.now(), secrets.token_hex(8)
    kept = MessageCrypt(account.aes_key, account.appid).seal(
        text_answer(message, text, now=now)
    )
    body = envelope(kept, token=account.token, timestamp=str(int(now.timestamp())), nonce=nonce)
    return current_app.response_class(body, mimetype="application/xml")


def plain(text: str) -> Response:
    """Return a word to the platform that nobody else reads."""
    return current_app.response_class(text, mimetype="text/plain")


def delivered(agency: Agency, message: Incoming) -> str:
    """Send as text what the platform could not deliver, told by its own event.

    A number that is not known yet is refused, so that the platform says it again.
    """
    if message.status == "success":
        return NOTHING
    now, agency_id = current.now(), agency.id
    with transaction() as session:
        known = outbox.undelivered(session, message.number, agency_id=agency_id, now=now)
    if not known:
        abort(503)
    return NOTHING


def said_to(agency: Agency, account: WechatAccount, message: Incoming) -> str:
    """Return the answer to a message; a repeat within the minute gets the same one."""
    kept: Answers = current_app.extensions.setdefault("anju-wechat-answers", Answers())
    name, now = f"{agency.code}:{message.name}", current.now()
    if text := kept.find(name, now=now):
        return text
    try:
        text = answer(db.session(), agency, account, message, now=now)
    except SQLAlchemyError:
        logger.exception("a message to %s was not answered", agency.code)
        return ""
    kept.keep(name, text, now=now)
    return text


class Answers:
    """The answers of the last minute. Each process has its own: an answer changes nothing."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, tuple[dt.datetime, str]] = OrderedDict()
        self._lock = threading.Lock()

    def find(self, name: str, *, now: dt.datetime) -> str:
        """Return what a message was answered a moment ago, else empty."""
        with self._lock:
            at, text = self._kept.get(name, (now, ""))
        return text if abs(now - at) <= REPEATS else ""

    def keep(self, name: str, text: str, *, now: dt.datetime) -> None:
        """Keep an answer for the repeats of its message; the oldest one goes."""
        with self._lock:
            self._kept[name] = (now, text)
            while len(self._kept) > MOST_ANSWERS:
                self._kept.popitem(last=False)
