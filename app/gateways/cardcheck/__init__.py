"""Whether a bank card belongs to the person who gives it."""

from app.gateways.cardcheck.local import LocalCardCheck
from app.gateways.cardcheck.protocol import CardCheck, CardMatch

__all__ = ["CardCheck", "CardMatch", "LocalCardCheck"]
