"""Link settings in a browser: how many steps they take, and a preview that follows the form and never acts."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, FrameLocator, Page, expect
from sqlalchemy.orm import Session

from portal.appearance import LinkTexts
from portal.extensions import db
from scheduling import settings
from scheduling.settings import G
from scheduling.terms import LinkTerms
from tests.browser.conftest import HEIGHT, Site, person
from tests.browser.test_templates import Steps

CONFIRM_ONLY, RESCHEDULING = 9, 6
"""The most steps to a link for confirming, and from there to one for rescheduling."""


@pytest.fixture
def ada(site: Site, browser: Browser) -> Iterator[Page]:
    """The administrator at the link settings, on a wide screen."""
    with person(browser, 1280) as page:
        page.goto(site.sign_in_url())
        page.goto(f"{site.url}/settings/link")
        yield page


def stored(site: Site, group: type[G]) -> G:
    with site.app.app_context(), Session(db.engine) as session:
        return settings.load(session, group)


def preview(page: Page) -> FrameLocator:
    return page.frame_locator("iframe[name=preview-frame]")


def tick(steps: Steps, page: Page, name: str) -> None:
    """Click a box, or focus it and press the space bar."""
    steps.taken += 1
    box = page.get_by_role("checkbox", name=name)
    if steps.keyboard:
        box.focus()
        page.keyboard.press("Space")
    else:
        box.click()


def fill(steps: Steps, page: Page, field: str, text: str) -> None:
    """Go to a field and type over what stands in it."""
    page.locator(field).select_text()
    steps.fill(page.locator(field), text)


def save(steps: Steps, page: Page) -> None:
    steps.press(page.get_by_role("button", name="Save the link settings"))
    expect(page.get_by_role("status").first).to_contain_text("The link settings are kept.")


@pytest.mark.parametrize(
    ("width", "keyboard"), [(1280, False), (1280, True), (360, False)], ids=["mouse", "keys", "phone"]
)
def test_a_link_for_confirming_and_then_for_rescheduling(
    site: Site, browser: Browser, width: int, keyboard: bool
) -> None:
    with person(browser, width) as page:
        page.goto(site.sign_in_url())
        steps = Steps(page, keyboard)
        steps.press(page.get_by_role("link", name="Settings"))
        steps.press(page.get_by_role("main").get_by_role("link", name="Link"))
        tick(steps, page, "Customers may choose another time")
        fill(steps, page, "#validity_days", "10")
        fill(steps, page, "#en-title", "Your boiler")
        fill(steps, page, "#en-description", "Is somebody at home?")
        fill(steps, page, "#en-after_confirm", "See you then.")
        fill(steps, page, "#en-error", "Sorry.")
        expect(preview(page).get_by_role("heading", level=1)).to_have_text("Your boiler")
        expect(page.get_by_text("are not in force. The values are kept.")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
        save(steps, page)
        assert steps.taken <= CONFIRM_ONLY
        terms = stored(site, LinkTerms)
        assert (terms.rescheduling, terms.validity_days) == (False, 10)
        assert stored(site, LinkTexts).of("en", "en").error == "Sorry."

        steps.taken = 0
        tick(steps, page, "Customers may choose another time")
        fill(steps, page, "#en-after_reschedule", "Moved.")
        fill(steps, page, "#max_detour_km", "6")
        steps.press(page.get_by_role("button", name="Remove slot 4"))
        expect(page.get_by_role("button", name="Remove slot 4")).to_have_count(0)
        save(steps, page)
        assert steps.taken <= RESCHEDULING
        terms = stored(site, LinkTerms)
        assert (terms.rescheduling, terms.max_detour_km, len(terms.slots)) == (True, 6, 3)
        page.get_by_role("button", name="Restore the default slots").click()
        save(steps, page)


def test_the_preview_follows_the_form_before_it_is_saved(ada: Page, site: Site) -> None:
    before = stored(site, LinkTexts)
    heading = preview(ada).get_by_role("heading", level=1)
    ada.get_by_role("radio", name="Deutsch").check()
    ada.locator("#de-title").fill("Ihr Termin bei uns")
    expect(heading).to_have_text("Ihr Termin bei uns")
    expect(ada.locator("[data-unsaved]")).to_have_text("Not saved yet.")
    ada.locator("#max_detour_km").fill("3")
    ada.get_by_label("Colours").select_option("dark")
    expect(ada.locator("#max_detour_km-hint")).to_contain_text("at most 3 km longer")
    expect(heading).to_have_text("Andere Zeit wählen")
    expect(preview(ada).locator("html")).to_have_css("color-scheme", "dark")
    ada.get_by_label("Desktop").check()
    assert preview(ada).locator("html").evaluate("node => node.clientWidth") > 900
    ada.get_by_label("Page", exact=True).select_option("ask")
    expect(preview(ada).get_by_role("button", name="Diese Zeit bestätigen")).to_be_visible()
    expect(ada.locator("iframe")).to_have_attribute("sandbox", "allow-same-origin")  # no forms, no scripts
    assert stored(site, LinkTexts) == before


def test_slots_are_put_in_order_by_keys_and_by_dragging(ada: Page) -> None:
    def order() -> list[str]:
        return [field.input_value() for field in ada.locator("input[name=start]").all()]

    first, second, third, fourth = order()
    ada.locator("#slot-1-grip").focus()
    ada.keyboard.press("ArrowUp")
    expect(ada.locator("#slot-news")).to_have_text("This slot is now number 1.")
    expect(ada.locator("#slot-0-grip")).to_be_focused()
    assert order() == [second, first, third, fourth]
    ada.locator("#slots").scroll_into_view_if_needed()
    start, end = ada.locator("#slot-0-grip").bounding_box(), ada.locator("#slot-3-grip").bounding_box()
    assert start
    assert end
    ada.mouse.move(start["x"] + 8, start["y"] + 8)
    ada.mouse.down()
    ada.mouse.move(end["x"] + 8, end["y"] + 16, steps=20)
    ada.mouse.up()
    expect(ada.locator("#slot-3-grip")).to_be_focused()
    assert order() == [first, third, fourth, second]


def test_without_a_script_buttons_do_the_same(site: Site, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": HEIGHT}, java_script_enabled=False)
    page = context.new_page()
    page.goto(site.sign_in_url())
    page.goto(f"{site.url}/settings/link")
    expect(preview(page).get_by_role("button", name="Confirm this time")).to_be_visible()
    page.locator("#en-title").fill("Without a script")
    page.get_by_role("button", name="Show the preview").click()
    expect(preview(page).get_by_role("heading", level=1)).to_have_text("Without a script")
    page.get_by_role("button", name="Add a slot").click()
    expect(page.get_by_label(re.compile(r"^Slot \d from$"))).to_have_count(5)
    expect(page.locator("#en-title")).to_have_value("Without a script")
    expect(page.get_by_text("Not saved yet.")).to_be_visible()
    context.close()
