"""On the way to a provider: what its answer must fit is remembered first."""

from flask import url_for
from werkzeug.wrappers import Response

from app.gateways.errors import Unavailable
from app.gateways.openid import Begun, OpenIdService
from app.hall.outside import outside_attempts
from app.hall.outside.outside_arrival import refuse
from app.hall.outside.outside_ways import public_url


def set_out(
    provider: str, service: OpenIdService, *, next_page: str = "", user_id: int | None = None
) -> Begun | Response:
    """Return where to go, remembered in the browser; or the page of a provider that is ill."""
    try:
        begun = service.begin(callback_url(provider))
    except Unavailable as fault:
        return refuse(provider, "unavailable", fault)
    outside_attempts.note(provider, begun, next_page=next_page, user_id=user_id)
    return begun


def callback_url(provider: str) -> str:
    """Return where the provider sends people back: fixed by the settings, not by the request."""
    return public_url(url_for("OutsideView.callback", provider=provider))
