"""Pay, keep the clock, prove the books, run the simulated bank."""

import itertools
import json
import sys
from dataclasses import asdict
from pathlib import Path

import click
import sqlalchemy as sa
from flask import current_app

from app import current
from app.cli.group import anju, drawn
from app.domain.terms import PayoutStatus
from app.extensions import db
from app.gateways.bank.server import serve
from app.jobs.housekeeping import closed_days
from app.jobs.paying import pay_all
from app.jobs.schedule import Worker
from app.models import Payout
from app.services.accounting import verification


@anju.command()
def payouts() -> None:
    """Pay what is due, once. The last line is JSON with counts; exit 1 when payouts are stopped."""
    due = sa.select(sa.func.count(Payout.id)).where(Payout.status == PayoutStatus.APPROVED)
    with drawn("paying", db.session.scalar(due) or 0) as bar:

        def between() -> bool:
            bar.update(1)
            return False

        counts = pay_all(now=current.now(), stopping=between)
    if counts.stopped:
        click.echo(f"payouts are stopped for {counts.stopped} agency or agencies", err=True)
    click.echo(json.dumps(asdict(counts)))
    sys.exit(1 if counts.stopped else 0)


@anju.command()
def worker() -> None:
    """Keep the clock: payouts, notices, deadlines, housekeeping; ends in order on Ctrl-C."""
    clock = Worker(current_app._get_current_object())  # type: ignore[attr-defined]  # noqa: SLF001
    clock.obey_signals()
    click.echo("the worker runs; a second one waits until this one ends")
    clock.run()


@anju.command()
def verify() -> None:
    """Prove every invariant of money and record; one JSON line for each broken row, then exit 1."""
    found, session = 0, db.session()
    with drawn("proving", len(verification.PROOFS) + 2) as bar:
        proven = verification.verify(session, bar.update)
        for violation in itertools.chain(proven, closed_days(session)):
            click.echo(json.dumps(asdict(violation), ensure_ascii=False))
            found += 1
        bar.update(1)
    if found:
        click.echo(f"{found} broken", err=True)
        sys.exit(1)
    click.echo(json.dumps({"broken": 0}))


@anju.command("bank-simulator")
@click.option("--port", default=8090, show_default=True, help="Where it listens; 0: any.")
@click.option("--store", type=click.Path(path_type=Path), help="Its own file of payments.")
def bank_simulator(port: int, store: Path | None) -> None:
    """Run a bank that is not one, as a process of its own, for demos and tests."""
    serve(port, store or Path(current_app.config["ANJU_HOME"]) / "bank.db")
