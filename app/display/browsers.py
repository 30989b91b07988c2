"""What kind of browser somebody uses, in words, from what it says of itself."""

from flask import request
from flask_babel import gettext

WECHAT = "MicroMessenger"
"""WeChat's own browser says so; only there the platform signs anybody in."""

KINDS = (
    (WECHAT, "微信"), ("AlipayClient", "支付宝"), ("HuaweiBrowser", "华为浏览器"),
    ("MiuiBrowser", "小米浏览器"), ("VivoBrowser", "vivo"), ("HeyTapBrowser", "OPPO"),
    ("MQQBrowser", "QQ浏览器"), ("QQBrowser", "QQ浏览器"), ("UCBrowser", "UC"),
    ("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"), ("Chrome", "Chrome"), ("Safari", "Safari"),
)  # fmt: skip
"""What a browser says, and its name; the more special first, for they claim to be the others."""

SYSTEMS = (
    ("OpenHarmony", "HarmonyOS"), ("HarmonyOS", "HarmonyOS"), ("iPhone", "iPhone"),
    ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"),
    ("Macintosh", "Mac"), ("Linux", "Linux"),
)  # fmt: skip


def browser_words(agent: str) -> str:
    """Return the kind of browser and of system, or that it is not known."""
    browser = next((name for mark, name in KINDS if mark in agent), "")
    system = next((name for mark, name in SYSTEMS if mark in agent), "")
    if browser and system:
        return gettext("%(browser)s on %(system)s", browser=browser, system=system)
    return browser or system or gettext("unknown browser")


def in_wechat() -> bool:
    """Tell whether the page is read inside WeChat."""
    return WECHAT in request.user_agent.string
