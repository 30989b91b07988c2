"""Give the hall's user of PostgreSQL its rights, and no others."""

import click

from app.cli.group import anju
from app.domain.errors import NotAllowed
from app.services.records import grants
from app.transaction import transaction

WHY = {
    "not_postgresql": "Only PostgreSQL has users; DATABASE_URL names another database.",
    "role_unknown": (
        "There is no user {role} on this server. Make it first: CREATE ROLE {role} LOGIN"
    ),
    "role_too_strong": (
        "{role} is a superuser or owns the tables, so it could drop the guards of the records. "
        "Let another user own them (see docs/operate.md)."
    ),
}


@anju.command("grant-rights")
@click.argument("role")
def grant_rights(role: str) -> None:
    """Let ROLE, a user of PostgreSQL, run the hall: read and add, but rewrite no record.

    Run it as the owner of the tables, after every ``flask anju init``.
    """
    try:
        with transaction() as session:
            granted = grants.grant(session, role)
    except NotAllowed as refused:
        raise click.ClickException(WHY[refused.code].format(role=role)) from None
    click.echo(
        f"{role} may use {granted.tables} tables; {granted.records} of them take new rows only"
    )
