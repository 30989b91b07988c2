"""How a hall is put together: settings, extensions, pages, commands."""

from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from app import (
    assets,
    cli,
    display,
    gatekeeping,
    logs,
    navigation,
    repeating,
    sealing,
    translations,
    views,
)  # fmt: skip
from app.extensions import csrf, db, migrate
from app.transaction import hide_values, prepare_sqlite
from config import ROOT, settings


def assemble(**overrides: Any) -> Flask:
    """Return a new application; ``overrides`` are settings that win over the environment."""
    app = Flask("app", static_folder="static", static_url_path="/static")
    app.config.update(settings(**overrides))
    front: Any = assets.init_app(app, gatekeeping.headers(app))
    if proxies := app.config["ANJU_PROXIES"]:
        front = ProxyFix(front, proxies, proxies, proxies)
    app.wsgi_app = front  # type: ignore[method-assign]  # as Flask documents it
    ring = sealing.KeyRing.parse(app.config["ANJU_KEYS"])
    sealing.bind(ring, file=app.config["ANJU_KEYS_FILE"])
    translations.keep_compiled()
    db.init_app(app)
    migrate.init_app(app, db, directory=str(ROOT / "app" / "migrations"))
    csrf.init_app(app)
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            prepare_sqlite(db.engine)
        hide_values(db.engine)
        logs.init_app(app)
        gatekeeping.init_app(app)
        repeating.init_app(app)
        display.init_app(app)
        navigation.init_app(app)
        views.init_app(app)
        cli.init_app(app)
    return app
