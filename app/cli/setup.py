"""Prepare a hall: tables, packages, roles."""

from typing import Any

import click
from flask import current_app
from flask_migrate import upgrade

from app import assets, current, translations
from app.cli.group import anju
from app.packages.problems import PackageRefused
from app.services.catalogue.loading import Loaded, load_packages
from app.transaction import transaction


@anju.command()
def init() -> None:
    """Prepare the database: tables, packages, roles and permissions; safe to repeat."""
    translations.bring_up_to_date()
    upgrade()
    current_app.config.update(FAB_CREATE_DB=True)
    hall: Any = current_app
    hall.appbuilder.sm.create_db()  # roles; the tables exist
    try:
        with transaction() as session:
            loaded = load_packages(session, now=current.now())
    except PackageRefused as refused:
        raise click.ClickException(str(refused)) from None
    report(loaded)
    assets.write(assets.folder())
    click.echo("ready")


def report(loaded: Loaded) -> None:
    """Say what was loaded, a line a package."""
    for name, counts in loaded.packages.items():
        words = ", ".join(f"{count} {what}" for what, count in counts.items() if count)
        click.echo(f"loaded {name}: {words or 'nothing to change'}")
    for note in loaded.notes:
        click.echo(f"note: {note}", err=True)
    if not loaded.changed:
        click.echo("packages: nothing changed")
