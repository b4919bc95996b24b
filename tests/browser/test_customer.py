"""Customer pages in a browser: every state in every language for everybody, the script, and slow networks."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from notifications.models import Invitation
from portal import links
from portal.transaction import transaction
from tests.browser import axe, customer_states
from tests.browser.conftest import Site, person
from tests.browser.customer_states import States

PHONE, NARROW, THUMB, LARGEST = 360, 320, 44, 50_000
SMALL = """least => [...document.querySelectorAll("a, button, summary, select, .input, .time label, .choice label")]
  .filter(node => node.checkVisibility() && !node.closest(".unseen") && node.offsetHeight < least)
  .map(node => `${node.outerHTML.slice(0, 100)} ${node.offsetHeight}`)"""
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
FIRST_PAINT = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime"


@pytest.fixture(scope="module")
def states(site: Site) -> States:
    """The demo with a link in every state."""
    return customer_states.make(site)


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    """A customer's phone."""
    with person(browser, PHONE) as page:
        yield page


@pytest.fixture(scope="module")
def patient(browser: Browser) -> Iterator[Page]:
    """A phone on which refusals are no trouble: they are what is looked at."""
    context = browser.new_context(viewport={"width": PHONE, "height": 800}, timezone_id="America/New_York")
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("language", ["en", "fr", "de"])
def test_every_state_can_be_read_by_everybody(states: States, patient: Page, language: str) -> None:
    """axe, targets for thumbs, and no sideways scrolling: at 320 px, at twice the size of text, from right to left."""
    wrong = {}
    for name in states.urls:
        _show(states, patient, name, language)
        assert patient.evaluate("document.documentElement.lang")[:2] == language
        troubles = axe.violations(patient) + patient.evaluate(SMALL, THUMB) + _stands_out(patient)
        if troubles:
            wrong[name] = troubles
    assert not wrong, "\n".join(f"{name}: {trouble}" for name, all_ in wrong.items() for trouble in all_)


def _show(states: States, page: Page, name: str, language: str) -> None:
    page.set_viewport_size({"width": PHONE, "height": 800})
    url = states.urls[name]
    page.goto(f"{url}{'&' if '?' in url else '?'}lang={language}")
    if act := states.acts.get(name):
        act(page)


def _stands_out(page: Page) -> list[str]:
    found = []
    for size, direction, width in (("100%", "ltr", NARROW), ("200%", "ltr", PHONE), ("100%", "rtl", PHONE)):
        page.set_viewport_size({"width": width, "height": 800})
        page.evaluate(
            "([size, dir]) => { Object.assign(document.documentElement, { dir }).style.fontSize = size }",
            [size, direction],
        )
        if over := page.evaluate(SIDEWAYS):
            found.append(f"{over} px too wide at {width} px, {size}, {direction}")
    return found


def test_times_appear_without_leaving_the_page_and_days_by_key(states: States, phone: Page) -> None:
    phone.goto(states.urls["ask"])
    phone.evaluate("window.same = true")
    phone.keyboard.press("Tab")
    phone.get_by_role("link", name="Choose another time").focus()
    phone.keyboard.press("Enter")
    heading = phone.get_by_role("heading", name="Choose another time")
    expect(heading).to_be_focused()
    expect(phone).to_have_url(re.compile("/1/slots$"))
    tabs, times = phone.get_by_role("tab"), phone.locator(".day:visible input")
    expect(tabs.first).to_have_attribute("aria-selected", "true")
    tabs.first.focus()
    phone.keyboard.press("ArrowRight")
    expect(tabs.nth(1)).to_be_focused()
    assert phone.locator(".day:visible").count() == 1
    phone.keyboard.press("Tab")
    phone.keyboard.press("Space")
    expect(times.first).to_be_checked()
    phone.keyboard.press("ArrowLeft")
    expect(tabs.first).to_have_attribute("aria-selected", "true")
    phone.go_back()
    expect(phone.get_by_role("heading", name="Your appointment")).to_be_focused()
    assert phone.evaluate("window.same")
    phone.go_forward()
    expect(tabs.first).to_be_visible()
    expect(phone.locator(".best")).to_have_text("Shortest trip for us")


def test_a_swipe_leads_to_the_next_day(states: States, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": PHONE, "height": 800}, has_touch=True)
    page = context.new_page()
    page.goto(states.urls["slots"])
    touch = context.new_cdp_session(page)
    for kind, x in (("touchStart", 300), ("touchMove", 200), ("touchEnd", None)):
        box = page.locator(".day:visible legend").bounding_box()
        assert box
        points = [] if x is None else [{"x": x, "y": box["y"] + 5}]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    expect(page.get_by_role("tab").nth(1)).to_have_attribute("aria-selected", "true")
    context.close()


def test_without_a_script_every_step_is_there(states: States, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": PHONE, "height": 800}, java_script_enabled=False)
    page = context.new_page()
    page.goto(states.urls["wished"])
    page.get_by_role("link", name="Choose another time").click()
    page.get_by_role("radio").last.check()
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Move my appointment").click()
    expect(page.get_by_text("Moved and confirmed")).to_be_visible()
    page.get_by_role("checkbox", name="Earlier if possible").click()
    expect(page.get_by_role("checkbox")).to_be_checked()
    context.close()


def test_the_script_says_that_somebody_looks(states: States, phone: Page) -> None:
    with states.site.app.app_context(), transaction() as session:
        url, _ = states.link(session, states.visit(session))
    assert not _looked_at(states, url)
    with phone.expect_response(re.compile("/seen$")) as told:
        phone.goto(url)
    assert told.value.status == 204
    assert _looked_at(states, url)


def _looked_at(states: States, url: str) -> bool:
    with states.site.app.app_context(), transaction() as session:
        key = links.of_this_portal().key(url[-links.LENGTH :])
        return session.scalars(select(Invitation).where(Invitation.key == key)).one().looked_at is not None


@pytest.mark.parametrize(
    ("latency", "bits", "most"), [(150, 1_600_000, 1500), (400, 400_000, 3000)], ids=["slow 4G", "slow 3G"]
)
def test_the_page_can_soon_be_read_on_a_slow_network(
    states: States, browser: Browser, latency: int, bits: int, most: int
) -> None:
    """Milliseconds until something can be read, for somebody who was never here."""
    context = browser.new_context(viewport={"width": PHONE, "height": 800})
    page = context.new_page()
    network, speed = context.new_cdp_session(page), bits // 8
    conditions = {"offline": False, "latency": latency, "downloadThroughput": speed, "uploadThroughput": speed}
    network.send("Network.emulateNetworkConditions", conditions)
    page.goto(states.urls["ask"], wait_until="networkidle")
    assert page.evaluate(FIRST_PAINT) < most
    context.close()


@pytest.mark.parametrize("name", ["ask", "confirmed", "several", "slots", "wishes"])
def test_a_page_is_small_with_all_that_it_brings(states: States, browser: Browser, name: str) -> None:
    context = browser.new_context(viewport={"width": PHONE, "height": 800})
    page = context.new_page()
    network, sizes = context.new_cdp_session(page), list[int]()
    network.send("Network.enable")
    network.on("Network.loadingFinished", lambda done: sizes.append(done["encodedDataLength"]))
    page.goto(states.urls[name], wait_until="networkidle")
    assert 5_000 < sum(sizes) < LARGEST
    context.close()
