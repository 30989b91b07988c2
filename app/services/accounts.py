"""How accounts come to be: a file with holders and balances, all or nothing."""

import datetime as dt
import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import sealing
from app.domain import policy
from app.domain.errors import NotAllowed
from app.domain.identity import same_name
from app.domain.policy import Actor
from app.domain.terms import Role
from app.domain.workdays import local_date
from app.models import Account, Applicant, ImportBatch, PaidHistory, Staff
from app.packages.problems import Findings, Problem
from app.services import audit
from app.services.accounting.account_files import RawFile, check_declared, read_file
from app.services.accounting.account_rows import AccountRow, check_row, words_of
from app.services.accounting.openings import Opening, open_accounts
from app.services.records import second_hands

T = TypeVar("T")
LOOKERS = (Role.WORKER, Role.SUPERVISOR, Role.INSTALLATION_ADMIN, Role.RELEASER)
WRITERS = (Role.WORKER, Role.RELEASER)
CHUNK = 500


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What a file holds and whether it was taken: ``total`` in yuan, every fault by its line.

    ``undated`` accounts have a balance and no day: their interest counts from the day of taking.
    """

    name: str
    sha256: str
    rows: int
    total: Decimal
    people_new: int
    people_known: int
    undated: int
    problems: tuple[Problem, ...]
    written: bool
    agency_id: int | None
    batch_id: int | None = None
    file_id: int | None = None
    """Under this key the file waits for a second person."""


def import_accounts(
    session: Session,
    source: Path | bytes,
    *,
    actor: Actor,
    now: dt.datetime,
    name: str = "",
    preview: bool = False,
    count: int | None = None,
    total: Decimal | None = None,
    brought_by: int | None = None,
    progress: Callable[[Iterable[Any], int], Iterable[Any]] = lambda rows, _length: rows,
) -> ImportReport:
    """Take accounts, holders and opening balances from a csv or xlsx file, or nothing of it.

    The declared ``count`` and ``total`` come from the caller or the file's last line
    ``#TRAILER,count,total``; where both say it, both must agree. A file with a fault, or a
    ``preview``, writes nothing. What a person writes was ``brought_by`` another; the operator's
    command writes what lies on the machine. Raises ``NotAllowed``: role_missing, four_eyes;
    own_account when a line is of one of the two.
    """
    policy.check_role(actor, *(LOOKERS if preview else WRITERS))
    second_hands.check_may(session, actor, now=now, preview=preview, brought_by=brought_by)
    data = source if isinstance(source, bytes) else source.read_bytes()
    name = name or (source.name if isinstance(source, Path) else "accounts.csv")
    sha256, findings = hashlib.sha256(data).hexdigest(), Findings()
    raw = read_file(data, name, findings)
    rows = _rows(session, raw, name, findings, now=now, progress=progress)
    whole = sum((row.balance for row in rows), Decimal(0))
    _check_file(session, raw, sha256, name, findings)
    if not findings.problems:
        check_declared(raw, count, total, whole, name, findings)
    agency_id = _one_agency(rows, actor, name, findings)
    _check_own(session, rows, actor, brought_by, name, findings)
    _check_numbers(session, rows, name, findings)
    known = _people(session, [row.person for row in rows])
    _check_people(session, rows, known, name, findings)
    batch_id = None
    if not findings.problems and not preview:
        batch_id = _write(session, rows, known, sha256, name, actor=actor, now=now)
    return ImportReport(
        name=name, sha256=sha256, rows=len(raw.rows), total=whole, agency_id=agency_id,
        problems=tuple(sorted(findings.problems)), written=batch_id is not None,
        batch_id=batch_id, **_counts(rows, known),
    )  # fmt: skip


def _rows(
    session: Session,
    raw: RawFile,
    name: str,
    findings: Findings,
    *,
    now: dt.datetime,
    progress: Callable[[Iterable[Any], int], Iterable[Any]],
) -> list[AccountRow]:
    """Return the lines that may be written, after noting every fault of the others."""
    words = words_of(session, today=local_date(now))
    lines = progress(raw.rows, len(raw.rows))
    return [row for line in lines if (row := check_row(line, words, name, findings))]


def _counts(rows: Sequence[AccountRow], known: dict[str, Applicant]) -> dict[str, int]:
    """Count the people of the file, and the balances that name no day of interest."""
    people = {row.person for row in rows}
    return {
        "people_new": len(people - known.keys()),
        "people_known": len(people & known.keys()),
        "undated": sum(bool(row.balance) and row.last_interest_on is None for row in rows),
    }


def _check_file(
    session: Session, raw: RawFile, sha256: str, name: str, findings: Findings
) -> None:
    """Refuse a file without accounts, and one that was imported before."""
    if not raw.rows and not findings.problems:
        findings.add(name, 0, "", "文件里没有账户", "there is no account in the file")
    earlier = session.scalar(sa.select(ImportBatch).where(ImportBatch.sha256 == sha256))
    if earlier is not None:
        day = local_date(earlier.at)
        findings.add(
            name, 0, "",
            f"这个文件已于 {day} 以“{earlier.name}”导入",
            f"this file was imported on {day} as {earlier.name!r}",
        )  # fmt: skip


def _one_agency(
    rows: Sequence[AccountRow], actor: Actor, name: str, findings: Findings
) -> int | None:
    """One file is of one agency, for people of an agency their own."""
    allowed = actor.agency_id or (rows[0].scheme.agency_id if rows else None)
    for row in rows:
        if row.scheme.agency_id != allowed:
            findings.add(
                name, row.line, "agency",
                "一个文件只能是一个单位（本单位）的账户",
                "a file holds the accounts of one agency, your own",
            )  # fmt: skip
    return allowed


def _check_own(
    session: Session,
    rows: Sequence[AccountRow],
    actor: Actor,
    brought_by: int | None,
    name: str,
    findings: Findings,
) -> None:
    """Nobody has a hand in the balance of an own account, whichever log-in is used.

    Who looks is told the line. Who posts has no right to the whole file.
    """
    own = {actor.identity_index} if actor.identity_index else set()
    if brought_by is not None:
        query = sa.select(Staff.id_number_index).where(Staff.user_id == brought_by)
        own |= {index for index in session.scalars(query) if index}
    for row in rows:
        if row.person not in own:
            continue
        if brought_by is not None:
            raise NotAllowed("an account of one of the two", code="own_account")
        findings.add(
            name, row.line, "id_number",
            "这是您本人的账户，须由另外两人经办",
            "this account is your own: two other people bring it in",
        )  # fmt: skip


def _check_numbers(
    session: Session, rows: Sequence[AccountRow], name: str, findings: Findings
) -> None:
    """Refuse account numbers that stand twice in the file or are open already."""
    first: dict[tuple[int, str], int] = {}
    schemes = {row.scheme.id for row in rows}
    for row in rows:
        earlier = first.setdefault((row.scheme.id, row.number), row.line)
        if earlier != row.line:
            findings.add(
                name, row.line, "account_number",
                f"与第 {earlier} 行重复", f"repeats the number of line {earlier}",
            )  # fmt: skip
    for numbers in _chunks(sorted({number for _, number in first})):
        there = session.execute(
            sa.select(Account.scheme_id, Account.number).where(
                Account.scheme_id.in_(schemes), Account.number.in_(numbers)
            )
        )
        for scheme_id, number in there:
            if (line := first.get((scheme_id, number))) is not None:
                findings.add(
                    name, line, "account_number", "账号已存在", "this account exists already"
                )


def _people(session: Session, indexes: Iterable[str]) -> dict[str, Applicant]:
    """Return the people of the file whom the hall knows already."""
    found: dict[str, Applicant] = {}
    for chunk in _chunks(sorted(set(indexes))):
        known = session.scalars(
            sa.select(Applicant).where(Applicant.id_number_index.in_(chunk))
        )
        found |= {person.id_number_index: person for person in known}
    return found


def _check_people(
    session: Session,
    rows: Sequence[AccountRow],
    known: dict[str, Applicant],
    name: str,
    findings: Findings,
) -> None:
    """One document number is one person with one name; one mobile is of one person."""
    names = {person: (found.id_type, found.name) for person, found in known.items()}
    owners = _mobiles(session, [row.mobile for row in rows if row.mobile])
    for row in rows:
        id_type, there = names.setdefault(row.person, (row.id_type, row.name))
        if id_type != row.id_type or not same_name(there, row.name):
            findings.add(
                name, row.line, "name",
                "同一证件号码已有另一姓名或证件类型",
                "this number is known with another name or kind of document",
            )  # fmt: skip
        if row.mobile and owners.setdefault(row.mobile, row.person) != row.person:
            findings.add(
                name, row.line, "mobile", "手机号码属于另一人", "the mobile is another person's"
            )


def _mobiles(session: Session, mobiles: Iterable[str]) -> dict[str, str]:
    """Return whose a mobile is, by the look-up hash of the person."""
    by_index: dict[str | None, str] = {sealing.index_of(mobile): mobile for mobile in mobiles}
    owners: dict[str, str] = {}
    for chunk in _chunks(list(by_index)):
        rows = session.execute(
            sa.select(Applicant.mobile_index, Applicant.id_number_index).where(
                Applicant.mobile_index.in_(chunk)
            )
        )
        owners |= {by_index[mobile]: person for mobile, person in rows}
    return owners


def _write(
    session: Session,
    rows: Sequence[AccountRow],
    known: dict[str, Applicant],
    sha256: str,
    name: str,
    *,
    actor: Actor,
    now: dt.datetime,
) -> int:
    """Write people, accounts, balances and history; return the key of the import."""
    people = dict(known)
    for row in rows:
        if row.person not in people:
            people[row.person] = _person(row, now=now)
            session.add(people[row.person])
    session.flush()
    accounts = [_account(row, people[row.person]) for row in rows]
    session.add_all(accounts)
    session.flush()
    openings = [
        Opening(account, row.balance, row.last_interest_on or local_date(now), _reference(row))
        for row, account in zip(rows, accounts, strict=True)
    ]
    open_accounts(session, openings, actor=actor, now=now)
    _write_history(session, rows, accounts)
    return _write_batch(session, rows, sha256, name, actor=actor, now=now)


def _person(row: AccountRow, *, now: dt.datetime) -> Applicant:
    person = Applicant(
        id_type=row.id_type, name=row.name, gender=row.gender, ethnicity=row.ethnicity,
        birth_date=row.birth_date, created_at=now,
    )  # fmt: skip
    person.id_number = row.id_number
    person.mobile = row.mobile or None
    return person


def _account(row: AccountRow, person: Applicant) -> Account:
    return Account(
        agency_id=row.scheme.agency_id, scheme_id=row.scheme.id, applicant_id=person.id,
        number=row.number, employer=row.employer, state=row.state, opened_on=row.opened_on,
        sealed_on=row.sealed_on, frozen_amount=row.frozen_amount,
    )  # fmt: skip


def _reference(row: AccountRow) -> str:
    return f"opening-{row.scheme.id}-{row.number}"


def _write_history(
    session: Session, rows: Sequence[AccountRow], accounts: Sequence[Account]
) -> None:
    """Keep what was paid before this hall: it makes the next withdrawal a later one."""
    session.add_all(
        PaidHistory(
            agency_id=account.agency_id, account_id=account.id, reason_code=row.paid_reason,
            paid_on=row.paid_on, amount=row.paid_amount, house_key=row.house_key,
        )
        for row, account in zip(rows, accounts, strict=True)
        if row.paid_reason
    )  # fmt: skip
    session.flush()


def _write_batch(
    session: Session,
    rows: Sequence[AccountRow],
    sha256: str,
    name: str,
    *,
    actor: Actor,
    now: dt.datetime,
) -> int:
    agency_id = rows[0].scheme.agency_id
    total = sum((row.balance for row in rows), Decimal(0))
    batch = ImportBatch(
        agency_id=agency_id, sha256=sha256, name=name[:200], rows=len(rows), total=total,
        actor_id=actor.user_id, at=now,
    )  # fmt: skip
    session.add(batch)
    session.flush()
    audit.record(
        session, "accounts_imported", actor=actor, now=now, object_type="import_batch",
        object_id=batch.id, agency_id=agency_id, file=name, rows=len(rows), total=str(total),
    )  # fmt: skip
    return batch.id


def _chunks(values: list[T]) -> Iterator[list[T]]:
    """Cut a list into parts that a database takes at once."""
    for start in range(0, len(values), CHUNK):
        yield values[start : start + CHUNK]
