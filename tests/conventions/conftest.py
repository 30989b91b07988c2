"""The hall in which addresses are tried."""

import pytest
from jinja2 import FunctionLoader

from tests.conventions.matrix_hall import Hall


@pytest.fixture
def hall(app):
    """The hall without form tokens and without drawing pages, so that rights alone answer."""
    tokens = {
        key: app.config.get(key) for key in ("WTF_CSRF_CHECK_DEFAULT", "WTF_CSRF_ENABLED")
    }
    loader, app.jinja_env.loader = app.jinja_env.loader, FunctionLoader(lambda _name: "-")
    app.config.update(dict.fromkeys(tokens, False))
    tried = Hall(app)
    yield tried
    tried.close()
    app.jinja_env.loader = loader
    app.config.update(tokens)
    tried.put_back()
