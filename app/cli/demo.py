"""People and cases to click through; never in production."""

import click
from flask import current_app

from app import current, outside
from app.cli.group import anju
from app.demo import people
from app.demo.walks import Outside
from app.extensions import db
from app.services.people_rules import PeopleRules
from app.transaction import transaction


@anju.command("demo-people")
@click.option("--print", "only_print", is_flag=True, help="Only say who is there.")
def demo_people(only_print: bool) -> None:
    """Bring invented staff, holders, houses and cases into an empty hall, and say who they are."""
    refuse_in_production()
    session = db.session()
    if not only_print and people.is_empty(session):
        with transaction() as session:
            people.settle(session, _gateways(), now=current.now(), rules=_rules())
    if not people.are_there(db.session()):
        click.echo("This hall has people of its own; there is no demonstration in it.")
        return
    for line in people.guide(db.session()):
        click.echo(line)


def refuse_in_production() -> None:
    """End with a sentence when this is a hall of real people."""
    if current_app.config["ANJU_PRODUCTION"]:
        raise click.ClickException("No invented people in production (ANJU_ENV=production).")


def _gateways() -> Outside:
    return Outside(
        storage=outside.storage(), registry=outside.registry(),
        card_check=outside.card_check(), antivirus=outside.antivirus(),
    )  # fmt: skip


def _rules() -> PeopleRules:
    """Return the rules with the password hash that this installation uses."""
    return PeopleRules(hash_method=current_app.config["FAB_PASSWORD_HASH_METHOD"])
