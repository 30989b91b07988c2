"""What a password must be: long enough, not known to thieves, not oneself (OWASP ASVS 2.1)."""

import unicodedata
from collections.abc import Container, Iterable

from app.domain.errors import Invalid

MAXIMUM = 128
"""Characters of the longest password that is taken."""

_TELLING = 4
"""Bytes from which a personal value is looked for: two Chinese characters, four Latin ones."""


def check_password(
    password: str,
    *,
    minimum: int,
    breached: Container[str],
    personal: Iterable[str] = (),
) -> None:
    """Raise ``Invalid`` unless the password may be used; it is never trimmed or cut.

    Codes: password_short, password_long (in characters), password_breached (as typed or in
    lower case), password_personal (contains the mobile, the document number, the name).
    There is no rule about kinds of characters.
    """
    if len(password) < minimum:
        raise Invalid(field="password", code="password_short", minimum=minimum)
    if len(password) > MAXIMUM:
        raise Invalid(field="password", code="password_long", maximum=MAXIMUM)
    if password in breached or password.lower() in breached:
        raise Invalid(field="password", code="password_breached")
    folded = _folded(password)
    values = (_folded(value) for value in personal)
    if any(len(value.encode()) >= _TELLING and value in folded for value in values):
        raise Invalid(field="password", code="password_personal")


def _folded(text: str) -> str:
    """Return text without what a person would not tell apart: width, blanks, case."""
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()
