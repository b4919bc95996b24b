"""Notifying and reminding in no more steps than people have patience for: each click, tick and key is counted."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from sqlalchemy import select

from notifications.models import Invitation, Sending
from portal.transaction import transaction
from scheduling import visits
from scheduling.events import Actor
from tests.browser.conftest import Site, person

PHONE, DESK = 360, 1280


@dataclass
class Hands:
    """Somebody at the page, by mouse or keyboard, whose every step counts."""

    page: Page
    keyboard: bool
    steps: int = 0

    def press(self, target: Locator) -> None:
        """A button or a link."""
        self.steps += 1
        if self.keyboard:
            target.focus()
            self.page.keyboard.press("Enter")
        else:
            target.click()

    def tick(self, target: Locator) -> None:
        """A box."""
        self.steps += 1
        if self.keyboard:
            target.focus()
            self.page.keyboard.press("Space")
        else:
            target.click()

    def write(self, target: Locator, text: str) -> None:
        """A field."""
        self.steps += 1
        target.fill(text)
        if self.keyboard:
            self.page.keyboard.press("Tab")


@pytest.fixture(params=[(DESK, False), (DESK, True), (PHONE, False)], ids=["mouse", "keyboard", "phone"])
def hands(request: pytest.FixtureRequest, site: Site, browser: Browser) -> Iterator[Hands]:
    """Signed in, on the route map of the next day."""
    width, keyboard = request.param
    with person(browser, width) as page:
        page.goto(site.sign_in_url())
        page.goto(f"{site.url}/route-map")
        yield Hands(page, keyboard)


def no_sideways_scrolling(page: Page) -> None:
    """Nothing stands out of the screen."""
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def to_a_fresh_day(hands: Hands) -> None:
    """The next day of which everybody is still to be told: the tests share a planning."""
    while hands.page.locator(".stop.waiting").count():
        hands.page.locator("a[rel=next]").click()


def sent(hands: Hands) -> None:
    """Wait until everything has gone."""
    expect(hands.page.get_by_role("status").first).to_have_text(re.compile("notified(?!.*on the way)"), timeout=30_000)


def test_a_day_with_allowed_days_and_then_those_who_have_not_answered(site: Site, hands: Hands) -> None:
    page = hands.page
    to_a_fresh_day(hands)
    hands.press(page.get_by_role("link", name="Notify customers"))
    button = page.get_by_role("button", name=re.compile(r"^Notify \d+ customers$"))
    expect(button).to_be_visible()
    assert hands.steps + 1 <= 7
    hands.tick(page.get_by_label("Set the allowed rescheduling days"))
    hands.write(page.locator("#first-0"), "2026-12-03")
    hands.press(page.get_by_role("button", name="Add days"))
    hands.write(page.locator("#first-1"), "2026-12-07")
    hands.write(page.locator("#last-1"), "2026-12-11")
    expect(page.locator("#first-0")).to_have_value("2026-12-03")
    no_sideways_scrolling(page)
    hands.press(button)
    expect(page.get_by_role("button", name="Stop sending")).to_be_visible()
    assert hands.steps <= 11
    sent(hands)
    no_sideways_scrolling(page)
    confirm_one(site)

    page.goto(f"{site.url}/")
    hands.steps = 0
    hands.press(page.get_by_role("navigation", name="Main").get_by_role("link", name="Messages"))
    hands.press(page.get_by_role("navigation", name="Lists").get_by_role("link", name="Sendings"))
    hands.press(page.locator("tbody a").first)
    hands.press(page.get_by_role("link", name=re.compile(r"^Remind \d+ who haven’t answered$")))
    expect(page.get_by_text(re.compile(r"^Left out: 1 confirmed"))).to_be_visible()
    hands.press(page.get_by_role("button", name=re.compile(r"^Remind \d+ customers$")))
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("^Reminder: customers of"))
    assert hands.steps <= 5
    hands.press(page.get_by_role("button", name="Stop sending"))
    expect(page.get_by_role("status").first).to_have_text(re.compile("^Stopped: 0 of"))


def confirm_one(site: Site) -> None:
    """A customer of the newest sending confirms."""
    with site.app.app_context(), transaction() as session:
        newest = select(Sending.id).order_by(Sending.id.desc()).limit(1).scalar_subquery()
        invitation = session.scalars(select(Invitation).where(Invitation.sending_id == newest)).first()
        assert invitation
        visit = invitation.items[0].visit
        visits.confirm(session, visit, seen=visit.generation, actor=Actor.system("test"))


def test_days_that_are_past_are_refused_in_place(site: Site, browser: Browser) -> None:
    """In a browser of its own: to Chromium an answer of 422 is an error worth a line in its console."""
    with browser.new_context(viewport={"width": PHONE, "height": 800}) as context:
        page = context.new_page()
        page.goto(site.sign_in_url())
        page.goto(f"{site.url}/route-map")
        to_a_fresh_day(Hands(page, keyboard=False))
        page.get_by_role("link", name="Notify customers").click()
        page.get_by_label("Set the allowed rescheduling days").click()
        page.locator("#first-0").fill("2026-11-02")
        page.get_by_role("button", name=re.compile(r"^(Notify|Remind) ")).click()
        expect(page.locator("#days-0-error")).to_have_text("Every day or period must end today or later.")
        expect(page.locator("#first-0")).to_be_focused()
        expect(page.locator("#first-0")).to_have_value("2026-11-02")
