"""What an agency offers, laid out for the front page and the guides."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.display.words import localized
from app.domain.terms import Closes, Kind, Need, Origin
from app.models import Agency, MaterialRequirement, MaterialType, Scheme, WithdrawalReason
from app.services import reference

SHOWN_PAPERS = 2
"""Papers named under a reason on the front page; the guide names them all."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A reason of a service with the papers it is known by."""

    reason: WithdrawalReason
    papers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Service:
    """A scheme of an agency: its reasons by group, its days, its settings."""

    scheme: Scheme
    groups: tuple[tuple[str, tuple[Offer, ...]], ...]
    settings: Mapping[str, Decimal]

    @property
    def decision_days(self) -> int:
        """Return the working days the office may take to decide."""
        return int(self.settings["decision_days"])

    @property
    def payout_days(self) -> int:
        """Return the working days until the money arrives after the decision."""
        return int(self.settings["payout_days"])

    @property
    def count(self) -> int:
        """Return how many reasons there are."""
        return sum(len(offers) for _, offers in self.groups)


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper of a guide: what it is, when it is asked for, what may take its place."""

    name: str
    help: str
    condition: str
    is_required: bool
    is_generated: bool
    alternative: str
    slug: str = ""


def services_of(session: Session, agency: Agency, on: dt.date) -> list[Service]:
    """Return the services of an agency with the reasons in force on a day."""
    schemes = sa.select(Scheme).where(Scheme.agency_id == agency.id).order_by(Scheme.id)
    return [_service(session, scheme, on) for scheme in session.scalars(schemes)]


def papers_of(
    session: Session, reason: WithdrawalReason, on: dt.date
) -> dict[Kind, list[Paper]]:
    """Return the papers a reason asks for in each kind of withdrawal, the required first."""
    types = reference.material_types(session, reason.scheme_id, on)
    found: dict[Kind, list[Paper]] = {}
    for row in _rows(session, reason.scheme_id, on, reason.code):
        if (kind := types.get(row.material_code)) is not None:
            found.setdefault(row.kind, []).append(_paper(row, kind))
    for papers in found.values():
        papers.sort(key=lambda paper: (bool(paper.condition), not paper.is_required))
    return {kind: found[kind] for kind in Kind if kind in found and kind in reason.kinds}


def _service(session: Session, scheme: Scheme, on: dt.date) -> Service:
    types = reference.material_types(session, scheme.id, on)
    rows = _rows(session, scheme.id, on)
    groups: dict[str, list[Offer]] = {}
    for reason in reference.reasons_in_force(session, scheme.id, on):
        offer = Offer(reason, tuple(_known_by(reason, rows, types)))
        groups.setdefault(localized(reason, "group"), []).append(offer)
    settings = reference.settings_on(session, scheme.id, on)
    laid_out = sorted(groups.items(), key=lambda group: -len(group[1]))
    return Service(scheme, tuple((name, tuple(offers)) for name, offers in laid_out), settings)


def _known_by(
    reason: WithdrawalReason,
    rows: Iterable[MaterialRequirement],
    types: Mapping[str, MaterialType],
) -> list[str]:
    """Return the papers that tell this reason from the others."""
    shared = {"id_document", "bank_card", "application_form", "commitment_letter"}
    kind = Kind.CLOSING if reason.closes_account is Closes.ALWAYS else Kind.FIRST
    wanted = (
        types[row.material_code]
        for row in rows
        if (row.reason_code, row.kind) == (reason.code, kind)
        and row.need is not Need.OPTIONAL
        and row.condition_key != "by_proxy"
        and row.material_code in types
    )
    names = [
        localized(paper, "name")
        for paper in wanted
        if paper.origin is Origin.UPLOAD and paper.slug not in shared
    ]
    return list(dict.fromkeys(names))[:SHOWN_PAPERS]


def _rows(
    session: Session, scheme_id: int, on: dt.date, reason_code: str = ""
) -> list[MaterialRequirement]:
    row = MaterialRequirement
    query = sa.select(row).where(
        row.scheme_id == scheme_id,
        row.valid_from <= on,
        sa.or_(row.valid_to.is_(None), row.valid_to >= on),
    )
    if reason_code:
        query = query.where(row.reason_code == reason_code)
    return list(session.scalars(query.order_by(row.id)))


def _paper(row: MaterialRequirement, kind: MaterialType) -> Paper:
    return Paper(
        name=localized(kind, "name"),
        help=localized(kind, "help"),
        condition=localized(row, "condition"),
        is_required=row.need is not Need.OPTIONAL,
        is_generated=kind.origin is Origin.GENERATED,
        alternative=row.alternative_group,
        slug=kind.slug,
    )
