"""Anju 安居: a hall where people withdraw the housing money that is theirs."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flask import Flask


def create_app(**overrides: Any) -> "Flask":
    """Put a hall together; ``overrides`` are settings that win over the environment.

    The parts are imported here, so that the rules and the bank simulator start without them.
    """
    made: Flask = import_module("app.assembly").assemble(**overrides)
    return made
