"""What the form says of each kind of document: how its number looks, and what is asked beside it."""

from collections.abc import Mapping
from typing import NamedTuple

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l


class Document(NamedTuple):
    """Hint and example of a number, and which questions the document leaves open."""

    hint: LazyString
    example: str
    asks_birth: bool = True
    asks_group: bool = False


DOCUMENTS: Mapping[str, Document] = {
    "resident_id_card": Document(
        _l("18 characters; the last one may be the letter X."), "34019919900307001X",
        asks_birth=False, asks_group=True,
    ),
    "hmt_residence_permit": Document(
        _l("18 characters, beginning with 810000, 820000 or 830000."),
        "810000199408230021", asks_birth=False,
    ),
    "hm_travel_permit": Document(
        _l("The letter H or M and 8 digits; 10 digits when the issue count is printed too."),
        "H12345678",
    ),
    "tw_travel_permit": Document(
        _l("8 digits; an older booklet has 10 and a letter."), "12345678"
    ),
    "foreign_pr_id_2023": Document(
        _l("The new card: 18 characters, the first one is 9."), "934840198501010016",
        asks_birth=False,
    ),
    "foreign_pr_card_2017": Document(
        _l("The earlier card: 3 letters of the country and 12 digits."), "USA310012345678"
    ),
    "passport": Document(
        _l("Letters and digits as printed on the page with the photograph."), "E12345678"
    ),
    "other": Document(
        _l("As printed. Please bring the document to the counter once: it is checked there."),
        "AB-1234567",
    ),
}  # fmt: skip


def hints() -> dict[str, dict[str, object]]:
    """Return what the page's script needs of every kind of document."""
    return {
        code: {
            "hint": str(words.hint), "example": words.example, "birth": words.asks_birth,
            "group": words.asks_group,
        }
        for code, words in DOCUMENTS.items()
    }  # fmt: skip
