"""The ID token: believed only when signature, issuer, audience, times and nonce fit."""

from collections.abc import Mapping
from typing import Any

from app.gateways.openid.directory import Directory
from app.gateways.openid.line import Line
from app.gateways.openid.protocol import OutsideRefused
from app.gateways.openid.settings import Provider

SIGNED_BY = (
    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512",
)  # fmt: skip
"""Signatures that only the provider can make; a shared secret or none is no signature here."""

LEEWAY_SECONDS = 60


def checked_claims(
    directory: Directory,
    line: Line,
    provider: Provider,
    token: Mapping[str, Any],
    *,
    nonce: str,
) -> dict[str, Any]:
    """Return the claims of an ID token that fits, or raise ``OutsideRefused`` (untrusted)."""
    from authlib.oidc.core import CodeIDToken
    from joserfc.errors import JoseError

    try:
        signed = _verified(directory, line, token["id_token"])
        options = {
            "iss": {"essential": True, "value": provider.issuer},
            "aud": {"essential": True, "value": provider.client_id},
            "sub": {"essential": True},
        }
        params = {
            "nonce": nonce,
            "client_id": provider.client_id,
            "access_token": token.get("access_token"),
        }
        claims = CodeIDToken(signed.claims, signed.header, options, params)
        claims.validate(leeway=LEEWAY_SECONDS)
    except (JoseError, ValueError, TypeError, KeyError) as wrong:
        raise OutsideRefused("untrusted", type(wrong).__name__) from wrong
    return dict(claims)


def _verified(directory: Directory, line: Line, id_token: str) -> Any:
    """Check the signature; keys that do not fit are read again once, for they are changed."""
    from joserfc import jwt
    from joserfc.errors import BadSignatureError, InvalidKeyIdError
    from joserfc.jwk import KeySet

    def decoded(*, fresh: bool) -> Any:
        kept: Any = directory.keys(line, fresh=fresh)
        return jwt.decode(id_token, KeySet.import_key_set(kept), algorithms=SIGNED_BY)

    try:
        return decoded(fresh=False)
    except (InvalidKeyIdError, BadSignatureError):
        return decoded(fresh=True)
