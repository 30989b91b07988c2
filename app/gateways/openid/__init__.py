"""Unified identity (统一身份认证): OpenID Connect, code flow with PKCE."""

from app.gateways.openid.protocol import Begun, OpenIdService, OutsideRefused
from app.gateways.openid.settings import Provider, ProviderUnclear, read_providers

__all__ = [
    "Begun", "OpenIdService", "OutsideRefused", "Provider", "ProviderUnclear", "read_providers",
]  # fmt: skip
