"""The property registry: houses by filed contract or by deed file number."""

from app.gateways.registry.http import HttpPropertyRegistry
from app.gateways.registry.local import LocalPropertyRegistry
from app.gateways.registry.protocol import Answer, House, Owner, PropertyRegistry

__all__ = [
    "Answer",
    "House",
    "HttpPropertyRegistry",
    "LocalPropertyRegistry",
    "Owner",
    "PropertyRegistry",
]
