"""From an empty database to the first day, by the steps that an administrator is shown."""

import re
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from socket import socket

import pytest
from playwright.sync_api import Browser, expect
from waitress.server import create_server

from portal import database, staff
from portal.auth import tickets
from portal.engine import embedded
from portal.extensions import db
from portal.models import Role
from portal.transaction import transaction
from scheduling import clock
from tests.browser.conftest import Site, make_app, person
from tests.conftest import MONDAY

PASSWORD = "correct horse battery staple"
PLANNED = 60_000
"""Milliseconds within which the demo is planned, on a busy machine too."""


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Site]:
    """A portal right after its first migration."""
    with closing(socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    app = make_app(tmp_path / "portal.db", port)
    with app.app_context():
        database.migrate(db.engine)
    server = create_server(app, host="127.0.0.1", port=port, threads=4)
    thread = threading.Thread(target=server.run, daemon=True)
    with clock.replaced(lambda: MONDAY), embedded.running(app):
        thread.start()
        yield Site(app, f"http://127.0.0.1:{port}")
        server.close()
        thread.join(timeout=10)


def test_five_steps_to_the_first_day(empty: Site, browser: Browser) -> None:
    with empty.app.app_context(), transaction() as session:
        ada = staff.invite(session, email="ada@example.com", name="Ada", role=Role.ADMINISTRATOR)
        url = tickets.password_url(ada)
    with person(browser, 1280) as page:
        page.goto(url)
        for field in page.locator("input[type=password]").all():
            field.fill(PASSWORD)
        page.get_by_role("button", name="Save and sign in").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Getting started")
        page.get_by_role("button", name="Use the demo planning").click(timeout=PLANNED)
        page.get_by_role("link", name="Name the company").click()
        page.get_by_label("Name of the company").fill("Oak Heating")
        page.get_by_role("button", name="Save company and style").first.click()
        page.goto(f"{empty.url}/start")
        page.get_by_role("link", name="Go on").click()
        page.get_by_role("button", name=re.compile("^Skip this step.*Connect a channel$")).click()
        page.get_by_role("button", name=re.compile("^Skip this step.*Link and texts$")).click()
        expect(page.locator(".guide .pill")).to_have_text(["Done", "Done", "Skipped", "Skipped", "To do"])
        page.get_by_role("link", name="Notify the customers of a day").click()
        expect(page.get_by_role("link", name="Notify customers")).to_be_visible()
