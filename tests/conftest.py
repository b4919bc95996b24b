"""The ground under every test: a real database (SQLite, and PostgreSQL where it answers), an application, a clock."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextvars import Context
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

import notifications.models
import portal.models
from portal import create_app
from portal.config import Config
from scheduling import clock, db, snapshot

assert notifications.models
assert portal.models

POSTGRESQL = os.environ.get("PORTAL_TEST_POSTGRESQL", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres")
MONDAY = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
"""When tests happen unless they say otherwise: a Monday morning, well away from any change of clocks."""


class SetClock:
    """A clock that a test sets and moves."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def advance(self, **duration: float) -> None:
        self.at += timedelta(**duration)


@pytest.fixture(autouse=True)
def _no_arrays_of_another_database() -> None:
    """Each test has a database of its own, and ids begin again."""
    snapshot.forget()


@pytest.fixture
def now() -> Iterator[SetClock]:
    """The time stands still at `MONDAY` until the test moves it."""
    source = SetClock(MONDAY)
    with clock.replaced(source):
        yield source


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty SQLite database with every table, copied for each test."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    engine = create_engine(f"sqlite:///{path}")
    db.Base.metadata.create_all(engine)
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def postgresql_url(worker_id: str) -> Iterator[str]:
    """A PostgreSQL database of this test process with every table; its tests are not run where no server answers."""
    name = f"portal_test_{worker_id}_{os.getpid()}"
    plain = POSTGRESQL.replace("+psycopg", "")
    try:
        server = psycopg.connect(plain, autocommit=True, connect_timeout=3)
    except psycopg.OperationalError:
        pytest.skip("not run: PostgreSQL doesn't answer")
    with server:
        server.execute(f'CREATE DATABASE "{name}"')
        url = f"{POSTGRESQL.rpartition('/')[0]}/{name}"
        engine = create_engine(url)
        db.Base.metadata.create_all(engine)
        engine.dispose()
        yield url
        server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def _emptying(connection: Connection) -> str:
    """Every row away and every sequence back; with tables this small, twenty times quicker than TRUNCATE."""
    sequences = connection.execute(text("SELECT sequencename FROM pg_sequences WHERE schemaname = 'public'")).scalars()
    rows = [f'DELETE FROM "{table.name}"' for table in reversed(db.Base.metadata.sorted_tables)]
    again = [f'ALTER SEQUENCE "{name}" RESTART' for name in sequences]
    return "; ".join([*rows, *again, "DROP TABLE IF EXISTS alembic_version"])


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database with every table; a test that uses it runs on both."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "portal.db")
        yield f"sqlite:///{tmp_path / 'portal.db'}"
        return
    url: str = request.getfixturevalue("postgresql_url")
    yield url
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL lock_timeout = '10s'"))
        connection.execute(text(_emptying(connection)))
    engine.dispose()


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """An engine on the test's database, prepared as the portal prepares its own."""
    engine = db.prepare(create_engine(database_url))
    yield engine
    engine.dispose()


@pytest.fixture
def transaction(engine: Engine) -> db.Transaction:
    """What opens a writing transaction."""
    return lambda: db.transaction(engine)


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A session for tests of services; nothing is committed unless the test does."""
    with Session(engine.execution_options(immediate=True)) as session:
        yield session


@pytest.fixture
def make_config(database_url: str) -> Callable[..., Config]:
    """Settings for the test's database; keyword arguments replace single ones."""

    def make(**changes: Any) -> Config:
        settings: dict[str, Any] = {
            "database_url": database_url,
            "secret_keys": ("a-key-for-tests-that-is-long-enough-01",),
            "public_url": "http://127.0.0.1:8000",
            "channels": "console",
        }
        return Config(_env_file=None, **{**settings, **changes})

    return make


class OwnContextClient(FlaskClient):
    """Sends each request in a context of its own, as a server does: nothing leaks from the test's or between two."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        return Context().run(super().open, *args, **kwargs)


@pytest.fixture
def app(make_config: Callable[..., Config]) -> Iterator[Flask]:
    """The application on the test's database, with an idle engine: tests pulse by hand."""
    app = create_app(make_config())
    app.testing = True
    app.test_client_class = OwnContextClient
    with app.app_context():
        yield app
        from portal.extensions import db as flask_db

        flask_db.session.remove()
        flask_db.engine.dispose()
