"""Pay, keep the clock, prove the books, run the simulated bank."""

import itertools
import json
import sys
from dataclasses import asdict
from pathlib import Path

import click
from flask import current_app

from app import current
from app.cli.group import anju
from app.extensions import db
from app.gateways.bank.server import serve
from app.jobs.housekeeping import closed_days
from app.jobs.paying import pay_all
from app.jobs.schedule import Worker
from app.services.accounting import verification


@anju.command()
def payouts() -> None:
    """Pay what is due, once. The last line is JSON with counts; exit 1 when payouts are stopped."""
    counts = pay_all(now=current.now())
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
    for violation in itertools.chain(verification.verify(session), closed_days(session)):
        click.echo(json.dumps(asdict(violation), ensure_ascii=False))
        found += 1
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
