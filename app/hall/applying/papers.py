"""The papers of a case as the upload page shows them: asked for, there, missing (SA15 to SA18)."""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from flask import url_for
from sqlalchemy.orm import Session

from app.display.words import localized
from app.domain.materials import Needed, is_met
from app.domain.terms import Need, Origin, Status
from app.domain.workdays import local_date
from app.models import Application, MaterialPage, MaterialRequirement, MaterialType, ReturnItem
from app.services import reference
from app.services.applying import circumstances, wizard


@dataclass(frozen=True, slots=True)
class Picture:
    """One uploaded page."""

    url: str
    thumbnail: str
    name: str
    alt: str
    remove_url: str
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper with its pictures and whether it is there."""

    code: str
    name: str
    need: str
    state: str
    note: str
    condition: str
    group: str
    pictures: tuple[Picture, ...]
    is_open: bool
    is_generated: bool
    source: str
    most: int
    most_mb: int
    least: int
    accept: str
    slug: str
    problems: tuple[ReturnItem, ...] = ()

    @property
    def takes_files(self) -> bool:
        """Tell whether files may be added now."""
        return self.is_open and len(self.pictures) < self.most

    @property
    def lacks(self) -> int:
        """Return how many pages are still missing from a paper that was begun."""
        begun = bool(self.pictures) and self.state == "waiting"
        return max(self.least - len(self.pictures), 0) if begun else 0


class Papers:
    """All papers of a case, and how many of the required ones are there."""

    def __init__(self, session: Session, case: Application, *, now: dt.datetime) -> None:
        """Read what is asked for and what was uploaded."""
        on = local_date(now)
        self.case = case
        self.types = reference.material_types(session, case.scheme_id, on)
        self.needed = circumstances.needed_materials(session, case, on=on)
        self.shared = circumstances.shared_materials(case)
        self.counts = circumstances.page_counts(case)
        self.missing = circumstances.missing(session, case, on=on)
        self._opened = (
            wizard.reopened(session, case, now=now) if case.status is Status.RETURNED else None
        )
        self._conditions = conditions_of(session, case, on=on)
        self.all = [self._paper(row) for row in self._unique()]

    @property
    def uploads(self) -> list[Paper]:
        """Return the papers that may be uploaded now, for the drop-down (SA16)."""
        return [paper for paper in self.all if paper.takes_files]

    @property
    def most_mb(self) -> int:
        """Return how large a file of any paper may be, in MB; single papers may take more."""
        return min(kind.max_mb_per_file for kind in self.types.values())

    @property
    def required(self) -> int:
        """Return how many papers have to be there; one of an alternative group counts once."""
        alone = {
            row.alternative_group or row.material_code
            for row in self.needed
            if row.need is not Need.OPTIONAL
        }
        return len(alone)

    @property
    def ready(self) -> int:
        """Return how many of them are."""
        return self.required - len(self.missing)

    def missing_names(self) -> list[tuple[str, str]]:
        """Return anchor and name of each paper still missing."""
        return [
            (f"material-{paper.codes[0]}", " / ".join(self._name(code) for code in paper.codes))
            for paper in self.missing
        ]

    def _unique(self) -> list[Needed]:
        found: dict[str, Needed] = {}
        for row in self.needed:
            known = found.get(row.material_code)
            if known is None or known.need is Need.OPTIONAL:
                found[row.material_code] = row
        return sorted(found.values(), key=lambda row: row.need is Need.OPTIONAL)

    def _paper(self, row: Needed) -> Paper:
        kind = self.types[row.material_code]
        problems = self._problems(row.material_code)
        is_open = row.origin is Origin.UPLOAD and self._is_open(row.material_code)
        return Paper(
            code=row.material_code,
            name=localized(kind, "name"),
            need="optional" if row.need is Need.OPTIONAL else "required",
            state=self._state(row, problems),
            note=localized(kind, "help"),
            condition=self._conditions.get(row.material_code, ""),
            group=row.alternative_group,
            pictures=tuple(self._pictures(row.material_code, can_remove=is_open)),
            is_open=is_open and row.material_code not in self.shared,
            is_generated=row.origin is Origin.GENERATED,
            source=row.source if row.material_code in self.shared else "",
            most=kind.max_files,
            most_mb=kind.max_mb_per_file,
            least=max(1, row.min_files),
            accept=",".join(f".{word}" for word in kind.extensions),
            slug=kind.slug,
            problems=problems,
        )

    def _state(self, row: Needed, problems: tuple[ReturnItem, ...]) -> str:
        if problems and not self._renewed(row.material_code, problems):
            return "fix"
        if is_met(row, self.counts, self.shared):
            return "ready"
        return "" if row.need is Need.OPTIONAL else "waiting"

    def _renewed(self, code: str, problems: tuple[ReturnItem, ...]) -> bool:
        """Tell whether something was uploaded since the paper was sent back."""
        asked = max(item.at for item in problems)
        return any(page.uploaded_at > asked for page in self._live(code))

    def _problems(self, code: str) -> tuple[ReturnItem, ...]:
        if self._opened is None:
            return ()
        last = max((item.round for item in self.case.return_items), default=0)
        return tuple(
            item
            for item in self.case.return_items
            if item.round == last and item.material_code == code
        )

    def _is_open(self, code: str) -> bool:
        if self._opened is None:
            return self.case.status is Status.DRAFT
        return self._opened.any_material or code in self._opened.materials

    def _live(self, code: str) -> list[MaterialPage]:
        return [
            page
            for material in self.case.materials
            if material.material_code == code
            for page in material.pages
            if page.removed_at is None
        ]

    def _pictures(self, code: str, *, can_remove: bool) -> list[Picture]:
        name = self._name(code)
        return [
            Picture(
                url=url_for("UploadView.picture", key=page.id),
                thumbnail=url_for("UploadView.thumbnail", key=page.id),
                name=page.original_name,
                alt=f"{name} {place}",
                remove_url=url_for("UploadView.remove", key=page.id) if can_remove else "",
                warnings=tuple(page.quality.get("warnings", ())),
            )
            for place, page in enumerate(self._live(code), start=1)
        ]

    def _name(self, code: str) -> str:
        kind: MaterialType | None = self.types.get(code)
        return localized(kind, "name") if kind else code


def conditions_of(session: Session, case: Application, *, on: dt.date) -> dict[str, str]:
    """Return in words when each conditional paper of the case is asked for."""
    row = MaterialRequirement
    rows = session.scalars(
        sa.select(row).where(
            row.scheme_id == case.scheme_id,
            row.reason_code == case.reason_code,
            row.kind == case.kind,
            row.condition_key != "",
            row.valid_from <= on,
            sa.or_(row.valid_to.is_(None), row.valid_to >= on),
        )
    )
    return {one.material_code: localized(one, "condition") for one in rows}
