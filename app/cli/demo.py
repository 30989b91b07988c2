"""People and cases to click through; never in production."""

import datetime as dt

import click
from flask import current_app

from app import current, outside
from app.cli.group import anju
from app.demo import people
from app.demo.bulk import Wanted, first_index, write_people
from app.demo.bulk_world import read_world
from app.demo.walks import Outside
from app.domain.workdays import SHANGHAI, local_date
from app.extensions import db
from app.services import reference
from app.services.paying import caps
from app.services.people.people_rules import PeopleRules
from app.transaction import transaction


@anju.command("demo-people")
@click.option("--print", "only_print", is_flag=True, help="Only say who is there.")
@click.option(
    "--past", type=click.IntRange(min=0), default=0, help="Ended cases of the past year."
)
def demo_people(only_print: bool, past: int) -> None:
    """Bring invented staff, holders, houses and cases into an empty hall, and say who they are."""
    refuse_in_production()
    if not only_print and people.is_empty(db.session()):
        with transaction() as session:
            people.settle(session, _gateways(), now=current.now(), rules=_rules())
        if past:
            wanted = Wanted(max(1, past // 2), past, seed=1, ended=True)
            _make_up(wanted, local_date(current.now()))
    if not people.are_there(db.session()):
        click.echo("This hall has people of its own; there is no demonstration in it.")
        return
    for line in people.guide(db.session()):
        click.echo(line)


@anju.command()
@click.option("--applicants", type=click.IntRange(min=1), help="People to make up.")
@click.option("--applications", type=click.IntRange(min=0), default=1000, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True, help="Same seed, same rows.")
@click.option("--today", type=click.DateTime(["%Y-%m-%d"]), help="The day it all ends before.")
def demo(
    applicants: int | None, applications: int, seed: int, today: dt.datetime | None
) -> None:
    """Make up any number of people with accounts and cases in every status."""
    refuse_in_production()
    day = today.date() if today else local_date(current.now())
    try:
        wanted = Wanted(applicants or max(1, applications // 2), applications, seed)
        _make_up(wanted, day)
    except (LookupError, ValueError) as refused:
        raise click.ClickException(str(refused)) from None
    click.echo(f"{wanted.applicants} people, {wanted.applications} applications")


def _make_up(wanted: Wanted, day: dt.date) -> None:
    evening = dt.datetime.combine(day, dt.time(), SHANGHAI)
    with transaction() as session:
        if not people.are_there(session):
            people.settle_desks(session, now=evening - dt.timedelta(days=1500), rules=_rules())
        world, offset = read_world(session, today=day), first_index(session)
    with click.progressbar(length=wanted.applicants, label="people", width=30) as bar:
        for chunk in wanted.chunks():
            with transaction() as session:
                write_people(session, world, wanted, chunk, offset=offset)
            bar.update(len(chunk))
    with transaction() as session:
        world.keep_statements(session, now=evening)
        for agency in reference.agencies(session):
            caps.recount(session, agency_id=agency.id, since=evening - dt.timedelta(days=2))


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
