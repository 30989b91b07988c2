"""The gateways that this installation uses, chosen by its settings."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import current_app

from app import sealing
from app.extensions import db
from app.gateways.bank import Bank
from app.gateways.bank.filed import FiledBank
from app.gateways.bank.folder import Folder
from app.gateways.bank.orders import Form
from app.gateways.bank.simulator import SimulatorBank
from app.gateways.bank.ways import FORMS
from app.gateways.cardcheck import CardCheck, LocalCardCheck
from app.gateways.identity import HttpIdentityCheck, IdentityCheck, LocalIdentityCheck
from app.gateways.openid import OpenIdService, Provider
from app.gateways.openid.client import AuthlibOpenId
from app.gateways.registry import PropertyRegistry
from app.gateways.registry.table import TablePropertyRegistry
from app.gateways.scanner import Antivirus, NoAntivirus
from app.gateways.sms import AbsentSms, LocalSms, Sms, TencentAccount, TencentSms
from app.gateways.storage import LocalStorage, S3Storage, SealedStorage, Storage
from app.gateways.wechat import (
    LOCAL,
    LocalWechat,
    Wechat,
    WechatAccount,
    WechatLine,
    WechatPlatform,
)
from app.models import Agency
from app.services.paying import bank_arrivals


def chosen(name: str, default: Any) -> Any:
    """Return the gateway a test or an extension put into the settings, or the default's."""
    return current_app.config.get(name) or default()


def bank(agency: Agency) -> Bank:
    """Return the bank that pays for an agency: by file, or asked one by one.

    Its statements are of the agency's account.
    """
    if (form := FORMS.get(agency.pays_by)) is not None:
        return filed_bank(agency, form)
    url, account = current_app.config["ANJU_BANK_URL"], agency.payer_account
    made: Bank = chosen("ANJU_BANK", lambda: SimulatorBank(url, account=account))
    return made


def filed_bank(agency: Agency, form: Form) -> FiledBank:
    """Return the bank that pays for an agency by file, with its folder under the hall's home."""
    agency_id = agency.id
    return FiledBank(
        form,
        Folder(Path(current_app.config["ANJU_HOME"]) / "bank-files" / agency.code),
        most=agency.batch_limit,
        kept=lambda day: bank_arrivals.kept_statement(db.session(), agency_id, day),
    )


def sms() -> Sms:
    """Return the way short messages leave the hall."""
    made: Sms = chosen("ANJU_SMS", _own_sms)
    return made


def _own_sms() -> Sms:
    """Return the sender of the settings; only a hall for trying out writes messages to a file."""
    if account := current_app.config["ANJU_SMS_ACCOUNT"]:
        return TencentSms(TencentAccount(**account))
    if current_app.config["ANJU_PRODUCTION"]:
        return AbsentSms()
    return LocalSms(current_app.config["ANJU_SMS_FILE"])


def wechat_account(agency_code: str) -> WechatAccount | None:
    """Return the settings of an agency's official account, if it has one."""
    found: WechatAccount | None = current_app.config["ANJU_WECHAT"].get(agency_code)
    return found


def wechat(agency_code: str) -> Wechat:
    """Return an agency's official account; it is made once, for it keeps the platform's token.

    Raises ``LookupError`` for an agency without one.
    """
    account = wechat_account(agency_code)
    if account is None:
        raise LookupError(f"{agency_code} has no official account")
    kept: dict[str, Wechat] = current_app.extensions.setdefault("anju-wechat", {})
    if account.appid not in kept:
        local = account.api == LOCAL
        path = current_app.config["ANJU_WECHAT_FILE"]
        kept[account.appid] = LocalWechat(path) if local else WechatPlatform(account)
    return kept[account.appid]


def wechat_lines() -> dict[str, WechatLine]:
    """Return all official accounts by agency."""
    accounts: dict[str, WechatAccount] = current_app.config["ANJU_WECHAT"]
    return {code: WechatLine(account, wechat(code)) for code, account in accounts.items()}


def openid_providers() -> tuple[Provider, ...]:
    """Return the settings of the providers of unified identity."""
    found: tuple[Provider, ...] = current_app.config["ANJU_OIDC"]
    return found


def openid(code: str) -> OpenIdService | None:
    """Return a provider of unified identity; it is made once, for it keeps addresses and keys."""
    kept: dict[str, OpenIdService] = current_app.extensions.setdefault("anju-openid", {})
    for provider in openid_providers():
        if provider.code == code and code not in kept:
            kept[code] = AuthlibOpenId(provider)
    return kept.get(code)


def registry() -> PropertyRegistry:
    """Return the property registry."""
    made: PropertyRegistry = chosen(
        "ANJU_REGISTRY", lambda: TablePropertyRegistry(db.session())
    )
    return made


def identity_check() -> IdentityCheck:
    """Return the check of document, name and mobile (实名认证): a service when one is set."""
    made: IdentityCheck = chosen("ANJU_IDENTITY", _identity_service)
    return made


def _identity_service() -> IdentityCheck:
    url, token = (current_app.config.get(f"ANJU_IDENTITY_{name}") for name in ("URL", "TOKEN"))
    return HttpIdentityCheck(url, token=token or "") if url else LocalIdentityCheck()


def card_check() -> CardCheck:
    """Return the check of name, number, card and mobile."""
    made: CardCheck = chosen("ANJU_CARD_CHECK", LocalCardCheck)
    return made


def antivirus() -> Antivirus:
    """Return the virus scanner."""
    made: Antivirus = chosen("ANJU_ANTIVIRUS", NoAntivirus)
    return made


def public_address() -> str:
    """Return the address under which people open the hall, without a slash at its end."""
    settings = current_app.config
    own = f"http://{settings['HOST']}:{settings['PORT']}"
    return str(settings["ANJU_PUBLIC_URL"] or own)


def storage() -> Storage:
    """Return where pages are kept, sealed before they leave."""
    if "anju-storage" not in current_app.extensions:
        current_app.extensions["anju-storage"] = SealedStorage(
            _plain_storage(current_app.config["STORAGE_URL"]),
            seal=lambda data, key: sealing.ring().seal_file(data, key),
            open_sealed=lambda data, key: sealing.ring().open_file(data, key),
            is_current=lambda data: sealing.ring().is_current_file(data),
        )
    made: Storage = current_app.extensions["anju-storage"]
    return made


def _plain_storage(url: str) -> Storage:
    parts = urlsplit(url)
    if parts.scheme == "s3":
        return S3Storage(bucket=parts.netloc, prefix=parts.path.strip("/"))
    return LocalStorage(Path(parts.path))
