"""``flask anju …``: what an operator can do from the command line."""

from flask import Flask

from app.cli import accounts, administrator, audit, demo, keys, money, privacy, proof, setup, wechat  # noqa: F401 - commands are added by being imported
from app.cli.group import anju


def init_app(app: Flask) -> None:
    """Add the commands."""
    app.cli.add_command(anju)
