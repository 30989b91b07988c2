"""Prepare a hall: tables, packages, roles."""

import click
from flask import current_app
from flask_migrate import upgrade

from app.cli.group import anju


@anju.command()
def init() -> None:
    """Prepare the database: tables, packages, roles and permissions; safe to repeat."""
    upgrade()
    current_app.config.update(FAB_CREATE_DB=True)
    current_app.appbuilder.sm.create_db()  # roles; the tables exist
    click.echo("ready")
