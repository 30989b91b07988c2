"""Remove what has served its time, or say what would go."""

import json

import click

from app import current
from app.cli.group import anju, drawn
from app.domain.policy import OPERATOR
from app.jobs.retention import rows_due, run_retention


@anju.command()
@click.option("--dry-run", is_flag=True, help="Only count; nothing is changed.")
def retention(dry_run: bool) -> None:
    """Remove what has served its time, by outcome and by the fund's days. Last line: JSON."""
    now = current.now()
    with drawn("removing", 0 if dry_run else rows_due(now=now)) as bar:
        counts = run_retention(now=now, actor=OPERATOR, dry_run=dry_run, progress=bar.update)
    for name, count in counts.items():
        word = "would go" if dry_run else "gone"
        click.echo(f"{name.replace('_', ' '):16} {count:>8} {word}")
    click.echo(json.dumps(counts))
