"""A hall on a port of its own, served from threads of this process."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask
from werkzeug.serving import make_server

from tests.databases import build_app, prepare


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """Serve an application while the block runs; give its address."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def demonstration(home: Path) -> Iterator[tuple[Flask, str]]:
    """Serve a hall with the people, houses and cases that ``make run`` shows; give its address."""
    database = f"sqlite:///{home / 'anju.db'}"
    prepare(home, database)
    app = build_app(home, database)
    outcome = app.test_cli_runner().invoke(args=["anju", "demo-people"])
    assert outcome.exit_code == 0, outcome.output
    with serving(app) as url:
        yield app, url
