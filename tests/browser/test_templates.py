"""The template editor in a browser: by mouse, by keyboard and on a phone, in no more steps than are promised."""

import re
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from notifications.models import Template
from portal.extensions import db
from tests.browser.conftest import Site, person

MOST = 11
"""Steps to a template with the link: a click, a key that acts, or a field that is filled."""


@dataclass
class Steps:
    """Counts what a person does."""

    page: Page
    keyboard: bool = False
    taken: int = 0

    def press(self, target: Locator) -> None:
        """Click, or focus and press Enter."""
        self.taken += 1
        if self.keyboard:
            target.focus()
            self.page.keyboard.press("Enter")
        else:
            target.click()

    def fill(self, target: Locator, text: str) -> None:
        """Go to a field and type."""
        self.taken += 1
        target.focus()
        self.page.keyboard.type(text)

    def type(self, text: str) -> None:
        """Go on typing where the cursor stands."""
        self.taken += 1
        self.page.keyboard.type(text)


@pytest.mark.parametrize(
    ("width", "keyboard"), [(1280, False), (1280, True), (360, False)], ids=["mouse", "keys", "phone"]
)
def test_a_template_with_the_link_is_made(site: Site, browser: Browser, width: int, keyboard: bool) -> None:
    name = f"Autumn {width} {keyboard}"
    with person(browser, width) as page:
        page.goto(site.sign_in_url())
        steps = Steps(page, keyboard)
        steps.press(page.get_by_role("link", name="Settings"))
        steps.press(page.get_by_role("main").get_by_role("link", name="Templates").first)
        steps.press(page.get_by_role("link", name="New SMS"))
        steps.fill(page.get_by_label("Internal name"), name)
        steps.fill(page.locator("#en-body"), "Hello ")
        steps.press(chip(page, "customer.name"))
        steps.type(", confirm here: ")
        steps.press(chip(page, "link"))
        expect(page.locator("#check-en")).to_contain_text("1 segment")
        expect(page.locator("#check-en > .bubble")).to_contain_text("Hello Ana Sample, confirm here: http")
        steps.press(page.get_by_role("button", name="Save the template"))
        expect(page.get_by_role("status").first).to_contain_text(f"“{name}” is kept")
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    assert steps.taken <= MOST
    with site.app.app_context(), Session(db.engine) as session:
        template = session.scalars(select(Template).where(Template.name == name)).one()
        assert [text.body for text in template.texts] == ["Hello {{ customer.name }}, confirm here: {{ link }}"]


def chip(page: Page, words: str) -> Locator:
    return page.locator(".chips > .chip").filter(has_text=re.compile(f"^{re.escape(words)}$"))


def test_what_costs_money_is_shown_and_replaced_while_typing(site: Site, browser: Browser) -> None:
    with person(browser, 1280) as page:
        page.goto(site.sign_in_url())
        page.goto(f"{site.url}/settings/templates/new?channel=sms")
        french = page.locator("#fr-body")
        french.fill("C’est « demain » : " + "x" * 60)
        check = page.locator("#check-fr")
        expect(check).to_contain_text("2 segments")
        expect(check.locator("> .bubble mark")).to_have_text(["’", "«", "»"])
        check.get_by_role("button", name="Use '").click()
        expect(french).to_have_value(re.compile("^C'est « demain »"))
        check.get_by_role("button", name="Replace all of them").click()
        expect(french).to_have_value(re.compile('^C\'est " demain " : '))
        expect(check).to_contain_text("1 segment")
        expect(page.locator("#check-en")).to_contain_text("get the French text")
        french.fill("{{ visit.dat }}")
        expect(check).to_contain_text("Did you mean “visit.date”?")


def test_an_email_is_seen_as_its_reader_will(site: Site, browser: Browser) -> None:
    with person(browser, 1280) as page:
        page.goto(site.sign_in_url())
        page.goto(f"{site.url}/settings/templates/new?channel=email")
        page.locator("#de-subject").fill("Bis bald")
        page.locator("#de-body").fill("Guten Tag {{ customer.name }},\n\n{{ link }}")
        letter = page.frame_locator("iframe[name=letter-de]")
        expect(letter.get_by_role("link", name="Meinen Termin öffnen")).to_be_visible()
        before = page.evaluate("history.length")
        page.locator("#de-body").fill("Guten Abend {{ customer.name }}")
        expect(letter.get_by_text("Guten Abend Ana Sample")).to_be_visible()
        assert page.evaluate("history.length") == before, (
            "the way back leads to the page before, not to an older preview"
        )
        page.get_by_role("button", name="Send me the German text").click()
        expect(page.locator("#tested")).to_contain_text("A test goes to ada@example.com")
        expect(page.locator("#trial-state")).to_contain_text("Sent")
        expect(page.locator("#de-body")).to_have_value("Guten Abend {{ customer.name }}")
