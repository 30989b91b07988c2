"""Turns what somebody uploads into pages that are safe to keep and show."""

from app.gateways.scanner.antivirus import Antivirus, Clamd, NoAntivirus
from app.gateways.scanner.pages import Limits, Page, Quality
from app.gateways.scanner.scan import scan

__all__ = ["Antivirus", "Clamd", "Limits", "NoAntivirus", "Page", "Quality", "scan"]
