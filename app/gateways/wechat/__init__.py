"""Template messages of a WeChat service account."""

from app.gateways.wechat.local import LocalWechat
from app.gateways.wechat.protocol import TemplateMessage, Wechat, WechatFailed

__all__ = ["LocalWechat", "TemplateMessage", "Wechat", "WechatFailed"]
