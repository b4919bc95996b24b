"""The console as somebody works in it all day: by keyboard, with filters, on a phone, while customers answer."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from portal.transaction import transaction
from scheduling import visits
from scheduling.events import Actor
from scheduling.models import Visit
from tests.browser.conftest import Site, person
from tests.browser.test_journeys import SOON, no_sideways_scrolling


@pytest.fixture(params=[360, 1280], ids=["phone", "desk"])
def dana(site: Site, browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """Signed in by the printed link."""
    with person(browser, request.param) as page:
        page.goto(site.sign_in_url())
        yield page


def test_a_customer_on_the_phone_is_moved(site: Site, dana: Page) -> None:
    with site.app.app_context(), transaction() as session:
        visit = session.scalars(select(Visit).where(Visit.stop.has()).order_by(Visit.id.desc())).first()
        assert visit
        visit.customer.phone, ref = "+12024561414", visit.customer.ref
    dana.keyboard.press("/")
    dana.keyboard.type("(202) 456 1414")
    dana.keyboard.press("Enter")
    expect(dana).to_have_url(f"{site.url}/customers/{ref}")
    no_sideways_scrolling(dana)
    dana.get_by_role("link", name="Find another time").first.click()
    no_sideways_scrolling(dana)
    dana.locator("input[name=slot]").last.check()
    dana.get_by_role("button", name="Move the visit").click()
    expect(dana.get_by_role("status").first).to_contain_text("is planned")


def test_the_boards_are_worked_by_keyboard(site: Site, dana: Page) -> None:
    dana.goto(f"{site.url}/route-map")
    no_sideways_scrolling(dana)
    dana.keyboard.press("j")
    dana.keyboard.press("j")
    second = dana.locator(".stop a.name").nth(1)
    expect(second).to_be_focused()
    expect(dana.locator(".pin.lit")).to_have_count(1)
    day = dana.url
    dana.keyboard.press("]")
    expect(dana).not_to_have_url(day)
    dana.keyboard.press("[")
    expect(dana).to_have_url(day)


def test_a_filter_and_the_focus_outlast_the_news(site: Site, dana: Page) -> None:
    dana.goto(f"{site.url}/route-map")
    dana.locator("a[rel=next]").click()
    dana.get_by_label("State").select_option("open")
    expect(dana).to_have_url(re.compile("state=open"))
    stops = dana.locator(".stop")
    before = stops.count()
    stops.nth(2).locator("a.name").focus()
    with site.app.app_context(), transaction() as session:
        visit = session.get_one(Visit, int(stops.first.get_attribute("data-key") or 0))
        visits.confirm(session, visit, seen=visit.generation, actor=Actor.customer(visit.customer_id))
    expect(stops).to_have_count(before - 1, timeout=2 * SOON)
    expect(stops.nth(1).locator("a.name")).to_be_focused()
