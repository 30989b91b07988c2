"""An OpenID provider asked through Authlib: code flow, PKCE, checked ID token."""

import hmac
import re
import secrets
from collections.abc import Mapping
from typing import Any

from app.domain.outside_person import OutsidePerson
from app.gateways.errors import Unavailable
from app.gateways.openid.directory import Directory
from app.gateways.openid.line import Line
from app.gateways.openid.protocol import Begun, OutsideRefused
from app.gateways.openid.reading import person_of
from app.gateways.openid.settings import Provider, is_safe
from app.gateways.openid.tokens import checked_claims

ILL = frozenset({"server_error", "temporarily_unavailable"})
WORD = re.compile(r"[a-z_]{1,40}")


class AuthlibOpenId:
    """One provider, by the settings of the installation."""

    def __init__(self, provider: Provider) -> None:
        self.provider = provider
        self._directory = Directory(provider)

    def begin(self, redirect_uri: str) -> Begun:
        """Return where to send somebody who wants to log in."""
        addresses = self._directory.addresses(self._line())
        state, nonce = secrets.token_urlsafe(24), secrets.token_urlsafe(24)
        verifier = secrets.token_urlsafe(48)
        client = self._client(None, addresses, redirect_uri)
        url, _ = client.create_authorization_url(
            addresses["authorization_endpoint"], state=state, nonce=nonce,
            code_verifier=verifier, **self.provider.params,
        )  # fmt: skip
        return Begun(url, state, nonce, verifier)

    def finish(
        self, redirect_uri: str, begun: Begun, answer: Mapping[str, str]
    ) -> OutsidePerson:
        """Return who came back, after every check of the answer and of the ID token."""
        line = self._line()
        addresses = self._directory.addresses(line)
        self._check_answer(addresses, begun, answer)
        client = self._client(line, addresses, redirect_uri)
        token = self._token(client, answer["code"], begun)
        claims = checked_claims(self._directory, line, self.provider, token, nonce=begun.nonce)
        wanted = set(self.provider.claims.values())
        if "userinfo_endpoint" in addresses and not wanted <= set(claims):
            claims = self._more(line, addresses, token, claims) | claims
        return person_of(self.provider, claims)

    def farewell(self, back: str) -> str:
        """Return where to log out at the provider too, or nothing when it has no such page."""
        from authlib.common.urls import add_params_to_uri

        try:
            addresses = self._directory.addresses(self._line())
        except Unavailable:
            return ""
        page = addresses.get("end_session_endpoint")
        if not isinstance(page, str) or not is_safe(page):
            return ""
        asked = [("client_id", self.provider.client_id), ("post_logout_redirect_uri", back)]
        return str(add_params_to_uri(page, asked))

    def _line(self) -> Line:
        return Line(f"openid:{self.provider.code}", self.provider.seconds)

    def _client(self, line: Line | None, addresses: Mapping[str, Any], back: str) -> Any:
        from authlib.oauth2.client import OAuth2Client

        one, secret = self.provider, self.provider.client_secret
        taken = addresses.get("token_endpoint_auth_methods_supported") or []
        post_only = "client_secret_post" in taken and "client_secret_basic" not in taken
        guessed = "client_secret_post" if post_only else "client_secret_basic"
        return OAuth2Client(
            session=line, client_id=one.client_id, client_secret=secret, redirect_uri=back,
            scope=one.scopes, code_challenge_method="S256",
            token_endpoint_auth_method=one.token_auth or (guessed if secret else "none"),
            token_endpoint=addresses["token_endpoint"],
        )  # fmt: skip

    def _check_answer(
        self, addresses: Mapping[str, Any], begun: Begun, answer: Mapping[str, str]
    ) -> None:
        """Check state and issuer (RFC 9207) before anything that the answer says is believed."""
        if not hmac.compare_digest(answer.get("state", "").encode(), begun.state.encode()):
            raise OutsideRefused("untrusted", "state")
        promised = addresses.get("authorization_response_iss_parameter_supported") is True
        issuer = answer.get("iss", "" if promised else self.provider.issuer)
        if issuer != self.provider.issuer:
            raise OutsideRefused("untrusted", "issuer of the answer")
        if error := answer.get("error", ""):
            word = error if WORD.fullmatch(error) else "unknown_word"
            if word in ILL:
                raise Unavailable(f"openid:{self.provider.code}", word)
            raise OutsideRefused("denied", word)
        if not answer.get("code"):
            raise OutsideRefused("untrusted", "no code")

    def _token(self, client: Any, code: str, begun: Begun) -> dict[str, Any]:
        """Change the code into tokens; a code that is used up or too old is ``spent``."""
        from authlib.oauth2 import OAuth2Error

        try:
            token = client.fetch_token(
                grant_type="authorization_code", code=code, code_verifier=begun.verifier
            )
        except OAuth2Error as refused:
            word = refused.error if WORD.fullmatch(str(refused.error)) else "unknown_word"
            if word == "invalid_grant":
                raise OutsideRefused("spent", word) from refused
            raise Unavailable(f"openid:{self.provider.code}", word) from refused
        if not isinstance(token.get("id_token"), str):
            raise OutsideRefused("untrusted", "no id token")
        return dict(token)

    def _more(
        self,
        line: Line,
        addresses: Mapping[str, Any],
        token: Mapping[str, Any],
        claims: Mapping[str, Any],
    ) -> dict[str, Any]:
        """Ask for the claims that the ID token lacks; they count only for the same subject."""
        bearer = {"Authorization": f"Bearer {token.get('access_token', '')}"}
        said = line.get_json(addresses["userinfo_endpoint"], bearer)
        if said.get("sub") != claims["sub"]:
            raise OutsideRefused("untrusted", "another subject")
        return said
