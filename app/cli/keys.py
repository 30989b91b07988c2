"""The keys under which personal data is sealed: what they hold, a new one, an old one retired."""

import datetime as dt
import sys
from pathlib import Path
from typing import Any

import click
import sqlalchemy as sa
from flask import current_app

from app import current, sealing
from app.cli.group import anju
from app.domain.policy import OPERATOR
from app.extensions import db
from app.jobs import resealing as work
from app.models import AuditEvent
from app.services import audit
from app.services.privacy import keyfile, resealing
from app.transaction import transaction

GRACE = dt.timedelta(hours=1)
"""So long after a change an old key stays: a request that began before it may still write."""


@anju.group()
def keys() -> None:
    """Look after the keys under which personal data is sealed."""


@keys.command("list")
def list_keys() -> None:
    """Say which keys there are and how many values and files each one seals."""
    ring, counts = sealing.ring(), resealing.count_by_key(db.session())
    old = len(work.old_files())
    for key_id in ring.ids:
        word = "current" if key_id == ring.current else "older"
        click.echo(f"{key_id}  {word:8} {counts.get(key_id, 0):>10} values")
    for key_id in sorted(set(counts) - set(ring.ids)):
        click.echo(f"{key_id}  MISSING  {counts[key_id]:>10} values")
    click.echo(f"{old} files are not under {ring.current}")
    if set(counts) - set(ring.ids):
        sys.exit(1)


keys.add_command(list_keys, "status")


@keys.command("new")
def new() -> None:
    """Print a new key for ANJU_KEYS; nothing is changed."""
    text, key_id = keyfile.with_new_key(current_app.config["ANJU_KEYS"])
    click.echo(text.split(",", 1)[0])
    click.echo(
        f"1. Add it to ANJU_KEYS behind the first key and restart every process.\n"
        f"2. Move it to the front of ANJU_KEYS and restart every process.\n"
        f"3. Run: flask anju keys rotate\n"
        f"4. When `flask anju keys list` shows 0 under the older key, take that key away.\n"
        f"The key is called {key_id}; keep it as you keep the others.",
        err=True,
    )


@keys.command()
def rotate() -> None:
    """Seal everything anew under a new key while the hall runs; safe to stop and to repeat."""
    left, files = work.rows_left(), work.old_files()
    file: Path | None = current_app.config["ANJU_KEYS_FILE"]
    if left or files:
        click.echo(f"going on with the change to {sealing.ring().current}")
    elif file is not None:
        key_id = keyfile.add_key(file)
        _record("key_added", key=key_id)
        click.echo(f"new key {key_id} in {file}; running processes use it from now on")
        left, files = work.rows_left(), work.old_files()
    else:
        raise click.ClickException(
            "Everything is under the current key. ANJU_KEYS stands in the environment: "
            "`flask anju keys new` gives a new key and says how to bring it in."
        )
    _reseal(left, files)


@keys.command()
@click.argument("key_id")
def retire(key_id: str) -> None:
    """Take an older key out of the ring when nothing is sealed under it any more."""
    file: Path | None = current_app.config["ANJU_KEYS_FILE"]
    if file is None:
        raise click.ClickException("Take the key out of ANJU_KEYS and restart every process.")
    ring = sealing.ring()
    if key_id not in resealing.unused_keys(ring, resealing.count_by_key(db.session())):
        raise click.ClickException(f"{key_id} is the current key, unknown, or still in use.")
    if work.old_files():
        raise click.ClickException("There are files under an older key: run `keys rotate`.")
    if _changed_since(current.now() - GRACE):
        raise click.ClickException("The last change is younger than an hour: try again later.")
    beside = keyfile.retire_key(file, key_id)
    _record("key_retired", key=key_id)
    click.echo(f"{key_id} is retired; it stands in {beside} for the backups made under it")


def _reseal(left: int, files: list[str]) -> None:
    with click.progressbar(length=left, label="rows ", width=30) as bar:
        rows = work.reseal_rows(bar.update)
    with click.progressbar(length=len(files), label="files ", width=30) as bar:
        kept = work.reseal_files(files, bar.update)
    broken = rows.broken + kept.broken
    _record(
        "keys_rotated", key=sealing.ring().current, rows=rows.rows, files=kept.files,
        broken=len(broken),
    )  # fmt: skip
    click.echo(f"{rows.rows} rows and {kept.files} files are under {sealing.ring().current}")
    for place in broken:
        click.echo(f"does not open: {place}", err=True)
    if broken:
        sys.exit(1)


def _record(act: str, **details: Any) -> None:
    with transaction() as session:
        audit.record(session, act, actor=OPERATOR, now=current.now(), **details)


def _changed_since(moment: dt.datetime) -> bool:
    newest = db.session.scalar(
        sa.select(sa.func.max(AuditEvent.at)).where(
            AuditEvent.act.in_(("key_added", "keys_rotated"))
        )
    )
    return newest is not None and newest >= moment
