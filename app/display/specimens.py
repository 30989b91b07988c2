"""Specimens beside the papers: how a picture is right, and what goes wrong most often."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import lazy_gettext as _

KINDS: Mapping[str, str] = {
    "id_document": "id", "heir_id_document": "id",
    "bank_card": "card", "heir_bank_card": "card",
    "marriage_proof": "booklet", "kinship_proof": "booklet", "heir_kinship_proof": "booklet",
    "title_certificate": "booklet", "land_use_certificate": "booklet",
    "retirement_proof": "booklet", "hardship_certificate": "booklet",
    "purchase_contract": "contract", "loan_contract": "contract", "filed_lease": "contract",
    "decoration_contract": "contract", "lift_agreement": "contract",
    "building_costs": "contract", "inheritance_deed": "contract", "proxy_papers": "contract",
    "purchase_invoice": "invoice", "deed_tax_certificate": "invoice",
    "decoration_invoice": "invoice", "property_fee_invoice": "invoice",
    "rent_payment_proof": "invoice", "lift_payment_proof": "invoice", "medical_bill": "invoice",
    "repayment_record": "table", "emigration_proof": "booklet",
    **dict.fromkeys((
        "building_approval", "capacity_assessment", "death_proof", "diagnosis",
        "end_of_employment_proof", "household_registration_elsewhere",
        "housing_status_statement", "loan_settlement_proof", "no_home_proof",
        "receiving_unit_letter", "safety_report", "transfer_order",
    ), "letter"),
}  # fmt: skip
"""The slug of a material to what it looks like; of any other nothing more is known."""

OTHER = "other"
DRAWN = {OTHER: "letter"}
"""Kinds shown by the pictures of another."""

WORDS: Mapping[str, tuple[Any, Any]] = {
    "id": (_("All four corners, every character sharp"), _("Glare hides the number")),
    "card": (_("The number side, whole"), _("Askew and cut off")),
    "booklet": (_("Both pages open and whole"), _("The second page is cut off")),
    "contract": (_("Straight from above; number, price and stamp can be read"),
                 _("Out of focus: number and price cannot be read")),
    "invoice": (_("Amount and invoice number can be read"), _("Glare hides the amount")),
    "table": (_("All months and the stamp in one picture"), _("The last months are missing")),
    "letter": (_("Date and stamp are in the picture"), _("Too dark to read")),
    OTHER: (_("Flat, whole and sharp"), _("Too dark to read")),
}  # fmt: skip
"""What is right and what is wrong in the two pictures of a kind."""

BACKS: Mapping[str, Any] = {"id": _("The emblem side too, as a picture of its own")}
"""Kinds whose other side is asked for as well, and what is said of it."""


@dataclass(frozen=True, slots=True)
class Specimen:
    """A picture that shows how a paper is right or wrong, and in words why."""

    picture: str
    words: str
    is_right: bool


def specimens_of(slug: str) -> list[Specimen]:
    """Return the pictures of a material: right, the other side if it has one, wrong."""
    kind = KINDS.get(slug, OTHER)
    right, wrong = WORDS[kind]
    found = [Specimen(_picture(kind, "good"), str(right), is_right=True)]
    if kind in BACKS:
        found.append(Specimen(_picture(kind, "back"), str(BACKS[kind]), is_right=True))
    return [*found, Specimen(_picture(kind, "bad"), str(wrong), is_right=False)]


def _picture(kind: str, which: str) -> str:
    return url_for("static", filename=f"specimens/{DRAWN.get(kind, kind)}-{which}.svg")
