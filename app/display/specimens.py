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
    "repayment_record": "table",
}  # fmt: skip
"""The slug of a material to what it looks like; any other is a letter with a stamp."""

OTHER = "letter"

WORDS: Mapping[str, tuple[Any, Any]] = {
    "id": (_("All four corners, every character sharp"), _("Glare hides the number")),
    "card": (_("The number side, whole"), _("Askew and cut off")),
    "booklet": (_("Both pages open and whole"), _("The second page is cut off")),
    "contract": (_("Straight from above; number, price and stamp can be read"),
                 _("Out of focus: number and price cannot be read")),
    "invoice": (_("Amount and invoice number can be read"), _("Glare hides the amount")),
    "table": (_("All months and the stamp in one picture"), _("The last months are missing")),
    "letter": (_("Date and stamp are in the picture"), _("Too dark to read")),
}  # fmt: skip
"""What is right and what is wrong in the two pictures of a kind."""


@dataclass(frozen=True, slots=True)
class Specimen:
    """The right and the wrong picture of a paper, each with what it shows."""

    good: str
    good_words: str
    bad: str
    bad_words: str


def specimen_of(slug: str) -> Specimen:
    """Return the two pictures of a material."""
    kind = KINDS.get(slug, OTHER)
    right, wrong = WORDS[kind]
    return Specimen(
        url_for("static", filename=f"specimens/{kind}-good.svg"),
        str(right),
        url_for("static", filename=f"specimens/{kind}-bad.svg"),
        str(wrong),
    )
