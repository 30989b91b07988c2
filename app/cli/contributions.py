"""Money paid in by file, and the yearly interest: ``flask anju import-contributions FILE``."""

from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from app import current
from app.cli.group import anju
from app.domain.errors import RuleBroken
from app.domain.policy import OPERATOR
from app.extensions import db
from app.jobs import interest
from app.models import InterestRun
from app.services import reference
from app.services.accounting.contributions import ContributionReport, import_contributions
from app.transaction import transaction

SHOWN = 100
"""Problems that are printed; the rest is counted."""


@anju.command("import-contributions")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--preview", is_flag=True, help="Check everything, post nothing.")
@click.option("--count", type=int, help="Lines the sender declares; else the file's last line.")
@click.option("--total", type=Decimal, help="Sum the sender declares, in yuan.")
@click.option("--reference", "said", default="", help="The sender's number of this batch.")
def import_file(
    file: Path, preview: bool, count: int | None, total: Decimal | None, said: str
) -> None:
    """Post the contributions of a csv or xlsx FILE, all or nothing, and once.

    The last line of the file is #TRAILER,count,total,reference unless the options say it; where
    both say count or total, both must be so. Without a reference the same lines are posted once.
    Columns: agency,scheme,account_number,amount,value_date,name (the name may be left out; it
    must be the holder's). What comes for an account that closes or is closed is kept for a
    supplementary payment.
    """
    with transaction() as session:
        report = import_contributions(
            session, file, actor=OPERATOR, now=current.now(), preview=preview, count=count,
            total=total, reference_given=said, progress=_bar,
        )  # fmt: skip
    tell(report)
    if report.problems:
        raise SystemExit(1)


def tell(report: ContributionReport) -> None:
    """Say what is wrong line by line, or what was posted."""
    for problem in report.problems[:SHOWN]:
        click.echo(str(problem), err=True)
    if len(report.problems) > SHOWN:
        click.echo(f"... and {len(report.problems) - SHOWN} more", err=True)
    click.echo(
        f"{report.rows} lines, {report.total:,.2f} yuan, of it {report.late:,.2f} late; "
        f"{report.sealed} lines of sealed, {report.frozen} of frozen accounts"
    )
    if report.problems:
        click.echo("nothing was posted", err=True)
    else:
        click.echo("posted" if report.batch_id else "preview: nothing was posted")


@anju.command("settle-interest")
@click.option("--year", type=int, required=True, help="The year whose 30 June is settled.")
@click.option("--agency", required=True, help="Code of the agency.")
@click.option("--scheme", required=True, help="Code of the service: subsidy or fund.")
def settle_interest(year: int, agency: str, scheme: str) -> None:
    """Settle the interest of a YEAR: earned until 30 June, credited on 1 July, each account once.

    In July the worker begins by itself; at another time this command does. A run that was
    stopped goes on where it was. Books taken over after 30 June: check first that the accounts
    came with last_interest_on, the day from which their balance bears interest.
    """
    now = current.now()
    try:
        of = reference.scheme_of(db.session(), agency, scheme)
        run_id = interest.begin(of.id, year, now=now)
    except RuleBroken as broken:
        raise click.ClickException(str(broken) or broken.code) from broken
    left = interest.accounts_left(run_id)
    with click.progressbar(length=left, label="settling", width=30) as drawn:
        interest.settle_run(run_id, now=now, progress=drawn.update)
    run = db.session.get_one(InterestRun, run_id, populate_existing=True)
    click.echo(
        f"{run.accounts} accounts, {run.posted} postings, {run.total:,.2f} yuan, "
        f"{run.left_out} left out"
    )


def _bar(rows: Iterable[Any], length: int) -> Iterable[Any]:
    """Pass the rows on and draw how far it is."""
    with click.progressbar(rows, length=length, label="checking", width=30) as drawn:
        yield from drawn
