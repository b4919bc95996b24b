"""Every page of staff can be read by everybody: axe in light and dark, and nothing stands out of a phone's screen.

The pages are found by following links from the first one, so that a new page is looked at without being named here.
"""

import re
from urllib.parse import urljoin, urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page
from sqlalchemy import select
from werkzeug.exceptions import HTTPException

from notifications import seeding, sendings
from notifications.models import Template
from portal.engine import work
from portal.transaction import transaction
from scheduling import settings, tasks
from scheduling.events import Actor
from scheduling.models import Stop, TaskKind, Visit
from scheduling.terms import LinkTerms
from tests.browser import axe
from tests.browser.conftest import Site, person

PHONE, DESK = 360, 1280
LINK = re.compile(r'<a\b[^>]*\bhref="([^"#]+)')


@pytest.fixture(scope="module")
def busy(site: Site) -> Site:
    """A demo in which something has happened: customers were notified, one asked for a call."""
    actor = Actor.staff(1)
    with site.app.app_context(), transaction() as session:
        stops = session.scalars(select(Stop).order_by(Stop.planned_start.desc()).limit(12)).all()
        template = session.scalars(select(Template).where(Template.name == seeding.CONFIRM_SMS)).one()
        context = work.context(site.app.config["PORTAL"])
        terms = settings.load(session, LinkTerms)
        ids = [stop.visit_id for stop in stops]
        sendings.notify(session, ids, [template], terms=terms, context=context, actor=actor, key="access")
        tasks.express(session, session.get_one(Visit, ids[0]), TaskKind.CALL_BACK, actor=actor)
    return site


def endpoint(app: Flask, path: str) -> str | None:
    """Which view answers to the path, if one does."""
    try:
        return str(app.url_map.bind("localhost").match(path, method="GET")[0])
    except HTTPException:
        return None


def pages(page: Page, site: Site) -> list[str]:
    """One address for each view that links lead to."""
    waiting, seen = [f"{site.url}/"], dict[str, str]()
    while waiting:
        url = waiting.pop(0)
        answer = page.request.get(url)
        if "text/html" not in answer.headers.get("content-type", ""):
            continue
        assert answer.ok, f"{url} says {answer.status}"
        for link in LINK.findall(answer.text()):
            target = urljoin(answer.url, link.replace("&amp;", "&"))
            name = endpoint(site.app, urlsplit(target).path) if target.startswith(site.url) else None
            if name and name != "static" and not name.startswith("customer.") and name not in seen:
                seen[name] = target
                waiting.append(target)
    return sorted(seen.values())


def troubles(page: Page, url: str) -> list[str]:
    """What is wrong with a page on a desk in light and dark, and on a phone."""
    page.set_viewport_size({"width": DESK, "height": 800})
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    page.goto(url)
    found = axe.violations(page)
    page.emulate_media(color_scheme="dark")
    found += [f"dark {one}" for one in axe.violations(page, rules=["wcag2aa"])]
    page.set_viewport_size({"width": PHONE, "height": 800})
    over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return found + ([f"stands {over} px out of a phone's screen"] if over > 0 else [])


def test_every_page_of_staff_can_be_read(busy: Site, browser: Browser) -> None:
    with person(browser, DESK) as page:
        page.goto(busy.sign_in_url())
        found = pages(page, busy)
        assert len(found) > 30
        wrong = [f"{urlsplit(url).path} {trouble}" for url in found for trouble in troubles(page, url)]
    assert not wrong, "\n".join(wrong)
