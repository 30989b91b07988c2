"""The gateways that this installation uses, chosen by its settings."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import current_app

from app import sealing
from app.extensions import db
from app.gateways.bank import Bank
from app.gateways.bank.simulator import SimulatorBank
from app.gateways.cardcheck import CardCheck, LocalCardCheck
from app.gateways.identity import IdentityCheck, LocalIdentityCheck
from app.gateways.registry import PropertyRegistry
from app.gateways.registry.table import TablePropertyRegistry
from app.gateways.scanner import Antivirus, NoAntivirus
from app.gateways.sms import LocalSms, Sms
from app.gateways.storage import LocalStorage, S3Storage, SealedStorage, Storage
from app.models import Agency


def chosen(name: str, default: Any) -> Any:
    """Return the gateway a test or an extension put into the settings, or the default's."""
    return current_app.config.get(name) or default()


def bank(agency: Agency) -> Bank:
    """Return the bank that pays for an agency; its statements are of the agency's account."""
    url, account = current_app.config["ANJU_BANK_URL"], agency.payer_account
    made: Bank = chosen("ANJU_BANK", lambda: SimulatorBank(url, account=account))
    return made


def sms() -> Sms:
    """Return the way short messages leave the hall."""
    made: Sms = chosen("ANJU_SMS", lambda: LocalSms(current_app.config["ANJU_SMS_FILE"]))
    return made


def registry() -> PropertyRegistry:
    """Return the property registry."""
    made: PropertyRegistry = chosen(
        "ANJU_REGISTRY", lambda: TablePropertyRegistry(db.session())
    )
    return made


def identity_check() -> IdentityCheck:
    """Return the check of document, name and mobile (实名认证)."""
    made: IdentityCheck = chosen("ANJU_IDENTITY", LocalIdentityCheck)
    return made


def card_check() -> CardCheck:
    """Return the check of name, number, card and mobile."""
    made: CardCheck = chosen("ANJU_CARD_CHECK", LocalCardCheck)
    return made


def antivirus() -> Antivirus:
    """Return the virus scanner."""
    made: Antivirus = chosen("ANJU_ANTIVIRUS", NoAntivirus)
    return made


def storage() -> Storage:
    """Return where pages are kept, sealed before they leave."""
    if "anju-storage" not in current_app.extensions:
        ring = sealing.ring()
        current_app.extensions["anju-storage"] = SealedStorage(
            _plain_storage(current_app.config["STORAGE_URL"]),
            seal=ring.seal_file,
            open_sealed=ring.open_file,
        )
    made: Storage = current_app.extensions["anju-storage"]
    return made


def _plain_storage(url: str) -> Storage:
    parts = urlsplit(url)
    if parts.scheme == "s3":
        return S3Storage(bucket=parts.netloc, prefix=parts.path.strip("/"))
    return LocalStorage(Path(parts.path))
