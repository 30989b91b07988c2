"""What the hall asks of any identity service."""

from dataclasses import dataclass
from typing import Protocol

from app.domain.terms import IdentityState

__all__ = ["IdentityCheck", "IdentityState", "Verified"]


@dataclass(frozen=True, slots=True)
class Verified:
    """The answer with the service's reason (a short code, empty when verified) and number."""

    state: IdentityState
    reason: str = ""
    reference: str = ""


class IdentityCheck(Protocol):
    """A service that knows who has which number, name and mobile; its answers never raise."""

    def verify(self, id_type: str, number: str, name: str, mobile: str) -> Verified:
        """Ask whether number, name and mobile belong together; ``id_type`` is a package's."""
