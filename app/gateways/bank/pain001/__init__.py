"""ISO 20022: pain.001 out; pain.002 and camt.053 in."""

from .form import Pain001

__all__ = ["Pain001"]
