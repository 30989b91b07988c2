"""What a provider's claims mean in the words of the hall."""

from collections.abc import Mapping
from typing import Any

from app.domain.errors import Invalid
from app.domain.identity import check_mobile, normalise
from app.domain.outside_person import OutsidePerson
from app.gateways.openid.protocol import OutsideRefused
from app.gateways.openid.settings import REAL_NAME, Provider

MOST_SIGNS = 64
"""No name or number is longer; all of it has to fit into a cookie."""

MOST_OF_SUBJECT = 255
"""Longer subjects are against the standard (OpenID Connect Core 2)."""


def person_of(provider: Provider, claims: Mapping[str, Any]) -> OutsidePerson:
    """Return the person of checked claims; raise ``OutsideRefused`` without a usable subject."""
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= MOST_OF_SUBJECT:
        raise OutsideRefused("untrusted", "no subject")

    def said(name: str) -> str:
        return _text(claims, provider.claims.get(name, ""))

    id_type, level = said("id_type"), said("level")
    real_name = provider.verified == REAL_NAME and (
        not provider.levels or level in provider.levels
    )
    return OutsidePerson(
        provider=provider.code,
        subject=subject,
        name=said("name"),
        id_type=provider.id_types.get(id_type, id_type),
        id_number=normalise(said("id_number")),
        mobile=_mobile(said("mobile")),
        level=level[:32] or provider.verified,
        real_name=real_name,
        staff=provider.staff,
    )


def _text(claims: Mapping[str, Any], name: str) -> str:
    """Return a claim as text; ``a.b`` is the claim b within a, unless there is one of that name."""
    found: Any = claims.get(name)
    if found is None and "." in name:
        found = claims
        for part in name.split("."):
            found = found.get(part) if isinstance(found, Mapping) else None
    if isinstance(found, bool) or not isinstance(found, str | int):
        return ""
    return str(found).strip()[:MOST_SIGNS]


def _mobile(text: str) -> str:
    """Return a mobile as the hall writes it, or nothing."""
    try:
        return check_mobile(text)
    except Invalid:
        return ""
