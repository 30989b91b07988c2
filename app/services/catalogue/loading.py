"""Loading service packages: from checked files to effective-dated rows, all or nothing."""

import csv
import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.domain.conditions import CONDITIONS
from app.domain.entitlement import AMOUNT_RULES
from app.domain.workdays import local_date
from app.models import (
    Agency,
    Bank,
    BankBin,
    Commitment,
    IdDocumentType,
    MessageTemplate,
    NationalCode,
    PackageVersion,
    Scheme,
    WorkingDay,
)  # fmt: skip
from app.packages.files import sha256_of
from app.packages.reader import PACKAGES, Common, Package, read_common, read_package
from app.services.catalogue import package_rows
from app.services.catalogue.package_rows import Rows
from app.services.catalogue.reference_cache import forget
from app.services.catalogue.row_merging import Merge, merge_dated, merge_plain

COMMON = "common"


@dataclass(slots=True)
class Loaded:
    """What a load did, by package: rows added, changed, ended, and left as staff set them."""

    packages: dict[str, dict[str, int]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    @property
    def changed(self) -> bool:
        """Tell whether anything was written."""
        return bool(self.packages)


def load_packages(session: Session, *, now: dt.datetime, folder: Path = PACKAGES) -> Loaded:
    """Load the national data and every package of a folder whose version has risen.

    Raises ``PackageRefused`` with every fault of the first faulty one; the caller's
    transaction then keeps nothing of any.
    """
    loaded = Loaded()
    common = _load_common(session, folder / COMMON, loaded, now=now)
    for path in sorted(folder.glob("*/package.csv")):
        common = load_one(session, path.parent, loaded, common=common, now=now)
    forget()
    return loaded


def load_one(
    session: Session,
    folder: Path,
    loaded: Loaded,
    *,
    common: Common | None = None,
    now: dt.datetime,
) -> Common | None:
    """Load one package if its version has risen; return the national data if it was read."""
    code, version = _title(folder)
    last = _last(session, code)
    sha256 = sha256_of(folder)
    if last is not None and version <= last.version:
        if sha256 != last.sha256:
            loaded.notes.append(
                f"{code}: files differ from version {last.version}, but the version is not higher"
            )
        return common
    common = common or read_common(folder.parent / COMMON)
    package = read_package(
        folder, common=common, condition_keys=CONDITIONS, amount_rules=AMOUNT_RULES
    )
    merge = Merge(_digests(last), local_date(now), first=last is None)
    scheme = _place(session, package, merge)
    for model, key, rows in package_rows.of_package(package):
        merge_dated(session, merge, model, key, rows, _owner(scheme, package))
    _letter(session, package, scheme, merge)
    _allow_banks(session, package, first=last is None)
    _write_down(session, code, version, sha256, merge, loaded, now=now)
    return common


def _load_common(
    session: Session, folder: Path, loaded: Loaded, *, now: dt.datetime
) -> Common | None:
    """Load the national data if its files have changed; it has no version of its own."""
    sha256 = sha256_of(folder)
    last = _last(session, COMMON)
    if last is not None and last.sha256 == sha256:
        return None
    common = read_common(folder)
    merge = Merge(_digests(last), local_date(now), first=last is None)
    tables: tuple[tuple[Any, tuple[str, ...], Rows, bool], ...] = (
        (Bank, ("code",), package_rows.banks(common), False),
        (BankBin, ("prefix", "card_length"), package_rows.bins(common), False),
        (IdDocumentType, ("code",), package_rows.document_types(common), False),
        (NationalCode, ("table_name", "code"), package_rows.national_codes(common), False),
        (WorkingDay, ("date",), package_rows.working_days(common), True),
        (MessageTemplate, ("event",), package_rows.message_templates(common), False),
    )
    for model, key, rows, drop in tables:
        merge_plain(session, merge, model, key, rows, drop_gone=drop)
    version = last.version + 1 if last else 1
    _write_down(session, COMMON, version, sha256, merge, loaded, now=now)
    return common


def _place(session: Session, package: Package, merge: Merge) -> Scheme:
    """Write agency and scheme of a package and return the scheme.

    An agency that is there keeps its way of paying and its payer account: they change on its
    page, and only while no payment is on its way or unsettled.
    """
    named = sa.select(Agency).where(Agency.code == package.agency.code)
    there, brought = session.scalar(named), package_rows.agency(package)
    if there is not None:
        brought |= {"pays_by": there.pays_by, "payer_account": there.payer_account}
    merge_plain(session, merge, Agency, ("code",), [brought])
    agency = session.scalars(named).one()
    row = package_rows.scheme(package) | {"agency_id": agency.id}
    merge_plain(session, merge, Scheme, ("agency_id", "code"), [row])
    return session.scalars(
        sa.select(Scheme).where(
            Scheme.agency_id == agency.id, Scheme.code == package.scheme.code
        )
    ).one()


def _owner(scheme: Scheme, package: Package) -> dict[str, Any]:
    return {
        "agency_id": scheme.agency_id,
        "scheme_id": scheme.id,
        "version": package.about.version,
    }


def _letter(session: Session, package: Package, scheme: Scheme, merge: Merge) -> None:
    """Add the commitment letter when its version or text is new; signed ones stay as they are."""
    zh, en = package.texts["commitment_letter", "zh"], package.texts["commitment_letter", "en"]
    sha256 = hashlib.sha256(f"{zh}\0{en}".encode()).hexdigest()
    version = package.scheme.commitment_version
    known = session.scalar(
        sa.select(Commitment).where(
            Commitment.scheme_id == scheme.id,
            sa.or_(Commitment.version == version, Commitment.sha256 == sha256),
        )
    )
    if known is not None:
        return
    letter = Commitment(
        agency_id=scheme.agency_id, scheme_id=scheme.id, version=version,
        text_zh=zh, text_en=en, sha256=sha256,
    )  # fmt: skip
    if not merge.first:
        letter.valid_from = merge.today
    session.add(letter)
    merge.added += 1


def _allow_banks(session: Session, package: Package, *, first: bool) -> None:
    """Note on the banks which may receive money of a new scheme: those its reasons name, or all."""
    if not first:
        return
    named = {code for row in package.reasons for code in row.allowed_banks}
    every = any(not row.allowed_banks for row in package.reasons)
    for bank in session.scalars(sa.select(Bank)):
        if every or bank.code in named:
            schemes = {*bank.allowed_schemes, package.scheme.code}
            bank.allowed_schemes = tuple(sorted(schemes))
    session.flush()


def _title(folder: Path) -> tuple[str, int]:
    """Return code and version of a package, without reading the rest."""
    with (folder / "package.csv").open(encoding="utf-8-sig", newline="") as lines:
        row = next(csv.DictReader(lines), None) or {}
    version = row.get("version") or ""
    return row.get("code") or folder.name, int(version) if version.isdecimal() else 1


def _last(session: Session, code: str) -> PackageVersion | None:
    return session.scalar(
        sa.select(PackageVersion)
        .where(PackageVersion.code == code)
        .order_by(PackageVersion.version.desc())
        .limit(1)
    )


def _digests(last: PackageVersion | None) -> Mapping[str, str]:
    return last.counts.get("digests", {}) if last else {}


def _write_down(
    session: Session,
    code: str,
    version: int,
    sha256: str,
    merge: Merge,
    loaded: Loaded,
    *,
    now: dt.datetime,
) -> None:
    counts = merge.counts()
    session.add(
        PackageVersion(
            code=code, version=version, sha256=sha256, loaded_at=now,
            counts=counts | {"digests": merge.digests},
        )
    )  # fmt: skip
    session.flush()
    loaded.packages[f"{code} {version}"] = counts
