"""Which materials a case needs, and which of them are still missing (EL17, EL18)."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.domain.conditions import CONDITIONS, condition_met
from app.domain.terms import Kind, Need, Origin

__all__ = [
    "CONDITIONS",
    "Missing",
    "Needed",
    "Requirement",
    "is_met",
    "missing_materials",
    "required_materials",
    "requirements_for",
]

ONE_PAGE_DOCUMENTS = frozenset({"id_document"})
"""Materials (by slug) of which one page is enough when the document has no two sides."""


@dataclass(frozen=True, slots=True)
class Requirement:
    """A row of ``requirements.csv`` together with its material's row of ``materials.csv``."""

    reason: str
    kind: Kind
    material_code: str
    need: Need
    origin: Origin
    min_files: int
    max_files: int
    slug: str = ""
    condition_key: str = ""
    alternative_group: str = ""
    source: str = ""
    valid_from: date | None = None
    valid_to: date | None = None

    def in_force(self, on: date) -> bool:
        """Tell whether the row applies on that day, first and last day included."""
        begun = self.valid_from is None or self.valid_from <= on
        return begun and (self.valid_to is None or on <= self.valid_to)


@dataclass(frozen=True, slots=True)
class Needed:
    """One material asked for in this case.

    ``why`` is the condition that asks for it, empty when it is always asked for. ``source``
    names the registry whose answer may take its place.
    """

    material_code: str
    need: Need
    origin: Origin
    why: str
    alternative_group: str
    source: str
    min_files: int
    max_files: int


@dataclass(frozen=True, slots=True)
class Missing:
    """What is still to be uploaded: one material, or one of several (``codes``)."""

    codes: tuple[str, ...]
    pages: int
    min_files: int


def requirements_for(
    requirements: Iterable[Requirement], reason: str, kind: Kind
) -> list[Requirement]:
    """Return the rows of one reason and kind of withdrawal."""
    return [row for row in requirements if row.reason == reason and row.kind is kind]


def required_materials(
    requirements: Iterable[Requirement], facts: Mapping[str, Any], on: date
) -> list[Needed]:
    """Return what has to be handed in on that day, in the order of the rows.

    Give it the rows of one reason and kind (``requirements_for``). A conditional row whose
    condition holds is needed as much as a required one; one that does not hold falls away.
    """
    return [
        Needed(
            material_code=row.material_code,
            need=Need.OPTIONAL if row.need is Need.OPTIONAL else Need.REQUIRED,
            origin=row.origin,
            why=row.condition_key,
            alternative_group=row.alternative_group,
            source=row.source,
            min_files=_min_files(row, facts),
            max_files=row.max_files,
        )
        for row in requirements
        if row.in_force(on)
        and (not row.condition_key or condition_met(row.condition_key, facts))
    ]


def _min_files(row: Requirement, facts: Mapping[str, Any]) -> int:
    """Return the pages asked for: one for an identity document without two sides."""
    one_page = row.slug in ONE_PAGE_DOCUMENTS and facts.get("id_document_two_sides") is False
    return 1 if one_page else row.min_files


def is_met(needed: Needed, present: Mapping[str, int], shared: Collection[str]) -> bool:
    """Tell whether a material is there (已符合要求).

    What the hall makes itself is always there; a registry's answer replaces an upload.
    """
    if needed.origin is Origin.GENERATED or needed.material_code in shared:
        return True
    return present.get(needed.material_code, 0) >= max(1, needed.min_files)


def missing_materials(
    needed: Iterable[Needed], present: Mapping[str, int], shared: Collection[str] = ()
) -> list[Missing]:
    """Return everything that is missing, at once (一次性告知).

    ``present`` counts the pages uploaded of each material, ``shared`` are the materials that
    a registry has answered for. Of an alternative group one material is enough.
    """
    missing = []
    for choice in _choices(needed):
        if any(is_met(material, present, shared) for material in choice):
            continue
        fullest = max(choice, key=lambda material: present.get(material.material_code, 0))
        missing.append(
            Missing(
                codes=tuple(material.material_code for material in choice),
                pages=present.get(fullest.material_code, 0),
                min_files=fullest.min_files,
            )
        )
    return missing


def _choices(needed: Iterable[Needed]) -> list[list[Needed]]:
    """Put the materials of one alternative group together; any other stands alone."""
    choices: dict[str, list[Needed]] = {}
    for material in needed:
        if material.need is not Need.OPTIONAL:
            group = material.alternative_group
            choices.setdefault(
                f"group {group}" if group else material.material_code, []
            ).append(material)
    return list(choices.values())
