"""The first person of a new hall: an administrator with a password nobody chose."""

import secrets

import click
import sqlalchemy as sa
from flask import current_app
from flask_appbuilder.security.sqla.models import User
from sqlalchemy.orm import Session

from app import current
from app.cli.group import anju
from app.domain import identity
from app.domain.errors import Invalid
from app.domain.policy import OPERATOR
from app.domain.terms import Role
from app.models import Agency
from app.services import audit
from app.services.entry import known_devices, second_factor, sessions
from app.services.people.people_rules import PeopleRules
from app.services.people.registration import make_user
from app.services.staff.staffing import create_staff
from app.transaction import transaction


@anju.command("add-administrator")
@click.argument("username")
@click.option("--id-number", default="", help="Identity number; asked for in production.")
@click.option("--agency", default="", help="Code of the agency; the first when not given.")
def add_administrator(username: str, id_number: str, agency: str) -> None:
    """Make an administrator of the installation and print a random password, once.

    By the identity number the person is compared with applicants and other staff; production
    asks for it without showing it, so that it stands in no history of a shell.
    """
    if not id_number and current_app.config["ANJU_PRODUCTION"]:
        id_number = click.prompt("Identity number", hide_input=True)
    if id_number and not identity.normalise(id_number):
        raise click.ClickException("The identity number is blank.")
    password = secrets.token_urlsafe(15)
    with transaction() as session:
        if session.scalar(sa.select(User.id).where(User.username == username)):
            raise click.ClickException(f"{username} is taken; choose another name.")
        user_id = _add(session, username, id_number, agency, password=password)
        audit.record(
            session, "administrator_added", actor=OPERATOR, now=current.now(),
            object_type="user", object_id=user_id,
        )  # fmt: skip
    click.echo(f"{username}  {password}")
    click.echo("Log in and change the password; it is not shown again.")


def _add(session: Session, username: str, id_number: str, agency: str, *, password: str) -> int:
    """Make the log-in, with a row of staff when the person is known by number."""
    rules = PeopleRules(hash_method=current_app.config["FAB_PASSWORD_HASH_METHOD"])
    if not id_number:
        user = make_user(
            session, Role.INSTALLATION_ADMIN, password=password, username=username, rules=rules
        )
        return int(user.id)
    known = sa.select(Agency).order_by(Agency.id)
    home = session.scalar(known.where(Agency.code == agency) if agency else known.limit(1))
    if home is None:
        raise click.ClickException("There is no such agency; has `flask anju init` run?")
    try:
        member = create_staff(
            session, agency=home, username=username, name=username, id_number=id_number,
            roles=(Role.INSTALLATION_ADMIN,), password=password, now=current.now(), rules=rules,
        )  # fmt: skip
    except Invalid:
        raise click.ClickException("This person has a log-in already.") from None
    return member.user_id


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
        second_factor.remove(session, user_id, actor=OPERATOR, now=now)
        known_devices.forget(session, user_id)
        sessions.close_others(session, user_id, now=now)
    click.echo(f"{username} sets up another authenticator at the next log-in.")
