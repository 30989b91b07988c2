"""What the hall asks of an OpenID provider: where to send somebody, and who came back."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from app.domain.outside_person import OutsidePerson


class OutsideRefused(Exception):
    """The provider, or what came back from it, lets nobody in.

    ``code``: denied (the person or the provider said no), spent (the answer was used before
    or is too old), untrusted (state, nonce, issuer or signature is wrong). ``text`` is for
    the log: it names no person.
    """

    def __init__(self, code: str, text: str = "") -> None:
        self.code = code
        super().__init__(f"{code} {text}".rstrip())


@dataclass(frozen=True, slots=True)
class Begun:
    """A log-in under way: the address to go to, and the secrets its answer must fit."""

    url: str
    state: str
    nonce: str
    verifier: str


class OpenIdService(Protocol):
    """One provider. Every call raises ``Unavailable`` when the provider gives no usable answer."""

    def begin(self, redirect_uri: str) -> Begun:
        """Return where to send somebody who wants to log in."""

    def finish(
        self, redirect_uri: str, begun: Begun, answer: Mapping[str, str]
    ) -> OutsidePerson:
        """Return who came back, or raise ``OutsideRefused``; ``answer`` is the callback's query."""

    def farewell(self, back: str) -> str:
        """Return where to log out at the provider too, or nothing when it has no such page."""
