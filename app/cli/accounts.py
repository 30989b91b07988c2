"""Bring accounts in: ``flask anju import-accounts FILE``."""

from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from app import current
from app.cli.group import anju
from app.domain.policy import OPERATOR
from app.services.accounts import ImportReport, import_accounts
from app.transaction import transaction

SHOWN = 100
"""Problems that are printed; the rest is counted."""


HELP = """Take accounts, holders and opening balances from a csv or xlsx FILE, all or nothing.

The last line of the file is #TRAILER,count,total unless --count and --total say it; where both
do, both must be so. Sums are written 1234.50 or 1,234.50. Columns: agency,scheme,id_type,
id_number,name,gender,ethnicity,mobile,account_number,employer,opened_on,state,sealed_on,balance,
frozen_amount,last_interest_on,paid_reason,paid_on,paid_amount,house_key.

last_interest_on is the day from which the balance bears interest: after a settlement of 30 June
that is 1 July. Left out, interest counts from the day of the import; it is told for how many
accounts. It lies neither before opened_on nor before the first rate of the service. A closed
account (03, 04, 05) has no balance.
"""


@anju.command("import-accounts", help=HELP)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--preview", is_flag=True, help="Check everything, write nothing.")
@click.option("--count", type=int, help="Rows the sender declares; else the file's last line.")
@click.option("--total", type=Decimal, help="Sum of balances the sender declares, in yuan.")
def import_file(file: Path, preview: bool, count: int | None, total: Decimal | None) -> None:
    """Take accounts, holders and opening balances from a csv or xlsx FILE, all or nothing."""
    with transaction() as session:
        report = import_accounts(
            session, file, actor=OPERATOR, now=current.now(), preview=preview, count=count,
            total=total, progress=_bar,
        )  # fmt: skip
    tell(report, preview=preview)
    if report.problems:
        raise SystemExit(1)


def tell(report: ImportReport, *, preview: bool) -> None:
    """Say what is wrong line by line, or what was taken."""
    for problem in report.problems[:SHOWN]:
        click.echo(str(problem), err=True)
    if len(report.problems) > SHOWN:
        click.echo(f"... and {len(report.problems) - SHOWN} more", err=True)
    people = f"{report.people_new} new people, {report.people_known} known"
    click.echo(f"{report.rows} accounts, {report.total:,.2f} yuan, {people}")
    if report.undated:
        click.echo(
            f"{report.undated} of them name no last_interest_on: interest counts from this day"
        )
    if report.problems:
        click.echo("nothing was written", err=True)
    else:
        click.echo("preview: nothing was written" if preview else "written")


def _bar(rows: Iterable[Any], length: int) -> Iterable[Any]:
    """Pass the rows on and draw how far it is."""
    with click.progressbar(rows, length=length, label="checking", width=30) as drawn:
        yield from drawn
