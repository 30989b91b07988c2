"""Stands in for what is being built: goes away when the packages load and the ledger posts."""

import csv
import datetime as dt
from importlib.util import find_spec
from pathlib import Path

import sqlalchemy as sa

from app.domain.terms import Closes, Kind
from app.extensions import db
from app.models import Agency, Scheme, WithdrawalReason

PACKAGES = Path("app/packages")


def packages(app, now):
    """Load the packages, or as much of them as rows need to stand on."""
    with app.app_context():
        if db.session.scalar(sa.select(sa.func.count()).select_from(Agency)):
            return
        if find_spec("app.services.reference"):
            from app.services import reference

            if hasattr(reference, "load_packages"):
                reference.load_packages(db.session, now=now)
                db.session.commit()
                return
        for folder in ("anhui_subsidy", "liaoning_fund"):
            _plain(PACKAGES / folder)
        db.session.commit()


def _rows(path):
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def _columns(model, row, **more):
    types = {c.key: c for c in sa.inspect(model).columns}
    texts = {
        k: v for k, v in row.items() if k in types and isinstance(types[k].type, sa.String)
    }
    for name, column in types.items():
        empty = name not in texts and name not in more and isinstance(column.type, sa.String)
        if empty and not column.nullable and column.default is None:
            texts[name] = ""
    return model(**(texts | more))


def _plain(folder):
    [row] = _rows(folder / "agencies.csv")
    agency = _columns(Agency, row)
    db.session.add(agency)
    [row] = _rows(folder / "schemes.csv")
    scheme = _columns(Scheme, row, agency=agency, package_code=folder.name)
    db.session.add(scheme)
    db.session.flush()
    for seq, row in enumerate(_rows(folder / "reasons.csv")):
        kinds = tuple(row["kinds"].split("|"))
        db.session.add(
            _columns(
                WithdrawalReason, row, agency_id=agency.id, scheme_id=scheme.id, seq=seq,
                valid_from=dt.date(1999, 1, 1), kinds=kinds,
                default_kind=Kind(row.get("default_kind") or kinds[0]),
                closes_account=Closes(row["closes_account"]),
            )
        )  # fmt: skip


def open_account(session, account, *, opening, actor, now, reference):
    """Post the opening balance, or set it."""
    if find_spec("app.services.ledger"):
        from app.services import ledger

        if hasattr(ledger, "open_account"):
            ledger.open_account(
                session, account, opening=opening, actor=actor, now=now, reference=reference
            )
            return
    account.available = opening
