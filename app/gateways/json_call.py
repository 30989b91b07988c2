"""A question and an answer in JSON, with a bearer token, never in the address."""

import json
from typing import Any

from app.gateways.errors import Unavailable
from app.gateways.exchange import exchange

_OK = 200


def call(
    service: str, url: str, asked: dict[str, Any], *, token: str, seconds: float
) -> dict[str, Any]:
    """POST ``asked`` and return the object answered; raises ``Unavailable`` for anything else.

    What is asked stands in the body: identity numbers do not belong in addresses and logs.
    """
    answer = exchange(
        service,
        "POST",
        url,
        seconds=seconds,
        body=json.dumps(asked).encode(),
        headers={"Content-Type": "application/json", "Authorization": f"Bearer {token}"},
    )
    if answer.status != _OK:
        raise Unavailable(service, f"http_{answer.status}")
    try:
        said = json.loads(answer.body)
    except (ValueError, RecursionError) as fault:
        raise Unavailable(service, "unreadable") from fault
    if not isinstance(said, dict):
        raise Unavailable(service, "unreadable")
    return said
