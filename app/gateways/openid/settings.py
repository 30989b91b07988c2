"""The OpenID providers of an installation, as the setting ANJU_OIDC describes them."""

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
REAL_NAME = "real-name"
CLAIMS = frozenset({"name", "id_type", "id_number", "mobile", "level"})
PARAMS = frozenset({"acr_values", "prompt", "login_hint", "display", "claims"})
CODE = re.compile(r"[a-z][a-z0-9-]{0,25}")


class ProviderUnclear(Exception):
    """The setting describes no usable provider; the text says what to mend."""


@dataclass(frozen=True, slots=True)
class Provider:
    """One provider: where it is, who we are there, what its claims are called.

    ``id_types`` turns its words for documents into ours; ``levels`` are those of its levels
    that count as real-name (empty: all); ``agencies`` show it (empty: all); ``params`` are
    added to the question (``prompt``, ``acr_values``); ``seconds`` is the time of one whole log-in.
    """

    code: str
    name_zh: str
    name_en: str
    issuer: str
    client_id: str
    client_secret: str = field(default="", repr=False)
    scopes: str = "openid"
    claims: Mapping[str, str] = field(default_factory=dict)
    id_types: Mapping[str, str] = field(default_factory=dict)
    verified: str = ""
    levels: tuple[str, ...] = ()
    agencies: tuple[str, ...] = ()
    staff: bool = False
    token_auth: str = ""
    params: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 8.0


def read_providers(text: str) -> tuple[Provider, ...]:
    """Read ANJU_OIDC: a JSON list, or the path of a JSON or TOML file; nothing is no provider.

    A TOML file holds ``[[provider]]`` tables. Raises ``ProviderUnclear``.
    """
    if not text.strip():
        return ()
    try:
        rows = _rows(text.strip())
    except (OSError, ValueError) as fault:
        raise ProviderUnclear(f"ANJU_OIDC cannot be read: {fault}") from fault
    found = tuple(_provider(row) for row in rows)
    codes = [one.code for one in found]
    if len(codes) != len(set(codes)):
        raise ProviderUnclear("ANJU_OIDC: two providers have the same code")
    return found


def _rows(text: str) -> list[dict[str, Any]]:
    if text[0] not in "[{":
        path = Path(text)
        kept = path.read_text(encoding="utf-8")
        said = tomllib.loads(kept) if path.suffix == ".toml" else json.loads(kept)
    else:
        said = json.loads(text)
    rows = said.get("provider") if isinstance(said, dict) else said
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ValueError("a list of providers is expected")
    return rows


def _provider(row: dict[str, Any]) -> Provider:
    row = dict(row)
    names = row.pop("names", {})
    secret_file = row.pop("client_secret_file", "")
    try:
        if secret_file:
            row["client_secret"] = Path(secret_file).read_text(encoding="utf-8").strip()
        for name in ("levels", "agencies"):
            row[name] = tuple(row.get(name, ()))
        made = Provider(name_zh=names["zh"], name_en=names["en"], **row)
    except (KeyError, TypeError, OSError) as fault:
        raise ProviderUnclear(f"ANJU_OIDC, provider {row.get('code')!r}: {fault}") from fault
    for wrong in _faults(made):
        raise ProviderUnclear(f"ANJU_OIDC, provider {made.code!r}: {wrong}")
    return made


def _faults(made: Provider) -> list[str]:
    """Say what would only come out when somebody logs in."""
    wrong = []
    if not CODE.fullmatch(made.code):
        wrong.append("the code has small letters, digits and hyphens, at most 26")
    if not is_safe(made.issuer):
        wrong.append("the issuer must be an https address")
    if not made.client_id:
        wrong.append("client_id is missing")
    if unknown := set(made.claims) - CLAIMS:
        wrong.append(
            f"claims are {', '.join(sorted(CLAIMS))}, not {', '.join(sorted(unknown))}"
        )
    if unknown := set(made.params) - PARAMS:
        wrong.append(
            f"params are {', '.join(sorted(PARAMS))}, not {', '.join(sorted(unknown))}"
        )
    if made.verified not in {"", REAL_NAME}:
        wrong.append(f"verified is {REAL_NAME!r} or absent")
    if "openid" not in made.scopes.split():
        wrong.append("the scopes must contain openid")
    return wrong


def is_safe(url: str) -> bool:
    """Tell whether an address is encrypted on its way, or never leaves this machine."""
    parts = urlsplit(url)
    return bool(parts.hostname) and (
        parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
    )
