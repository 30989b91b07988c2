"""The group that holds every command of an operator."""

import sys
from typing import Any

import click
from flask.cli import AppGroup

anju = AppGroup("anju", help="Run and look after the hall.")


def drawn(label: str, length: int) -> Any:
    """Return a bar of progress on the side of the faults: what a program reads stays clean."""
    return click.progressbar(
        length=length, label=label, width=30, file=sys.stderr, hidden=not sys.stderr.isatty()
    )
