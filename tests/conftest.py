"""What all tests share: a hall on a database, a clock, five people and their browsers."""

import gc
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from flask import Flask, has_app_context
from sqlalchemy.orm import Session

from app.domain.policy import Actor
from app.extensions import db
from tests.bars import pytest_runtest_makereport  # noqa: F401 - a hook
from tests.browser import Browser
from tests.databases import Database, PostgresDatabase, SqliteDatabase, clock
from tests.everyday import (
    pytest_collection_modifyitems,  # noqa: F401 - a hook
    pytest_report_header,  # noqa: F401 - a hook
    tell_workers,
)
from tests.factories import NOON, Clock, Person

Rows = Callable[[], AbstractContextManager[Session]]


MEMORY = Path("/dev/shm")
"""Files that live in memory, where the machine has such a place."""

ROOM = 4 * 1024**3
"""Bytes that must be free there for the databases and files of a run."""


def pytest_configure(config: pytest.Config) -> None:
    """Keep what tests write in memory: nobody needs it after the run, and no disk is as fast."""
    tell_workers(config)
    if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM:
        tempfile.tempdir = str(MEMORY)


def pytest_collection_finish() -> None:
    """Let the collector of garbage look rarely, and never at what lives as long as the run."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test marked ``both`` on SQLite and on PostgreSQL."""
    if metafunc.definition.get_closest_marker("both") and "kind" in metafunc.fixturenames:
        metafunc.parametrize("kind", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that all parallel test processes of this run have in common."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if base.name.startswith("popen-") else base


@pytest.fixture(scope="session")
def databases(
    shared: Path, tmp_path_factory: pytest.TempPathFactory, worker_id: str
) -> Iterator[Callable[[str], Database]]:
    """Give the database of a kind, made when it is first asked for."""
    made: dict[str, Database] = {}

    def database(kind: str) -> Database:
        if kind not in made:
            home = tmp_path_factory.mktemp(kind)
            made[kind] = (
                SqliteDatabase(shared, home)
                if kind == "sqlite"
                else PostgresDatabase(shared, home, worker_id)
            )
        return made[kind]

    yield database
    if isinstance(postgres := made.get("postgresql"), PostgresDatabase):
        postgres.close()


@pytest.fixture
def kind(request: pytest.FixtureRequest) -> str:
    """The kind of database the test runs on."""
    chosen: str = getattr(request, "param", "sqlite")
    return chosen


@pytest.fixture
def app(databases: Callable[[str], Database], kind: str) -> Iterator[Flask]:
    """A hall with tables, roles and packages, and nobody in it; as new for every test."""
    database = databases(kind)
    yield database.app
    clock.set(NOON)
    database.restore()


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    """The session of a test that calls services and jobs; not together with a browser."""
    with app.app_context():
        yield db.session()
        db.session.remove()


@pytest.fixture
def rows(app: Flask) -> Rows:
    """Give a short block in which a page test makes or finds rows.

    Written ``with rows() as session:``; it is committed at its end. No context stays open around a browser: in one context the
    second person would be served as the first.
    """

    @contextmanager
    def block() -> Iterator[Session]:
        with app.app_context():
            yield db.session()
            db.session.commit()

    return block


@pytest.fixture(name="clock")
def set_clock() -> Clock:
    """The clock of the hall: ``clock.set(moment)``, ``clock.pass_by(days=3)``."""
    return clock


@pytest.fixture
def people(app: Flask, databases: Callable[[str], Database], kind: str) -> dict[str, Person]:
    """Ana and Bo, who apply; Chen and Dai, who review; Root, who runs the installation."""
    assert app
    return databases(kind).people()


@pytest.fixture
def browse(app: Flask, request: pytest.FixtureRequest) -> Callable[..., Browser]:
    """Open a browser, signed in by the real page as one of the people: ``browse("ana")``."""

    def opened(who: str = "") -> Browser:
        assert not has_app_context(), "an open context would make all people one"
        browser = Browser(app.test_client())
        if who:
            browser.sign_in(request.getfixturevalue("people")[who])
        return browser

    return opened


@pytest.fixture
def ana(people: dict[str, Person]) -> Actor:
    """Ana, who applies."""
    return people["ana"].actor


@pytest.fixture
def bo(people: dict[str, Person]) -> Actor:
    """Bo, who applies too and must never see what is Ana's."""
    return people["bo"].actor


@pytest.fixture
def chen(people: dict[str, Person]) -> Actor:
    """Chen, first reviewer in Anhui."""
    return people["chen"].actor


@pytest.fixture
def dai(people: dict[str, Person]) -> Actor:
    """Dai, second reviewer in Anhui."""
    return people["dai"].actor


@pytest.fixture
def root(people: dict[str, Person]) -> Actor:
    """Root, who runs the installation and sees no case."""
    return people["root"].actor
