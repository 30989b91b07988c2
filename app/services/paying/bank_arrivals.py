"""Files from a bank: taken whole or not at all, once, and kept with who brought them."""

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, defer

from app.domain import policy
from app.domain.errors import IllegalMove, Invalid
from app.domain.policy import Actor
from app.domain.terms import Role
from app.domain.workdays import local_date
from app.gateways.bank import Statement
from app.gateways.bank.orders import (
    MOST_BYTES,
    Advice,
    Answer,
    DayStatement,
    Form,
    Read,
    Unreadable,
)  # fmt: skip
from app.gateways.bank.ways import FORMS
from app.models import Agency, BankFile
from app.services import audit
from app.services.entry import proofs
from app.services.paying import money_eyes
from app.services.paying.bank_files import (
    ADVICE,
    ANSWER,
    IN,
    OUT,
    REFUSED,
    STATEMENT,
    references,
    written,
)
from app.services.records.packing import pack, unpack
from app.services.staff import standing

MOST_FACT = 32
"""So much of each fact of a refusal is kept with its code, as JSON."""


def take(
    session: Session,
    agency: Agency,
    name: str,
    data: bytes,
    *,
    form: Form,
    actor: Actor,
    now: dt.datetime,
) -> BankFile:
    """Take a file from the bank: read to its end, compared with what was sent, kept.

    What a person brings waits for a second one. Nothing else changes yet. Raises ``Invalid``
    (bank_file_*) with line and column for a file that is not whole, not ours, or taken before.
    """
    digest = hashlib.sha256(data).hexdigest()
    _check_new(session, agency, digest)
    said = read(form, data)
    values = _checked(session, agency, said, now=now)
    _check_number(session, agency, values)
    try:
        with session.begin_nested():
            file = _keep(session, agency, name, data, form=form, actor=actor, now=now, **values)
    except sa.exc.IntegrityError:
        _check_new(session, agency, digest)
        _check_number(session, agency, values)
        raise
    if actor.user_id is None or values["kind"] == ADVICE:
        file.confirmed_name, file.confirmed_at = actor.name[:100], now
    if values["kind"] == ADVICE:
        file.done_at = now
    session.flush()
    _record(session, "bank_file_taken", file, actor=actor, now=now)
    return file


def bring(
    session: Session, name: str, data: bytes, *, form: Form, actor: Actor, now: dt.datetime
) -> BankFile:
    """Take a file that a payer brings; a releaser confirms it before anything follows."""
    policy.check_role(actor, Role.PAYER)
    standing.check(session, actor, now=now)
    agency = session.get_one(Agency, actor.agency_id)
    file = take(session, agency, name, data, form=form, actor=actor, now=now)
    money_eyes.check(session, payouts_of(session, file), actor=actor, now=now)
    return file


def confirm(session: Session, file: BankFile, *, actor: Actor, now: dt.datetime) -> None:
    """Confirm a file that another person brought; the next run works it in."""
    _check_second(session, file, actor=actor, now=now)
    money_eyes.check(session, payouts_of(session, file), actor=actor, now=now)
    proofs.check(actor, now=now)
    file.confirmed_by, file.confirmed_name = actor.user_id, actor.name[:100]
    file.confirmed_at = now
    session.flush()
    _record(session, "bank_file_confirmed", file, actor=actor, now=now)


def discard(
    session: Session, file: BankFile, *, actor: Actor, now: dt.datetime, reason: str
) -> None:
    """Refuse a file that another person brought; it stays on record and changes nothing."""
    _check_second(session, file, actor=actor, now=now)
    if not reason.strip():
        raise Invalid(code="reason_needed", field="reason")
    file.problem = reason.strip()[:200]
    session.flush()
    _record(session, "bank_file_discarded", file, actor=actor, now=now, reason=file.problem)


def refuse(
    session: Session,
    agency: Agency,
    name: str,
    data: bytes,
    why: Invalid,
    *,
    form: Form,
    actor: Actor,
    now: dt.datetime,
) -> BankFile:
    """Keep a file that could not be taken, with the reason; nothing follows from it."""
    said = {"code": why.code} | {key: str(fact)[:MOST_FACT] for key, fact in why.facts.items()}
    file = _keep(
        session, agency, name, data[:MOST_BYTES], form=form, actor=actor, now=now, kind=REFUSED,
        message_id="", problem=json.dumps(said, ensure_ascii=False)[:200],
    )  # fmt: skip
    _record(session, "bank_file_refused", file, actor=actor, now=now, reason=file.problem)
    return file


def was_refused(session: Session, agency: Agency, name: str, data: bytes) -> bool:
    """Tell whether the same bytes under the same name were refused before."""
    found = sa.select(BankFile.id).where(
        BankFile.agency_id == agency.id, BankFile.kind == REFUSED, BankFile.name == _plain(name),
        BankFile.sha256 == hashlib.sha256(data[:MOST_BYTES]).hexdigest(),
    )  # fmt: skip
    return session.scalar(found.limit(1)) is not None


def read(form: Form, data: bytes) -> Read:
    """Read a file, or raise ``Invalid`` that names what is wrong, the line and the column."""
    try:
        if len(data) > MOST_BYTES:
            raise Unreadable("too_long", line=1, column=1)
        return form.read(data)
    except Unreadable as fault:
        raise Invalid(
            str(fault), code=f"bank_file_{fault.code}", field="file", line=fault.line,
            column=fault.column, what=fault.what,
        ) from None  # fmt: skip


def kept_statement(session: Session, agency_id: int, day: dt.date) -> Statement | None:
    """Return the bank's statement of a day once it is confirmed and follows the one before.

    Opening and closing balances chain the days: while one between is missing, the next waits.
    """
    file = session.scalar(_statements(agency_id).where(BankFile.on_date == day))
    if file is None or gap_before(session, file) is not None:
        return None
    said = read(FORMS[file.form], unpack(file.content))
    assert isinstance(said, DayStatement)
    raw = f"{file.name} sha256 {file.sha256}".encode()
    return Statement(day, said.lines, complete=True, raw=raw)


def gap_before(session: Session, file: BankFile) -> BankFile | None:
    """Return the statement before this one when their balances do not meet: one is missing.

    Those of another account, from before the agency paid from this one, prove nothing.
    """
    before: BankFile | None = session.scalar(
        _statements(file.agency_id)
        .where(BankFile.on_date < file.on_date)
        .options(defer(BankFile.content_sealed))
        .order_by(BankFile.on_date.desc())
        .limit(1)
    )
    if before is None or before.account != file.account:
        return None
    return before if before.closing != file.opening else None


def statement_read(session: Session, agency_id: int, day: dt.date, *, now: dt.datetime) -> None:
    """Note that the statement of a day was compared.

    Raises ``IllegalMove`` when two people put it aside meanwhile: then nothing was.
    """
    file = session.scalar(
        _statements(agency_id).where(BankFile.on_date == day).with_for_update(of=BankFile)
    )
    if file is None:
        raise IllegalMove("it was put aside")
    if file.done_at is None:
        file.done_rows, file.done_at = file.rows, now
        session.flush()


def days_kept(session: Session, agency_id: int) -> list[dt.date]:
    """Return the days whose statement is here and was not compared yet, oldest first."""
    rows = session.scalars(
        _statements(agency_id).where(BankFile.done_at.is_(None)).order_by(BankFile.on_date)
    )
    return [row.on_date for row in rows if row.on_date is not None]


def payouts_of(session: Session, file: BankFile) -> list[int]:
    """Return the payments an answer is about, in the order of their keys; none for others."""
    if file.about_id is None:
        return []
    return [key for key, _ in written(session, session.get_one(BankFile, file.about_id))]


def _statements(agency_id: int) -> sa.Select[BankFile]:
    return sa.select(BankFile).where(
        BankFile.agency_id == agency_id,
        BankFile.direction == IN,
        BankFile.kind == STATEMENT,
        BankFile.problem == "",
        BankFile.confirmed_at.is_not(None),
    )


def _check_new(session: Session, agency: Agency, digest: str) -> None:
    before = session.scalar(_good(agency).where(BankFile.sha256 == digest))
    if before is not None:
        raise Invalid(
            "taken before", code="bank_file_taken", field="file", name=before.name, at=before.at
        )


def _check_number(session: Session, agency: Agency, values: Mapping[str, Any]) -> None:
    """Refuse a second file under a number, and a second statement of a day."""
    kind = _good(agency).where(BankFile.kind == values["kind"])
    same = kind.where(BankFile.message_id == values["message_id"])
    if values["kind"] == STATEMENT:
        same = kind.where(
            sa.or_(
                BankFile.message_id == values["message_id"],
                BankFile.on_date == values["on_date"],
            )
        )
    before = session.scalar(same.limit(1))
    if before is not None:
        raise Invalid(
            "number used", code="bank_file_number_used", field="file", name=before.name,
            at=before.at,
        )  # fmt: skip


def _good(agency: Agency) -> sa.Select[BankFile]:
    return sa.select(BankFile).where(
        BankFile.agency_id == agency.id, BankFile.direction == IN, BankFile.problem == ""
    )


def _checked(
    session: Session, agency: Agency, said: Read, *, now: dt.datetime
) -> dict[str, Any]:
    """Compare a file with what the hall knows; return what is kept of it."""
    if isinstance(said, Advice):
        return {"kind": ADVICE, "message_id": said.message_id[:40]}
    if isinstance(said, DayStatement):
        if _bare(said.account) != _bare(agency.payer_account):
            raise Invalid("another account", code="bank_file_account", field="file")
        if said.day >= local_date(now):
            raise Invalid("not over", code="bank_file_day_open", field="file", day=said.day)
        total = sum((line.amount for line in said.lines), Decimal(0))
        return {
            "kind": STATEMENT, "message_id": said.message_id[:40], "on_date": said.day,
            "account": _bare(said.account)[:40], "rows": len(said.lines), "total": total, "opening": said.opening,
            "closing": said.closing,
        }  # fmt: skip
    return _checked_answer(session, agency, said)


def _bare(account: str) -> str:
    return account.replace(" ", "")


def _checked_answer(session: Session, agency: Agency, said: Answer) -> dict[str, Any]:
    about = session.scalar(
        sa.select(BankFile).where(
            BankFile.agency_id == agency.id,
            BankFile.direction == OUT,
            BankFile.message_id == said.about,
        )
    )
    if about is None:
        raise Invalid(
            "no such batch", code="bank_file_about", field="file", number=said.about[:40]
        )
    if said.count not in (None, about.rows) or said.total not in (None, about.total):
        raise Invalid(
            "other count or sum", code="bank_file_counts", field="file", rows=about.rows,
            total=about.total,
        )  # fmt: skip
    known = references(about)
    for line in said.lines:
        if line.reference not in known:
            raise Invalid(
                "not in the batch", code="bank_file_reference", field="file", line=line.line,
                column=line.column, what=line.reference[:40],
            )  # fmt: skip
    amounts = (line.amount for line in said.lines if line.amount is not None)
    return {
        "kind": ANSWER, "message_id": said.message_id[:40], "about_id": about.id,
        "batch_id": about.batch_id, "rows": len(said.lines) or about.rows,
        "total": sum(amounts, Decimal(0)),
    }  # fmt: skip


def _keep(
    session: Session,
    agency: Agency,
    name: str,
    data: bytes,
    *,
    form: Form,
    actor: Actor,
    now: dt.datetime,
    **values: Any,
) -> BankFile:
    file = BankFile(
        agency_id=agency.id, direction=IN, form=form.name, name=_plain(name),
        sha256=hashlib.sha256(data).hexdigest(), size=len(data), actor_id=actor.user_id,
        actor_name=actor.name[:100], at=now, confirmed_name="",
        **({"problem": ""} | values),
    )  # fmt: skip
    file.content = pack(data)
    session.add(file)
    session.flush()
    return file


def _plain(name: str) -> str:
    """Return a file's own name without folders and without signs that are none of a name."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(sign for sign in last if sign.isprintable())[:100] or "file"


def _check_second(session: Session, file: BankFile, *, actor: Actor, now: dt.datetime) -> None:
    policy.check_role(actor, Role.RELEASER)
    policy.check_agency(actor, agency_id=file.agency_id)
    standing.check(session, actor, now=now)
    session.refresh(file, with_for_update=True)
    if file.direction != IN or file.confirmed_at is not None or file.problem:
        raise IllegalMove("it is settled already")
    standing.check_other(session, actor, earlier=file.actor_id)


def _record(
    session: Session, act: str, file: BankFile, *, actor: Actor, now: dt.datetime, **more: Any
) -> None:
    audit.record(
        session, act, actor=actor, now=now, object_type="bank_file", object_id=file.id,
        agency_id=file.agency_id, name=file.name, sha256=file.sha256, rows=file.rows, **more,
    )  # fmt: skip
