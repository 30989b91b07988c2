"""The official accounts: push the menu, run a platform that is not one."""

import json
import time
from typing import Any

import click
from flask import current_app
from flask_babel import force_locale, gettext

from app import outside
from app.cli.demo import refuse_in_production
from app.cli.group import anju
from app.gateways.wechat import WechatFailed
from app.gateways.wechat.stand_in import Platform, serving

STAND_IN_KEY = "standInKeyOfNobody0123456789abcdefghijklmno"
"""An EncodingAESKey for trying things out."""


@anju.command("wechat-menu")
@click.argument("agency")
@click.option("--print", "only_print", is_flag=True, help="Show the menu, push nothing.")
def wechat_menu(agency: str, only_print: bool) -> None:
    """Push the menu of AGENCY's official account to the platform; followers see it in minutes."""
    account = outside.wechat_account(agency)
    if account is None:
        raise click.ClickException(f"{agency} has no official account: set ANJU_WECHAT.")
    with force_locale("zh"):
        buttons = menu(f"{account.hall}/wechat/{agency}/login?next=")
    if only_print:
        click.echo(json.dumps({"button": buttons}, ensure_ascii=False, indent=2))
        return
    try:
        outside.wechat(agency).set_menu(buttons)
    except WechatFailed as fault:
        raise click.ClickException(
            f"The platform did not take the menu: {fault.code}."
        ) from None
    click.echo("The menu is set.")


def menu(way_in: str) -> list[dict[str, Any]]:
    """Return the buttons as the manual names them; four characters are what the bar shows."""
    return [
        {"type": "click", "name": gettext("Apply for a service"), "key": "SERVICES"},
        {"type": "click", "name": gettext("Check the progress"), "key": "PROGRESS"},
        {
            "name": gettext("My hall"),
            "sub_button": [
                {"type": "view", "name": gettext("Log in now"), "url": f"{way_in}/hall/"},
                {
                    "type": "view",
                    "name": gettext("Start an application"),
                    "url": f"{way_in}/hall/apply/",
                },
                {
                    "type": "view",
                    "name": gettext("Messages"),
                    "url": f"{way_in}/hall/messages/",
                },
                {"type": "view", "name": gettext("My data"), "url": f"{way_in}/hall/profile/"},
            ],
        },
    ]


@anju.command("wechat-stand-in")
@click.argument("agency")
@click.option("--port", default=8092, show_default=True, help="Where it listens; 0: any.")
def wechat_stand_in(agency: str, port: int) -> None:
    """Run a WeChat platform that is not one, for AGENCY, and say with which setting to use it."""
    refuse_in_production()
    with serving(Platform(), port) as platform:
        setting = {agency: {
            "appid": platform.appid, "secret": platform.secret, "token": "standin",
            "aes_key": STAND_IN_KEY, "api": platform.url, "open": platform.url,
            "hall": f"http://{current_app.config['HOST']}:{current_app.config['PORT']}",
            "name": gettext("Official account (stand-in)"),
        }}  # fmt: skip
        click.echo(f"export ANJU_WECHAT='{json.dumps(setting, ensure_ascii=False)}'")
        try:
            while True:
                time.sleep(1)
        except KeyboardInterrupt:
            click.echo("ended")
