"""A real browser in front of a real server with the demo planning."""

import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from shutil import copy
from socket import socket

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright
from sqlalchemy import select
from waitress.server import create_server

from portal import create_app, database, demo
from portal.auth import tickets
from portal.config import Config
from portal.engine import embedded
from portal.extensions import db
from portal.models import Role, User
from portal.transaction import transaction
from scheduling import clock
from tests.browser import chromium
from tests.conftest import MONDAY

PATIENCE = 15_000
"""Milliseconds, generous: the machine is shared."""
HEIGHT = 800
SWITCHES = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run")


@dataclass(frozen=True)
class Site:
    """A served portal."""

    app: Flask
    url: str

    def sign_in_url(self) -> str:
        """A link that signs the administrator in, as `make run` prints it."""
        with self.app.app_context(), transaction() as session:
            user = session.scalars(select(User).where(User.role == Role.ADMINISTRATOR)).one()
            return tickets.sign_in_url(user)


@pytest.fixture(scope="session")
def demo_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the demo as of `MONDAY`, copied for each module."""
    path = tmp_path_factory.mktemp("demo") / "portal.db"
    with clock.replaced(lambda: MONDAY):
        app = make_app(path, 8000)
        with app.app_context():
            database.migrate(db.engine)
            with transaction() as session:
                demo.fill(session, app.extensions["portal_travel"])
            db.engine.dispose()
    return path


@pytest.fixture(scope="module")
def site(demo_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The demo on a Monday, served with the embedded engine; messages are shown and not sent."""
    began = time.monotonic()
    with clock.replaced(lambda: MONDAY + timedelta(seconds=time.monotonic() - began)):
        with closing(socket()) as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        path = tmp_path_factory.mktemp("site") / "portal.db"
        copy(demo_database, path)
        app = make_app(path, port)
        server = create_server(app, host="127.0.0.1", port=port, threads=8)
        thread = threading.Thread(target=server.run, daemon=True)
        with embedded.running(app):
            thread.start()
            yield Site(app, f"http://127.0.0.1:{port}")
            server.close()
            thread.join(timeout=10)


def make_app(path: Path, port: int) -> Flask:
    """The application on a database of its own."""
    config = Config(
        _env_file=None,
        database_url=f"sqlite:///{path}",
        public_url=f"http://127.0.0.1:{port}",
        secret_keys=("a-key-for-tests-that-is-long-enough-01",),
        channels="console",
    )
    return create_app(config)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium; a machine without one fails here rather than skip."""
    found = chromium.find()
    assert found, "no Chromium: `make test` installs one, or set PORTAL_TEST_CHROMIUM"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=list(SWITCHES))
        yield browser
        browser.close()


@contextmanager
def person(browser: Browser, width: int) -> Iterator[Page]:
    """Somebody's own browser, in the demo's time zone; an error of a script or a block by the policy fails the test."""
    troubles: list[str] = []
    screen: ViewportSize = {"width": width, "height": HEIGHT}
    context = browser.new_context(viewport=screen, timezone_id="America/New_York", locale="en-US")
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("console", lambda said: troubles.append(said.text) if said.type == "error" else None)
    yield page
    context.close()
    assert troubles == []
