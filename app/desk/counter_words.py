"""The words of the counter: why an identity is open, where a request stands, masked values."""

from collections.abc import Mapping

from flask_babel import LazyString, gettext
from flask_babel import lazy_gettext as _l

from app.display.words import localized
from app.domain import masking
from app.domain.terms import ContactState
from app.extensions import db
from app.models import Applicant, ContactChange, IdDocumentType

WHY: Mapping[str, LazyString] = {
    "other_document": _l("A document that no rule can check: look at the original"),
    "service_refused": _l("The identity service says that number, name and mobile do not fit"),
}

STATES: Mapping[ContactState, LazyString] = {
    ContactState.ASKED: _l("Waiting for the document"),
    ContactState.CHECKED: _l("Checked; a second person confirms"),
    ContactState.DONE: _l("Done"),
    ContactState.REFUSED: _l("Refused"),
}


def why(code: str) -> str:
    """Return why an identity is open."""
    return str(WHY.get(code) or gettext("The identity service gave no answer"))


def state(change: ContactChange) -> str:
    """Return where a request stands."""
    return str(STATES[change.state])


def document(person: Applicant) -> str:
    """Return kind and masked number of a person's document."""
    kind = db.session.query(IdDocumentType).filter_by(code=person.id_type).one_or_none()
    name = localized(kind, "name") if kind else person.id_type
    return f"{name} {masking.mask_id(person.id_number)}"


def person(found: Applicant | None) -> str:
    """Return a masked name, as lists show it; nobody by words."""
    return masking.mask_name(found.name) if found else gettext("nobody on file")


def mobile(number: str | None) -> str:
    """Return a masked mobile."""
    return masking.mask_mobile(number or "")
