"""``flask anju …``: what an operator can do from the command line."""

import click
from flask import Flask, current_app
from flask.cli import AppGroup
from flask_migrate import upgrade

anju = AppGroup("anju", help="Run and look after the hall.")


def init_app(app: Flask) -> None:
    """Add the commands."""
    app.cli.add_command(anju)


@anju.command()
def init() -> None:
    """Prepare the database: tables, packages, roles and permissions; safe to repeat."""
    upgrade()
    current_app.config.update(FAB_CREATE_DB=True)
    current_app.appbuilder.sm.create_db()  # roles; the tables exist
    click.echo("ready")
