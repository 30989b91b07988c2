"""Alembic's environment: one metadata holds our tables and those of Flask-AppBuilder."""

from alembic import context
from flask import current_app
from flask_appbuilder import Model

import app.models  # noqa: F401 - the tables must be known
from app.columns import Codes, Moment, Money, Word

TARGET = Model.metadata
PLAIN = {
    Money: "sa.BigInteger()",
    Moment: "sa.DateTime(timezone=True)",
    Word: "sa.String(length=32)",
    Codes: "sa.String(length=255)",
}


def render_item(kind: str, item: object, _context: object) -> str | bool:
    """Write our column types as what the database keeps, so that old migrations stay readable."""
    return PLAIN.get(type(item), False) if kind == "type" else False


def run() -> None:
    """Run the migrations on the application's engine."""
    engine = current_app.extensions["migrate"].db.engine
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=TARGET,
            render_as_batch=True,
            compare_type=True,
            render_item=render_item,
        )
        with context.begin_transaction():
            context.run_migrations()


if context.is_offline_mode():
    raise SystemExit("migrations run on a database; there is no offline mode")
run()
