"""Whether a person is who the form says, asked of those who know."""

from app.gateways.identity.http import HttpIdentityCheck
from app.gateways.identity.local import LocalIdentityCheck
from app.gateways.identity.protocol import IdentityCheck, IdentityState, Verified

__all__ = [
    "HttpIdentityCheck",
    "IdentityCheck",
    "IdentityState",
    "LocalIdentityCheck",
    "Verified",
]
