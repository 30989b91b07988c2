"""Proof on paper: close the days of money, write one of them or their chain out."""

import datetime as dt
import hashlib
import json
from pathlib import Path

import click
import sqlalchemy as sa

from app import current, outside
from app.cli.group import anju, drawn
from app.domain.policy import OPERATOR
from app.domain.workdays import local_date
from app.extensions import db
from app.jobs.money_days import close_all, days_left
from app.models import Agency
from app.services import audit
from app.services.records import money_days
from app.transaction import transaction


@anju.command("money-export")
@click.option("--agency", required=True, help="Code of the agency.")
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="Yesterday, if not given.")
@click.option("--chain", is_flag=True, help="The seals of all days instead of one day's rows.")
@click.option("--to", type=click.Path(path_type=Path), help="The file; else named by the day.")
def money_export(agency: str, day: dt.datetime | None, chain: bool, to: Path | None) -> None:
    """Close the days of money that are over; write one day, or the chain of all, and its hash."""
    now = current.now()
    with drawn("closing", days_left(now=now)) as bar:
        close_all(now=now, progress=bar.update)
    agency_id = db.session.scalar(sa.select(Agency.id).where(Agency.code == agency))
    if agency_id is None:
        raise click.ClickException(f"there is no agency {agency}")
    wanted = day.date() if day else local_date(now) - money_days.ONE_DAY
    data = _chain(agency_id) if chain else _day(agency_id, wanted)
    ending = f"chain-{agency}.jsonl" if chain else f"money-{agency}-{wanted}.jsonl.gz"
    target = to or Path(f"anju-{ending}")
    with transaction() as session:
        audit.record(
            session, "money_exported", actor=OPERATOR, now=now, object_type="money_day",
            object_id="chain" if chain else wanted.isoformat(), agency_id=agency_id,
        )  # fmt: skip
    target.write_bytes(data)
    click.echo(f"{hashlib.sha256(data).hexdigest()}  {target}")


def _day(agency_id: int, wanted: dt.date) -> bytes:
    kept = money_days.find_day(db.session(), agency_id, wanted)
    if kept is None:
        raise click.ClickException(
            f"{wanted} is not closed: it is not over, or before the first."
        )
    return outside.storage().get(kept.storage_key)


def _chain(agency_id: int) -> bytes:
    lines = map(json.dumps, money_days.chain(db.session(), agency_id))
    return "".join(f"{line}\n" for line in lines).encode()
