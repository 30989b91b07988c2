"""The first person of a new hall: an administrator with a password nobody chose."""

import secrets

import click
import sqlalchemy as sa
from flask import current_app
from flask_appbuilder.security.sqla.models import User

from app import current
from app.cli.group import anju
from app.domain.policy import WORKER
from app.domain.terms import Role
from app.services import audit
from app.services.entry import known_devices, second_factor, sessions
from app.services.people.people_rules import PeopleRules
from app.services.people.registration import make_user
from app.transaction import transaction


@anju.command("add-administrator")
@click.argument("username")
def add_administrator(username: str) -> None:
    """Make an administrator of the installation and print a random password, once."""
    password = secrets.token_urlsafe(15)
    rules = PeopleRules(hash_method=current_app.config["FAB_PASSWORD_HASH_METHOD"])
    with transaction() as session:
        if session.scalar(sa.select(User.id).where(User.username == username)):
            raise click.ClickException(f"{username} is taken; choose another name.")
        user = make_user(
            session, Role.INSTALLATION_ADMIN, password=password, username=username, rules=rules
        )
        session.flush()
        audit.record(
            session, "administrator_added", actor=WORKER, now=current.now(),
            object_type="user", object_id=user.id,
        )  # fmt: skip
    click.echo(f"{username}  {password}")
    click.echo("Log in and change the password; it is not shown again.")


@anju.command("reset-second-factor")
@click.argument("username")
def reset_second_factor(username: str) -> None:
    """Take the lost authenticator of USERNAME away; another one is set up at the next log-in.

    For the installation's administrator, whom nobody else looks after. Every session ends.
    """
    now = current.now()
    with transaction() as session:
        user_id = session.scalar(sa.select(User.id).where(User.username == username))
        if user_id is None or not second_factor.is_enrolled(session, user_id):
            raise click.ClickException(f"{username} has no authenticator here.")
        second_factor.remove(session, user_id, actor=WORKER, now=now)
        known_devices.forget(session, user_id)
        sessions.close_others(session, user_id, now=now)
    click.echo(f"{username} sets up another authenticator at the next log-in.")
