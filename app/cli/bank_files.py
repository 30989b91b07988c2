"""Files to and from banks on the command line: list them, take one that came another way."""

import json
import sys
from pathlib import Path

import click
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import current, outside
from app.cli.group import anju
from app.domain.errors import Invalid
from app.domain.policy import OPERATOR
from app.gateways.bank.ways import FORMS
from app.models import Agency, BankFile
from app.services.paying import bank_arrivals
from app.transaction import transaction

PLACES = ("line", "column", "what")


@anju.command("bank-files")
@click.argument("agency")
@click.option("--most", default=20, show_default=True, help="How many, the newest first.")
def bank_files(agency: str, most: int) -> None:
    """List the bank files of an AGENCY (its code), a JSON line for each."""
    with transaction() as session:
        row = _agency(session, agency)
        found = session.scalars(
            sa.select(BankFile)
            .where(BankFile.agency_id == row.id)
            .order_by(BankFile.id.desc())
            .limit(most)
        )
        for file in found:
            said = {
                "id": file.id, "direction": file.direction, "kind": file.kind,
                "name": file.name, "rows": file.rows, "total": str(file.total),
                "sha256": file.sha256, "at": file.at.isoformat(),
                "done": file.done_at is not None, "problem": file.problem,
            }  # fmt: skip
            click.echo(json.dumps(said, ensure_ascii=False))


@anju.command("take-bank-file")
@click.argument("agency")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def take_bank_file(agency: str, file: Path) -> None:
    """Take an answer or a statement for an AGENCY from a FILE, as from its inbox; exit 1 if not whole."""
    try:
        with transaction() as session:
            row = _agency(session, agency)
            form = outside.filed_bank(row, FORMS[row.pays_by]).form
            taken = bank_arrivals.take(
                session, row, file.name, file.read_bytes(), form=form, actor=OPERATOR,
                now=current.now(),
            )  # fmt: skip
            said = {"taken": taken.kind, "rows": taken.rows, "sha256": taken.sha256}
    except Invalid as why:
        said = {"refused": why.code} | {
            key: why.facts[key] for key in PLACES if key in why.facts
        }
    click.echo(json.dumps(said, ensure_ascii=False))
    sys.exit(1 if "refused" in said else 0)


def _agency(session: Session, code: str) -> Agency:
    row: Agency | None = session.scalar(sa.select(Agency).where(Agency.code == code))
    if row is None or row.pays_by not in FORMS:
        raise click.ClickException(f"{code} is no agency that pays by file")
    return row
