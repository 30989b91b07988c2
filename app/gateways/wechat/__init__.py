"""The official account of an agency on WeChat (微信公众号)."""

from app.gateways.wechat.account import LOCAL, AccountWrong, Template, WechatAccount, accounts
from app.gateways.wechat.crypt import CryptFailed, MessageCrypt
from app.gateways.wechat.local import LocalWechat
from app.gateways.wechat.platform import WechatPlatform
from app.gateways.wechat.protocol import (
    TemplateMessage,
    Wechat,
    WechatBusy,
    WechatFailed,
    WechatLine,
    WechatRefused,
)

__all__ = [
    "LOCAL",
    "AccountWrong",
    "CryptFailed",
    "LocalWechat",
    "MessageCrypt",
    "Template",
    "TemplateMessage",
    "Wechat",
    "WechatAccount",
    "WechatBusy",
    "WechatFailed",
    "WechatLine",
    "WechatPlatform",
    "WechatRefused",
    "accounts",
]
