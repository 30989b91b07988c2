"""Anju 安居: a hall where people withdraw the housing money that is theirs."""

from typing import Any

from flask import Flask

from app import sealing
from app.extensions import csrf, db, migrate
from app.transaction import prepare_sqlite


def create_app(**overrides: Any) -> Flask:
    """Put a hall together; ``overrides`` are settings that win over the environment."""
    from config import ROOT, settings

    app = Flask(__name__, static_folder="static", static_url_path="/static")
    app.config.update(settings(**overrides))
    sealing.bind(sealing.KeyRing.parse(app.config["ANJU_KEYS"]))
    db.init_app(app)
    migrate.init_app(app, db, directory=str(ROOT / "app" / "migrations"))
    csrf.init_app(app)
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            prepare_sqlite(db.engine)
        _dress(app)
    return app


def _dress(app: Flask) -> None:
    """Add what people and scripts meet: pages, interfaces, commands."""
    from app import cli, display, gatekeeping, views

    gatekeeping.init_app(app)
    display.init_app(app)
    views.init_app(app)
    cli.init_app(app)
