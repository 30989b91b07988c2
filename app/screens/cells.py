"""What a cell of a generated list shows: words, not codes; money and times as people read them."""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from flask import g
from flask_babel import gettext
from markupsafe import Markup

from app.display.labels import Label
from app.display.terms import term
from app.display.words import localized
from app.domain import masking
from app.domain.terms import Role
from app.extensions import db
from app.models import MaterialType, WithdrawalReason
from app.services import reference


def name_of(row: Any) -> str:
    """Return a reference row's name in the reader's language."""
    return "" if row is None else localized(row, "name")


def person(row: Any) -> str:
    """Return a person's name, masked."""
    return "" if row is None else masking.mask_name(str(row))


def bank(code: str | None) -> str:
    """Return a bank's short name; all of them are read once a request."""
    if "bank_names" not in g:
        g.bank_names = {
            row.code: localized(row, "short_name") for row in reference.banks(db.session())
        }
    return str(g.bank_names.get(code, code or ""))


def reason(scheme_id: int, code: str) -> str:
    """Return code and name of a reason of a scheme."""
    return _named("reasons", WithdrawalReason, scheme_id, code)


def material(scheme_id: int, code: str) -> str:
    """Return code and name of a paper of a scheme."""
    return _named("papers", MaterialType, scheme_id, code)


def schemes(codes: tuple[str, ...]) -> str:
    """Return the names of schemes."""
    if "scheme_names" not in g:
        rows = reference.schemes(db.session())
        g.scheme_names = {row.code: localized(row, "name") for row in rows}
    return ", ".join(g.scheme_names.get(code, code) for code in codes)


def _named(kept: str, model: Any, scheme_id: int, code: str) -> str:
    """Return code and name of a row, all rows of its scheme read once a request."""
    if (kept, scheme_id) not in (names := g.setdefault("row_names", {})):
        rows = db.session.scalars(
            sa.select(model).where(model.scheme_id == scheme_id).order_by(model.valid_from)
        )
        names[kept, scheme_id] = {row.code: localized(row, "name") for row in rows}
    return f"{code} {names[kept, scheme_id].get(code, '')}".strip()


def actor(name: str) -> str:
    """Return who did something; the hall itself and who runs its machine by a word."""
    words = {
        "worker": term(Role.WORKER), "setup": gettext("Setting up"),
        "operator": gettext("Operator of the machine"),
    }  # fmt: skip
    return words.get(name, name)


def yes_no(value: Any) -> str:
    """Return yes or no in words."""
    return gettext("Yes") if value else gettext("No")


def codes(value: tuple[str, ...] | None) -> str:
    """Return a list of codes with commas."""
    return ", ".join(value or ())


def plain(value: Any) -> str:
    """Return a value as text, nothing for nothing."""
    return "" if value is None else str(value)


def tag(label: Label) -> Markup:
    """Return a state as a tag: colour, icon and word."""
    return Markup(
        '<span class="aj-tag aj-tag--{}"><i class="fa-solid fa-{}" aria-hidden="true"></i>{}</span>'
    ).format(label.tone, label.icon, label.word)


def lines(values: Iterable[Any]) -> Markup:
    """Return several values, one below the other."""
    return Markup("<br>").join(values)


def pairs(values: Any) -> Markup:
    """Return the details of a record, a line each."""
    told = dict(values or {})
    told |= told.pop("changes", {})
    return lines(f"{name}: {listed(value)}" for name, value in told.items())


def listed(value: Any) -> Any:
    """Return several values with commas, roles in words; one as it is."""
    if not isinstance(value, list | tuple):
        return value
    return ", ".join(term(Role(one)) if one in set(Role) else str(one) for one in value)
