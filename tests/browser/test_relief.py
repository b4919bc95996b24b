"""A technician falls ill: his route is taken off, the rest are invited, and one of them chooses a time."""

import re

from playwright.sync_api import Browser, expect

from tests.browser.conftest import Site, person


def test_from_the_route_map_to_a_customer_who_chose_a_time(site: Site, browser: Browser) -> None:
    with person(browser, 1280) as dispatcher:
        dispatcher.goto(site.sign_in_url())
        dispatcher.goto(f"{site.url}/route-map")
        dispatcher.get_by_role("link", name=re.compile("^Take off the route of")).first.click()
        dispatcher.get_by_role("button", name="Take the route off").click()
        expect(dispatcher.get_by_role("status").first).to_contain_text("Nothing was sent to customers")
        dispatcher.get_by_role("link", name=re.compile("^Invite .* to choose$")).click()
        dispatcher.get_by_role("button", name=re.compile(r"^Notify \d+ customers?$")).click()
        link = dispatcher.locator("a[href*='/c/']").first
        expect(link).to_be_visible(timeout=20_000)
        address = link.get_attribute("href") or ""
    with person(browser, 360) as customer:
        customer.goto(address)
        customer.get_by_role("link", name="Choose a time").click()
        customer.locator(".time label").first.click()
        customer.get_by_role("button", name="Continue").click()
        customer.get_by_role("button", name="Take this time").click()
        expect(customer.locator("main")).to_contain_text("See you on")
