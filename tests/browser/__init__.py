"""Two browsers: one without a screen for every day, and a real one for the walks."""

from tests.browser.client import Browser, Page

__all__ = ["Browser", "Page"]
