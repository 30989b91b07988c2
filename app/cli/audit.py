"""The audit as files: close the days that are over, write one of them out."""

import datetime as dt
from pathlib import Path

import click

from app import current, outside
from app.cli.group import anju, drawn
from app.domain.policy import OPERATOR
from app.domain.workdays import local_date
from app.extensions import db
from app.jobs.audit_days import close_days, days_left
from app.services import audit
from app.services.records import audit_days
from app.transaction import transaction


@anju.command("audit-export")
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="Yesterday, if not given.")
@click.option("--to", type=click.Path(path_type=Path), help="The file; else named by the day.")
def audit_export(day: dt.datetime | None, to: Path | None) -> None:
    """Close the days of the audit that are over, and write the file of one of them."""
    now = current.now()
    with drawn("closing", days_left(now=now)) as bar:
        close_days(now=now, progress=bar.update)
    wanted = day.date() if day else local_date(now) - audit_days.ONE_DAY
    kept = audit_days.find_day(db.session(), wanted)
    if kept is None:
        raise click.ClickException(
            f"{wanted} is not closed: it is not over, or before the first."
        )
    data = outside.storage().get(kept.storage_key)
    target = to or Path(f"anju-audit-{wanted}.jsonl.gz")
    line = f"{kept.file_hash}  {target}"
    rows, made = kept.rows, kept.day_hash
    with transaction() as session:
        audit.record(
            session, "audit_exported", actor=OPERATOR, now=now, object_type="audit_day",
            object_id=wanted.isoformat(),
        )  # fmt: skip
    target.write_bytes(data)
    click.echo(line)
    click.echo(f"{rows} rows, day {made}", err=True)
