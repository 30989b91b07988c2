"""Money paid in, by file: looked at first, then posted whole or not at all, and once."""

import datetime as dt
import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from app.domain import policy
from app.domain.policy import Actor
from app.domain.terms import LedgerCode, Role
from app.domain.workdays import local_date
from app.models import Account, ContributionBatch, ContributionLine
from app.packages.problems import Findings, Problem
from app.services import audit, reference
from app.services.accounting import bulk_postings
from app.services.accounting.account_files import (
    CONTRIBUTIONS,
    RawFile,
    check_declared,
    read_file,
)  # fmt: skip
from app.services.accounting.bulk_postings import Due
from app.services.accounting.contribution_rows import (
    ContributionRow,
    Known,
    check_row,
    number_of,
)  # fmt: skip
from app.services.records import second_hands

LOOKERS = (Role.WORKER, Role.PAYER, Role.RELEASER)
POSTERS = (Role.WORKER, Role.RELEASER)
CHUNK = 500
LONGEST = 64
"""Signs of a sender's reference."""


@dataclass(frozen=True, slots=True)
class ContributionReport:
    """What a file holds and whether it was posted; sums in yuan, every fault by its line.

    ``late`` waits for accounts that close or are closed; ``sealed`` and ``frozen`` count lines
    of accounts in that state: their money is posted like any other.
    """

    name: str
    sha256: str
    reference: str
    rows: int
    total: Decimal
    late_rows: int
    late: Decimal
    sealed: int
    frozen: int
    problems: tuple[Problem, ...]
    batch_id: int | None
    file_id: int | None = None
    """Under this key the file waits for a second person."""


def import_contributions(
    session: Session,
    source: Path | bytes,
    *,
    actor: Actor,
    now: dt.datetime,
    name: str = "",
    preview: bool = False,
    count: int | None = None,
    total: Decimal | None = None,
    reference_given: str = "",
    brought_by: int | None = None,
    progress: Callable[[Iterable[Any], int], Iterable[Any]] = lambda rows, _length: rows,
) -> ContributionReport:
    """Post the contributions of a csv or xlsx file, or nothing of it.

    Count, total and the sender's reference come from the caller or the file's last line
    ``#TRAILER,count,total,reference``; without a reference the hash of its lines stands for it,
    so that the same lines saved anew are refused as posted. A file with a fault, or a ``preview``, posts nothing. What a person posts was ``brought_by``
    another; the operator's command posts what lies on the machine.
    """
    policy.check_role(actor, *(LOOKERS if preview else POSTERS))
    second_hands.check_may(session, actor, now=now, preview=preview, brought_by=brought_by)
    data, name = _content(source, name)
    sha256, findings = hashlib.sha256(data).hexdigest(), Findings()
    raw = read_file(data, name, findings, CONTRIBUTIONS)
    rows = _rows(session, raw, name, findings, now=now, progress=progress)
    sum_ = sum((row.amount for row in rows), Decimal(0))
    said = (reference_given or raw.reference or _hash_of(rows))[:LONGEST]
    if not findings.problems:
        check_declared(raw, count, total, sum_, name, findings)
    agency_id = _one_agency(rows, actor, name, findings)
    _check_new(session, agency_id, sha256, said, name, findings)
    batch_id = None
    if not findings.problems and not preview and agency_id is not None:
        batch_id = _batch(
            session, agency_id, said, sha256, name, rows, sum_, actor=actor, now=now
        )
        if batch_id is None:
            _check_new(session, agency_id, sha256, said, name, findings)
    return ContributionReport(
        name=name, sha256=sha256, reference=said, rows=len(raw.rows), total=sum_,
        problems=tuple(sorted(findings.problems)), batch_id=batch_id, **_states(rows),
    )  # fmt: skip


def _content(source: Path | bytes, name: str) -> tuple[bytes, str]:
    if isinstance(source, bytes):
        return source, name or "contributions.csv"
    return source.read_bytes(), name or source.name


def _rows(
    session: Session,
    raw: RawFile,
    name: str,
    findings: Findings,
    *,
    now: dt.datetime,
    progress: Callable[[Iterable[Any], int], Iterable[Any]],
) -> list[ContributionRow]:
    """Return the lines that may be posted, after noting every fault of the others."""
    known = _known(session, raw, today=local_date(now))
    lines = progress(raw.rows, len(raw.rows))
    return [row for line in lines if (row := check_row(line, known, name, findings))]


def _states(rows: Sequence[ContributionRow]) -> dict[str, Any]:
    """Count the lines of accounts in a state that is worth a word."""
    late = [row.amount for row in rows if row.late]
    return {
        "late_rows": len(late),
        "late": sum(late, Decimal(0)),
        "sealed": sum(row.sealed for row in rows),
        "frozen": sum(row.frozen for row in rows),
    }


def _known(session: Session, raw: RawFile, *, today: dt.date) -> Known:
    """Read the services and the accounts that the file names, once."""
    accounts: dict[tuple[int, str], Account] = {}
    schemes = reference.schemes(session)
    for part in _parts(sorted({number_of(row) for row in raw.rows})):
        found = session.scalars(
            sa.select(Account)
            .where(
                Account.scheme_id.in_([scheme.id for scheme in schemes]),
                Account.number.in_(part),
            )
            .options(joinedload(Account.applicant))
        )
        accounts |= {(row.scheme_id, row.number): row for row in found}
    by_code = {(scheme.agency.code, scheme.code): scheme for scheme in schemes}
    return Known(today=today, schemes=by_code, accounts=accounts)


def _hash_of(rows: Sequence[ContributionRow]) -> str:
    """Return a hash of what the lines pay in, whatever their order and the form of the file."""
    lines = sorted((row.account_id, row.value_date, row.amount) for row in rows)
    text = "\n".join(f"{account} {day} {amount}" for account, day, amount in lines)
    return hashlib.sha256(text.encode()).hexdigest()


def _one_agency(
    rows: Sequence[ContributionRow], actor: Actor, name: str, findings: Findings
) -> int | None:
    """One file is of one agency, for people of an agency their own."""
    if not rows and not findings.problems:
        findings.add(name, 0, "", "文件里没有缴存", "there is no contribution in the file")
    allowed = actor.agency_id or (rows[0].agency_id if rows else None)
    for row in rows:
        if row.agency_id != allowed:
            findings.add(
                name, row.line, "agency",
                "一个文件只能是一个单位（本单位）的缴存",
                "a file holds the contributions of one agency, your own",
            )  # fmt: skip
    return allowed


def _check_new(
    session: Session,
    agency_id: int | None,
    sha256: str,
    said: str,
    name: str,
    findings: Findings,
) -> None:
    """Refuse a file that was posted before, and another one under the same reference."""
    earlier = session.scalar(
        sa.select(ContributionBatch).where(
            sa.or_(
                ContributionBatch.sha256 == sha256,
                sa.and_(
                    ContributionBatch.agency_id == agency_id,
                    ContributionBatch.reference == said,
                ),
            )
        )
    )
    if earlier is None:
        return
    day = local_date(earlier.at)
    if earlier.sha256 == sha256:
        findings.add(
            name, 0, "",
            f"这个文件已于 {day} 以“{earlier.name}”入账",
            f"this file was posted on {day} as {earlier.name!r}",
        )  # fmt: skip
    else:
        findings.add(
            name, 0, "reference",
            f"批次号 {said}（未申报时由各行内容得出）已于 {day} 以“{earlier.name}”入账",
            f"the reference {said} (of the lines where none is declared) was posted on {day} "
            f"as {earlier.name!r}",
        )  # fmt: skip


def _batch(
    session: Session,
    agency_id: int,
    said: str,
    sha256: str,
    name: str,
    rows: Sequence[ContributionRow],
    total: Decimal,
    *,
    actor: Actor,
    now: dt.datetime,
) -> int | None:
    """Post the lines under the batch, once the accounts are locked, and return its key.

    None when the same file or reference was posted at the same moment.
    """
    closing = _locked_closing(session, rows)
    late = sum((row.amount for row in rows if row.account_id in closing), Decimal(0))
    batch = ContributionBatch(
        agency_id=agency_id, reference=said, sha256=sha256, name=name[:200], rows=len(rows),
        total=total, late=late, actor_id=actor.user_id, actor_name=actor.name[:100], at=now,
    )  # fmt: skip
    try:
        with session.begin_nested():
            session.add(batch)
    except sa.exc.IntegrityError:
        return None
    _post_lines(session, batch, rows, closing, now=now)
    session.expire_all()
    audit.record(
        session, "contributions_posted", actor=actor, now=now,
        object_type="contribution_batch", object_id=batch.id, agency_id=agency_id, file=name,
        rows=len(rows), total=str(total), late=str(late),
    )  # fmt: skip
    return batch.id


def _post_lines(
    session: Session,
    batch: ContributionBatch,
    rows: Sequence[ContributionRow],
    closing: set[int],
    *,
    now: dt.datetime,
) -> None:
    for part in _parts(rows):
        dues = {row.line: _due(batch.id, row, late=row.account_id in closing) for row in part}
        keys = bulk_postings.post_many(
            session, batch.agency_id, list(dues.values()), now=now, note=batch.reference
        )
        session.execute(
            sa.insert(ContributionLine),
            [
                {
                    "agency_id": batch.agency_id, "batch_id": batch.id, "line": row.line,
                    "account_id": row.account_id, "amount": row.amount,
                    "entry_id": keys[dues[row.line].reference],
                }
                for row in part
            ],
        )  # fmt: skip


def _due(batch_id: int, row: ContributionRow, *, late: bool) -> Due:
    return Due(
        account_id=row.account_id, kind="late" if late else "contribution",
        reference=f"contribution-{batch_id}-{row.line}", amount=row.amount,
        value_date=row.value_date, source=LedgerCode.CONTRIBUTIONS,
        target=LedgerCode.SUSPENSE if late else LedgerCode.AVAILABLE,
    )  # fmt: skip


def _locked_closing(session: Session, rows: Sequence[ContributionRow]) -> set[int]:
    """Lock every account of the file, in one order; return those that take no postings."""
    keys = sorted({row.account_id for row in rows})
    return {
        account.id
        for part in _parts(keys)
        for account in bulk_postings.lock(session, part)
        if account.closes
    }


def _parts(values: Sequence[Any]) -> Iterable[Sequence[Any]]:
    """Cut a list into parts that a database takes at once."""
    return (values[start : start + CHUNK] for start in range(0, len(values), CHUNK))
