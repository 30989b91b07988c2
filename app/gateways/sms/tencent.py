"""Text messages by Tencent Cloud (SendSms of API 2021-01-11), signed TC3-HMAC-SHA256."""

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from app.gateways.errors import Unavailable
from app.gateways.exchange import exchange
from app.gateways.sms.protocol import SmsFailed

VERSION = "2021-01-11"
CONTENT_TYPE = "application/json; charset=utf-8"
_ALGORITHM = "TC3-HMAC-SHA256"


@dataclass(frozen=True, slots=True)
class TencentAccount:
    """The credentials and the approved signature and template of one Tencent Cloud account.

    ``template_id`` names a template whose only parameter is the whole text.
    """

    secret_id: str
    secret_key: str
    app_id: str
    sign_name: str
    template_id: str
    region: str = "ap-beijing"


class TencentSms:
    """A sender through Tencent Cloud; ``endpoint`` is another address in tests only."""

    def __init__(
        self,
        account: TencentAccount,
        *,
        endpoint: str = "https://sms.tencentcloudapi.com",
        seconds: float = 10.0,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._account = account
        self._endpoint = endpoint
        self._seconds = seconds
        self._clock = clock

    def send(self, mobile: str, text: str, reference: str) -> None:
        """Send one message; raises ``SmsFailed`` with Tencent's own code when it is refused."""
        body = json.dumps(self._order(mobile, text, reference)).encode()
        headers = self._headers(body, self._clock())
        try:
            answer = exchange(
                "sms", "POST", self._endpoint, seconds=self._seconds, body=body, headers=headers
            )
        except Unavailable as fault:
            raise SmsFailed("sms", fault.code) from fault
        code = _refusal(answer.body)
        if code:
            raise SmsFailed("sms", code)

    def _order(self, mobile: str, text: str, reference: str) -> dict[str, Any]:
        return {
            "PhoneNumberSet": [f"+86{mobile}"],
            "SmsSdkAppId": self._account.app_id,
            "SignName": self._account.sign_name,
            "TemplateId": self._account.template_id,
            "TemplateParamSet": [text],
            "SessionContext": reference,
        }

    def _headers(self, body: bytes, now: datetime) -> dict[str, str]:
        host = urlsplit(self._endpoint).netloc
        signed = {"content-type": CONTENT_TYPE, "host": host, "x-tc-action": "sendsms"}
        account = self._account
        return {
            "Authorization": authorization(
                account.secret_id,
                account.secret_key,
                service="sms",
                signed=signed,
                body=body,
                now=now,
            ),
            "Content-Type": CONTENT_TYPE,
            "Host": host,
            "X-TC-Action": "SendSms",
            "X-TC-Timestamp": str(int(now.timestamp())),
            "X-TC-Version": VERSION,
            "X-TC-Region": account.region,
        }


def authorization(
    secret_id: str,
    secret_key: str,
    *,
    service: str,
    signed: Mapping[str, str],
    body: bytes,
    now: datetime,
) -> str:
    """Return the Authorization header of a POST to ``/`` by Tencent's signature method v3.

    ``signed`` are the signed headers with lower-case names and values as they are signed.
    """
    names = ";".join(sorted(signed))
    lines = "".join(f"{name}:{signed[name]}\n" for name in sorted(signed))
    request = f"POST\n/\n\n{lines}\n{names}\n{_digest(body)}"
    day = now.astimezone(UTC).strftime("%Y-%m-%d")
    scope = f"{day}/{service}/tc3_request"
    text = f"{_ALGORITHM}\n{int(now.timestamp())}\n{scope}\n{_digest(request.encode())}"
    key = f"TC3{secret_key}".encode()
    for part in (day, service, "tc3_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    signature = hmac.digest(key, text.encode(), "sha256").hex()
    return (
        f"{_ALGORITHM} Credential={secret_id}/{scope}, "
        f"SignedHeaders={names}, Signature={signature}"
    )


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _refusal(body: bytes) -> str:
    """Return the code of a refusal, empty when the one message was taken."""
    try:
        said = json.loads(body)["Response"]
        if "Error" in said:
            return str(said["Error"]["Code"])
        [status] = said["SendStatusSet"]
        return "" if status["Code"] == "Ok" else str(status["Code"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return "unreadable"
