"""What the product is for, as people do it: a dispatcher notifies a day, customers answer, the console shows it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from notifications.models import Invitation, Message
from portal import links
from portal.extensions import db
from scheduling import visits
from scheduling.models import Confirmation, Visit
from scheduling.travel import GreatCircle
from tests.browser.conftest import Site, person

SOON = 5_000
"""Milliseconds within which the console shows what a customer did, without reloading."""
PHONE, DESK = 360, 1280


@pytest.fixture(params=[PHONE, DESK], ids=["phone", "desk"])
def width(request: pytest.FixtureRequest) -> int:
    """How wide the screens of this journey are."""
    found: int = request.param
    return found


@pytest.fixture
def dispatcher(site: Site, browser: Browser, width: int) -> Iterator[Page]:
    """Signed in by the printed link."""
    with person(browser, width) as page:
        page.goto(site.sign_in_url())
        yield page


@pytest.fixture
def customer(browser: Browser, width: int) -> Iterator[Page]:
    """Somebody without a session."""
    with person(browser, width) as page:
        yield page


def notify(dispatcher: Page, site: Site, nth: int) -> list[str]:
    """Notify everybody of the nth next day that has routes, and read the links shown."""
    dispatcher.goto(f"{site.url}/route-map")
    for _ in range(nth - 1):
        dispatcher.locator("a[rel=next]").click()
    dispatcher.get_by_role("link", name="Notify customers").click()
    no_sideways_scrolling(dispatcher)
    dispatcher.get_by_role("button", name=re.compile(r"^Notify \d+ customers$")).click()
    expect(dispatcher.get_by_role("status").first).to_have_text(
        re.compile(r"^\s*\d+ of \d+ notified(?![\s\S]*on the way)"), timeout=20_000
    )
    no_sideways_scrolling(dispatcher)
    links = [link.get_attribute("href") or "" for link in dispatcher.locator("a[href*='/c/']").all()]
    assert len(links) > 20
    return links


def no_sideways_scrolling(page: Page) -> None:
    """Nothing stands out of the screen."""
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def invited(session: Session, site: Site, link: str) -> Visit:
    """The visit behind a link."""
    with site.app.app_context():
        key = links.of_this_portal().key(link[-links.LENGTH :])
    return session.scalars(select(Invitation).where(Invitation.key == key)).one().items[0].visit


def watch(dispatcher: Page, site: Site, link: str) -> None:
    """Open the planning of the visit's week, to see it change without being touched."""
    with read(site) as session:
        visit = invited(session, site, link)
        assert visit.stop
        dispatcher.goto(f"{site.url}/planning/{visit.stop.route.day}")


@contextmanager
def read(site: Site) -> Iterator[Session]:
    """What the database says now."""
    with site.app.app_context(), Session(db.engine) as session:
        yield session


def test_a_customer_confirms(site: Site, dispatcher: Page, customer: Page, width: int) -> None:
    link = notify(dispatcher, site, 2 if width == PHONE else 3)[0]
    watch(dispatcher, site, link)
    customer.goto(link)
    no_sideways_scrolling(customer)
    customer.get_by_role("button", name="Confirm this time").click()
    expect(customer.get_by_text("Confirmed", exact=True)).to_be_visible()
    with read(site) as session:
        visit = invited(session, site, link)
        assert visit.confirmation is Confirmation.CONFIRMED
        stop = dispatcher.locator(f".stop[data-key='{visit.id}']")
    expect(stop).to_have_class(re.compile("confirmed"), timeout=SOON)


def test_a_customer_moves_the_appointment(site: Site, dispatcher: Page, customer: Page, width: int) -> None:
    link = notify(dispatcher, site, 4 if width == PHONE else 5)[0]
    watch(dispatcher, site, link)
    customer.goto(link)
    customer.get_by_role("link", name="Choose another time").click()
    no_sideways_scrolling(customer)
    customer.get_by_role("radio").last.check()
    customer.get_by_role("button", name="Continue").click()
    expect(customer.get_by_text(re.compile("^Held for you until"))).to_be_visible()
    customer.get_by_role("button", name="Move my appointment").click()
    expect(customer.get_by_text("Moved and confirmed")).to_be_visible()
    with read(site) as session:
        visit = invited(session, site, link)
        assert visit.confirmation is Confirmation.RESCHEDULED
        assert visit.stop
        assert visits.violations(session, visit.stop.route, GreatCircle()) == ()
        visit_id, day = visit.id, visit.stop.route.day
    dispatcher.goto(f"{site.url}/route-map/{day}")
    expect(dispatcher.locator(f".stop[data-key='{visit_id}']")).to_have_class(re.compile("moved"))
    with read(site) as session:
        told = select(Message).where(Message.visit_id == visit_id, Message.customer_id.is_not(None))
        *_, news = session.scalars(told.order_by(Message.id)).all()
        assert news.sending_id is None
    dispatcher.goto(f"{site.url}/visits/{visit.ref}")
