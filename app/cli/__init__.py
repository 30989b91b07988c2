"""``flask anju …``: what an operator can do from the command line."""

from flask import Flask

from app.cli import (  # noqa: F401 - commands are added by being imported
    accounts,
    administrator,
    audit,
    bank_files,
    contributions,
    demo,
    grants,
    keys,
    money,
    privacy,
    proof,
    setup,
    wechat,
)
from app.cli.group import anju


def init_app(app: Flask) -> None:
    """Add the commands."""
    app.cli.add_command(anju)
