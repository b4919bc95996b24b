"""From an empty portal to the first message: the steps know from the data what is done."""

import pytest
from flask import Flask

from portal.models import Role
from portal.transaction import transaction
from scheduling.models import Location
from tests.conftest import SetClock
from tests.factories import make_location
from tests.page import Page
from tests.people import Browser, People


@pytest.fixture
def ada(app: Flask, now: SetClock, people: People) -> Browser:
    return people.ada()


def states(page: Page) -> list[str]:
    [steps] = [node for node in page.root.all("ol") if node.attributes.get("class") == "guide"]
    return [next(p.text for p in step.all("span") if "pill" in p.attributes["class"]) for step in steps.all("li")]


def test_an_empty_portal_begins_with_the_steps(ada: Browser, people: People) -> None:
    page = ada.get("/start")
    assert page.h1 == "Getting started"
    assert states(page) == ["To do"] * 5
    assert "A manager imports the planning document first" in people.dana().get("/start").text


def test_the_demo_does_two_steps_at_once_and_only_where_nothing_is(ada: Browser) -> None:
    done = ada.press(ada.get("/getting-started"), "Use the demo planning")
    assert states(done) == ["To do", "Done", "To do", "To do", "To do"], "the company has no name yet"
    assert not done.has_button("Use the demo planning")
    assert "The portal holds something already" in ada.post("/getting-started/demo", {}).text
    ada.press(ada.get("/settings/style"), "Save company and style", name="Oak Heating")
    page = ada.get("/getting-started")
    assert states(page)[:2] == ["Done", "Done"]
    assert "3 of 5 steps to go. Next: Connect a channel" in ada.get("/start").text


def test_the_order_is_free_and_a_location_keeps_the_demo_out(ada: Browser) -> None:
    with transaction() as session:
        make_location(session, zone_name="Europe/Vaduz")
    ada.press(ada.get("/settings/link"), "Save the link settings", act="save")
    page = ada.get("/getting-started")
    assert states(page) == ["To do", "To do", "To do", "Done", "To do"]
    assert not page.has_button("Use the demo planning")
    ada.post("/getting-started/demo", {})
    with transaction() as session:
        assert session.query(Location).one().zone_name == "Europe/Vaduz"


def test_steps_are_skipped_taken_up_and_vanish(ada: Browser) -> None:
    ada.press(ada.get("/getting-started"), "Use the demo planning")
    for step in ("company", "channel", "look", "notify"):
        ada.post(f"/getting-started/{step}/skip", {})
    page = ada.get("/getting-started")
    assert "Everything is set" in page.text
    assert states(page) == ["Skipped", "Done", "Skipped", "Skipped", "Skipped"]
    assert "Getting started:" not in ada.get("/start").text
    ada.post("/getting-started/channel/skip", {})
    assert "1 of 5 steps to go. Next: Connect a channel" in ada.get("/start").text
    assert ada.client.post("/getting-started/nonsense/skip", data={"csrf_token": ada.token}).status_code == 404


def test_managers_are_led_only_where_they_may_go(ada: Browser, people: People) -> None:
    assert "See the channels" in ada.get("/getting-started").text
    assert "See the channels" not in people.browser(Role.MANAGER).get("/getting-started").text
