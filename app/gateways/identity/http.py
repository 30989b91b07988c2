"""An identity service over HTTP."""

from app.gateways.errors import Unavailable
from app.gateways.identity.protocol import IdentityState, Verified
from app.gateways.json_call import call


class HttpIdentityCheck:
    """Asks ``POST <url>``; answered by ``{"state", "reason", "reference"}``."""

    def __init__(self, url: str, *, token: str, seconds: float = 3.0) -> None:
        self._url = url
        self._token = token
        self._seconds = seconds

    def verify(self, id_type: str, number: str, name: str, mobile: str) -> Verified:
        """Ask the service; silence and nonsense are ``UNKNOWN``."""
        asked = {"id_type": id_type, "number": number, "name": name, "mobile": mobile}
        try:
            said = call("identity", self._url, asked, token=self._token, seconds=self._seconds)
            return Verified(
                IdentityState(said["state"]),
                str(said.get("reason", "")),
                str(said.get("reference", "")),
            )
        except Unavailable as fault:
            return Verified(IdentityState.UNKNOWN, fault.code)
        except (ValueError, KeyError):
            return Verified(IdentityState.UNKNOWN, "unreadable")
