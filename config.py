"""Settings from the environment; the only reader of ``os.environ``."""

import json
import os
import secrets
import sys
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from app.domain.android import AndroidApp, read_android_apps
from app.domain.networks import Networks, read_networks
from app.domain.revealing import PER_HOUR
from app.domain.terms import Role
from app.gateways.openid import Provider, ProviderUnclear, read_providers
from app.gateways.sms import TencentAccount
from app.gateways.wechat.account import AccountWrong, WechatAccount, accounts
from app.sealing import KeyRing

ROOT = Path(__file__).parent
MINIMUM_SECRET = 32
MODES = ("production", "development")
DOSSIER_DAYS = 7
"""So many days the file of a case can be fetched."""

REFERENCE_MENUS = (
    "Reasons", "MaterialTypes", "Requirements", "ReturnReasons", "Banks", "CardPrefixes",
    "WorkingDays", "Facts", "PolicySettings",
)  # fmt: skip


class SettingMissing(SystemExit):
    """A setting without which the hall must not start."""


def kept(path: Path, make: Any) -> str:
    """Return the text kept at ``path``, made once and readable by its owner only."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(f".{os.getpid()}")
        fresh.touch(mode=0o600)
        fresh.write_text(make())
        with suppress(FileExistsError):
            os.link(fresh, path)
        fresh.unlink()
    return path.read_text()


def secret(name: str, path: Path, make: Any, *, production: bool) -> str:
    """Return a secret from the environment; in production it must be set there."""
    value = os.environ.get(name, "")
    if value and production and len(value) < MINIMUM_SECRET:
        raise SettingMissing(f"{name} is too short: {MINIMUM_SECRET} characters at least.")
    if value:
        return value
    if production:
        raise SettingMissing(
            f"{name} is not set. Set it in the environment of the service before the start "
            "(see docs/operate.md); in production the hall never makes up a secret."
        )
    return kept(path, make)


def key_ring(home: Path, overrides: dict[str, Any], *, production: bool) -> dict[str, Any]:
    """Return the text of the key ring and the file that running processes follow, if it has one.

    ``ANJU_KEYS_FILE`` names a file of the operator's (a mounted secret); ``ANJU_KEYS`` in the
    environment has no file, and a new key comes with a restart.
    """
    if "ANJU_KEYS" in overrides:
        return {"ANJU_KEYS_FILE": None}
    named = os.environ.get("ANJU_KEYS_FILE", "")
    file = Path(named) if named else home / "keys"
    if named:
        return {"ANJU_KEYS": file.read_text(), "ANJU_KEYS_FILE": file}
    text = secret("ANJU_KEYS", file, KeyRing.generate, production=production)
    from_file = not os.environ.get("ANJU_KEYS", "")
    return {"ANJU_KEYS": text, "ANJU_KEYS_FILE": file if from_file else None}


def wechat_accounts(*, production: bool) -> dict[str, WechatAccount]:
    """Return the official accounts by agency: ``ANJU_WECHAT`` is JSON or the path of a file of it."""
    text = os.environ.get("ANJU_WECHAT", "").strip()
    try:
        if text and not text.startswith("{"):
            text = Path(text).read_text(encoding="utf-8")
        hall = os.environ.get("ANJU_PUBLIC_URL", "")
        return accounts(text, hall=hall, production=production)
    except (AccountWrong, OSError) as wrong:
        raise SettingMissing(f"ANJU_WECHAT {wrong} (see docs/operate.md).") from wrong


def openid_providers(*, production: bool) -> tuple[Provider, ...]:
    """Return the OpenID providers: ``ANJU_OIDC`` is JSON, or the path of a JSON or TOML file."""
    try:
        found = read_providers(os.environ.get("ANJU_OIDC", ""))
    except ProviderUnclear as unclear:
        raise SettingMissing(f"{unclear} (see docs/operate.md).") from unclear
    if found and find_spec("authlib") is None:
        raise SettingMissing(
            "ANJU_OIDC needs the packages of the extra: pip install anju[oidc]."
        )
    if found and production and not os.environ.get("ANJU_PUBLIC_URL"):
        raise SettingMissing(
            "ANJU_PUBLIC_URL is not set. Set it to the address of this hall as people open it "
            "(https://…): OpenID providers send people back there (see docs/operate.md)."
        )
    return found


def android_apps() -> tuple[AndroidApp, ...]:
    """Return the Android packages that show this hall; see docs/channels.md."""
    try:
        return read_android_apps(os.environ.get("ANJU_ANDROID", ""))
    except ValueError as wrong:
        raise SettingMissing(f"ANJU_ANDROID: {wrong} (see docs/channels.md).") from wrong


def one_of(name: str, usual: str, allowed: tuple[str, ...]) -> str:
    """Return a setting that is one of a few words; another word stops the start."""
    value = os.environ.get(name) or usual
    if value not in allowed:
        raise SettingMissing(f"{name} is {value!r}. Set it to one of: {', '.join(allowed)}.")
    return value


def whole(name: str, usual: int) -> int:
    """Return a setting that is a whole number, not below zero."""
    value = os.environ.get(name) or str(usual)
    if not (value.isascii() and value.isdigit()):
        raise SettingMissing(f"{name} is {value!r}. Set it to a whole number, such as {usual}.")
    return int(value)


def sms_account() -> dict[str, str] | None:
    """Return the account of Tencent Cloud from the JSON of ``ANJU_SMS_ACCOUNT``, if one is set."""
    text = os.environ.get("ANJU_SMS_ACCOUNT", "").strip()
    with suppress(ValueError, TypeError):
        found: dict[str, str] | None = json.loads(text or "null")
        if found is not None:
            TencentAccount(**found)
        return found
    raise SettingMissing(
        "ANJU_SMS_ACCOUNT must be a JSON object with secret_id, secret_key, app_id, sign_name "
        "and template_id (see docs/operate.md)."
    )


def settings(**overrides: Any) -> dict[str, Any]:
    """Return everything the application is configured with; ``overrides`` win (tests)."""
    env = os.environ.get
    mode = overrides.get("ANJU_ENV") or one_of("ANJU_ENV", "development", MODES)
    production = mode == "production"
    home = Path(overrides.get("ANJU_HOME") or env("ANJU_HOME") or ROOT / "var")
    home.mkdir(parents=True, exist_ok=True)
    database = database_of(home, overrides.get("SQLALCHEMY_DATABASE_URI", ""))
    chosen: dict[str, Any] = {
        "ANJU_ENV": mode,
        "ANJU_HOME": home,
        "ANJU_PRODUCTION": production,
        **key_ring(home, overrides, production=production),
        "SECRET_KEY": secret(
            "SECRET_KEY", home / "secret", lambda: secrets.token_hex(32), production=production
        ),
        "SQLALCHEMY_DATABASE_URI": database,
        "SQLALCHEMY_ENGINE_OPTIONS": engine_options(database),
        "STORAGE_URL": env("STORAGE_URL", f"file://{home / 'files'}"),
        "REDIS_URL": env("REDIS_URL", ""),
        "ANJU_BANK_URL": env("ANJU_BANK_URL", "http://127.0.0.1:8090"),
        "ANJU_SMS_FILE": home / "sms.jsonl",
        "ANJU_WECHAT_FILE": home / "wechat.jsonl",
        **outside(production=production),
        "ANJU_METRICS_TOKEN": env("ANJU_METRICS_TOKEN", ""),
        "ANJU_CRASH_AT": env("ANJU_CRASH_AT", ""),
        "ANJU_LOG": env("ANJU_LOG") or log_form(production=production),
        "ANJU_AGENCY_BY_HOST": env("ANJU_AGENCY_BY_HOST", "") == "1",
        "ANJU_REVEALS_PER_HOUR": whole("ANJU_REVEALS_PER_HOUR", PER_HOUR),
        "ANJU_DOSSIER_DAYS": whole("ANJU_DOSSIER_DAYS", DOSSIER_DAYS),
        "ANJU_PROXIES": whole("ANJU_PROXIES", 0),
        "ANJU_SECOND_FACTOR": second_factor(production=production),
        "ANJU_ADMIN_NETWORKS": admin_networks(),
        "HOST": env("HOST", "127.0.0.1"),
        "PORT": whole("PORT", 8080),
        **FLASK,
        **FAB,
        "SESSION_COOKIE_SECURE": production,
        "SESSION_COOKIE_NAME": "__Host-anju" if production else "anju",
    }
    return chosen | overrides


def outside(*, production: bool) -> dict[str, Any]:
    """Return what is known of services that others run: messages, identities, apps."""
    env = os.environ.get
    return {
        "ANJU_SMS_ACCOUNT": sms_account(),
        "ANJU_WECHAT": wechat_accounts(production=production),
        "ANJU_OIDC": openid_providers(production=production),
        "ANJU_PUBLIC_URL": env("ANJU_PUBLIC_URL", "").rstrip("/"),
        "ANJU_ANDROID": android_apps(),
        "ANJU_IDENTITY_URL": env("ANJU_IDENTITY_URL", ""),
        "ANJU_IDENTITY_TOKEN": env("ANJU_IDENTITY_TOKEN", ""),
    }


def database_of(home: Path, given: str = "") -> str:
    """Return the address of the database, with the driver that the hall brings for it."""
    address = given or os.environ.get("DATABASE_URL") or f"sqlite:///{home / 'anju.db'}"
    if address.startswith(("postgresql://", "postgres://")):
        return "postgresql+psycopg://" + address.split("://", 1)[1]
    return address


def second_factor(*, production: bool) -> str:
    """Return whether staff must have a second factor, may have one, or are asked for none."""
    usual = "required" if production else "offered"
    return one_of("ANJU_SECOND_FACTOR", usual, ("required", "offered", "off"))


def tls_files() -> tuple[str | None, str | None]:
    """Return certificate and key for TLS at the hall itself; both None where the proxy's is enough."""
    names = ("ANJU_TLS_CERTIFICATE", "ANJU_TLS_KEY")
    certificate = os.environ.get("ANJU_TLS_CERTIFICATE") or None
    key = os.environ.get("ANJU_TLS_KEY") or None
    for name, path, other in zip(names, (certificate, key), (key, certificate), strict=True):
        if path is None and other is not None:
            raise SettingMissing(f"{name} is not set: TLS needs certificate and key.")
        if path is not None and not os.access(path, os.R_OK):
            raise SettingMissing(f"{name}: {path} cannot be read by this user.")
    return certificate, key


def admin_networks() -> Networks:
    """Return the networks from which administrators may work; none named is all."""
    text = os.environ.get("ANJU_ADMIN_NETWORKS", "")
    try:
        return read_networks(text)
    except ValueError as wrong:
        raise SettingMissing(
            f"ANJU_ADMIN_NETWORKS: {wrong}. Set it to networks with commas between them, such "
            "as 10.8.0.0/16, 2001:db8:7::/48 (see docs/operate.md)."
        ) from wrong


def log_form(*, production: bool) -> str:
    """Return how the log is written: lines for people on a developer's terminal, else JSON."""
    return "text" if sys.stderr.isatty() and not production else "json"


def engine_options(database: str) -> dict[str, Any]:
    """Return how connections are made for this kind of database; no fault prints its values."""
    if database.startswith("sqlite"):
        return {"connect_args": {"timeout": 30}, "hide_parameters": True}
    return {
        "hide_parameters": True,
        "pool_pre_ping": True,
        "pool_size": 10,
        "max_overflow": 10,
        "connect_args": {"prepare_threshold": None, "connect_timeout": 10},
    }


def rights(view: str, *verbs: str) -> list[list[str]]:
    """Return anchored patterns: FAB matches by prefix and stores a pattern up to 100 characters."""
    return [[f"^{view}$", f"^can_{verb}$"] for verb in verbs]


def menus(*labels: str) -> list[list[str]]:
    """Return the patterns that show menu entries."""
    return [[f"^{label}$", "^menu_access$"] for label in labels]


CASES = [
    *rights("Desk", "read", "home"),
    *rights("Cases", "read"),
    *rights("Materials", "read"),
    *menus("Work", "Desk", "Queue", "Cases", "Materials", "Agreements", "StandingOrders"),
]
MONEY = [
    *rights("Payouts", "read"),
    *menus(
        "Money",
        "Payouts",
        "PayoutBatches",
        "PayoutRuns",
        "BankFiles",
        "Contributions",
        "Reversals",
        "Reconciliation",
    ),
]
SWITCH = [*rights("Payouts", "stop"), *menus("Money", "PayoutSwitch")]
REFERENCE = [
    *rights("Reference", "read"),
    *rights("Calendar", "read"),
    *menus("ReferenceData", "Calendar", *REFERENCE_MENUS),
]
REVEAL = rights("Reveal", "read")
COUNTER = [*rights("Counter", "read", "work"), *menus("Work", "Counter")]
PEOPLE = [*rights("Holders", "read"), *menus("Work", "Applicants", "Accounts")]

FAB_ROLES: dict[str, list[list[str]]] = {
    Role.APPLICANT: [
        *rights("Hall", "read", "apply"),
        *rights("Mine", "read"),
        *menus("Hall", "MyHall", "Apply", "Progress", "MyApplications", "MyAccounts", "MyCards", "MyMaterials", "Messages"),
    ],
    Role.FIRST_REVIEWER: [*CASES, *PEOPLE, *REFERENCE, *REVEAL, *COUNTER, *rights("Desk", "decide")],
    Role.SECOND_REVIEWER: [*CASES, *PEOPLE, *REFERENCE, *REVEAL, *rights("Desk", "second")],
    Role.SUPERVISOR: [
        *CASES, *PEOPLE, *MONEY, *SWITCH, *REFERENCE, *REVEAL, *COUNTER,
        *rights("Desk", "supervise"), *rights("Holders", "edit"), *menus("Corrections"),
        *rights("Feedback", "read", "answer"), *menus("Feedback"),
        *rights("Audit", "read"), *menus("Records", "Audit"),
        *rights("Imports", "read", "edit"), *menus("Administration", "Imports"),
    ],
    Role.PAYER: [
        *MONEY, *SWITCH, *REVEAL, *rights("Payouts", "prepare"), *rights("Desk", "home"), *menus("Work", "Desk"),
    ],
    Role.RELEASER: [
        *MONEY, *SWITCH, *REVEAL, *rights("Payouts", "release"), *rights("Desk", "home"), *menus("Work", "Desk"),
        *rights("Imports", "read", "release"), *menus("Administration", "Imports"),
    ],
    Role.AUDITOR: [
        *CASES, *PEOPLE, *MONEY, *REFERENCE,
        *rights("Ledger", "read"), *rights("Audit", "read"),
        *menus("Records", "Audit", "Ledger", "CaseEvents", "Health"),
        *rights("CaseEvents", "read"), *rights("Health", "read"),
        *rights("Feedback", "read"), *menus("Feedback"),
    ],
    Role.PACKAGE_EDITOR: [
        *REFERENCE, *rights("Reference", "edit"), *rights("Calendar", "edit"),
        *rights("Packages", "read"), *menus("Administration", "Packages", "FrontNotices"),
        *rights("FrontNotices", "read", "edit"), *rights("Desk", "home"), *menus("Work", "Desk"),
    ],
    Role.PACKAGE_PUBLISHER: [
        *REFERENCE, *rights("Packages", "read", "publish"), *menus("Administration", "Packages"),
        *rights("Desk", "home"), *menus("Work", "Desk"),
    ],
    Role.USER_ADMIN: [
        *rights("Staff", "read", "edit"), *menus("Administration", "Users", "Roles"),
        *rights("Roles", "read"), *rights("Desk", "home"), *menus("Work", "Desk"),
    ],
    Role.SECURITY_OFFICER: [
        *rights("Audit", "read"), *menus("Records", "Audit", "Health"), *rights("Health", "read"),
        *rights("Desk", "home"), *menus("Work", "Desk"),
    ],
    Role.INSTALLATION_ADMIN: [
        *SWITCH, *rights("Agencies", "read", "edit"), *rights("Staff", "read", "edit"),
        *rights("Roles", "read"), *rights("Packages", "read", "publish"), *rights("Health", "read"),
        *rights("Imports", "read", "edit"), *rights("Calendar", "read"),
        *menus("Administration", "Users", "Roles", "Agencies", "Packages", "Imports", "FrontNotices"),
        *rights("FrontNotices", "read", "edit"),
        *menus("Records", "Health"), *menus("ReferenceData", "Calendar"),
        *rights("Desk", "home"), *menus("Work", "Desk"),
    ],
}  # fmt: skip

FLASK: dict[str, Any] = {
    "MAX_CONTENT_LENGTH": 60 * 1024 * 1024,
    "MAX_FORM_MEMORY_SIZE": 2 * 1024 * 1024,
    "SESSION_COOKIE_HTTPONLY": True,
    "SESSION_COOKIE_SAMESITE": "Lax",
    "SESSION_COOKIE_PATH": "/",
    "SESSION_COOKIE_DOMAIN": None,
    "WTF_CSRF_TIME_LIMIT": None,
    "SQLALCHEMY_TRACK_MODIFICATIONS": False,
}

FAB: dict[str, Any] = {
    "APP_NAME": "安居",
    "APP_THEME": "",
    "FAB_BASE_TEMPLATE": "layout.html",
    "FAB_INDEX_VIEW": "app.hall.front.FrontView",
    "FAB_SECURITY_MANAGER_CLASS": "app.security.HallSecurityManager",
    "FAB_ROLES": FAB_ROLES,
    "FAB_CREATE_DB": False,
    "FAB_UPDATE_PERMS": False,
    "FAB_ADD_SECURITY_PERMISSION_VIEW": False,
    "FAB_ADD_SECURITY_VIEW_MENU_VIEW": False,
    "FAB_ADD_SECURITY_PERMISSION_VIEWS_VIEW": False,
    "FAB_ADD_OPENAPI_VIEWS": False,
    "FAB_ADD_MENU_API": False,
    "FAB_PASSWORD_HASH_METHOD": "scrypt:32768:8:3",
    "FAB_SAFE_REDIRECT_HOSTS": [],
    "AUTH_TYPE": 1,
    "AUTH_ROLE_ADMIN": "Admin",
    "AUTH_ROLE_PUBLIC": "Public",
    "AUTH_USER_REGISTRATION": False,
    "RATELIMIT_ENABLED": False,
    "BABEL_DEFAULT_LOCALE": "zh",
    "BABEL_DEFAULT_FOLDER": "translations",
    "BABEL_DEFAULT_TIMEZONE": "Asia/Shanghai",
    "LANGUAGES": {
        "zh": {"flag": "cn", "name": "中文"},
        "en": {"flag": "gb", "name": "English"},
    },
}
