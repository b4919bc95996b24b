"""What people see while the road engine is silent: everything else goes on, and nothing is changed."""

from collections.abc import Iterator

import pytest
from flask import Flask

from portal.config import ConfigError, read
from scheduling.travel import of
from tests.factories import TUESDAY
from tests.people import People
from tests.portal.conftest import World
from tests.portal.customer.conftest import Ana, ana

assert ana  # a fixture of the customer pages' tests
NOBODY_THERE = "osrm+http://127.0.0.1:9"


@pytest.fixture
def silent(app: Flask) -> Iterator[None]:
    known = app.extensions["portal_travel"]
    app.extensions["portal_travel"] = of(NOBODY_THERE, road_factor=1, speed_kmh=1)
    yield
    app.extensions["portal_travel"] = known


def test_a_customer_is_shown_the_appointment_and_a_way_on(ana: Ana, silent: None) -> None:
    page = ana.visitor.get(f"{ana.path}/1/slots", 503)
    assert "We could not work out the times just now." in page.text
    assert "Your appointment stands. Tell us what would suit you" in page.text
    assert "Tuesday" in ana.open().text


def test_a_dispatcher_sees_the_boards_without_lengths_and_is_told_why_there_are_no_times(
    world: World, people: People, silent: None
) -> None:
    dana = people.dana()
    assert "1 stop ·" not in dana.get(f"/route-map/{TUESDAY}").text
    page = dana.get(f"/visits/{world.visit}/times", 503)
    assert "The road engine can't be used: it doesn't answer. Nothing was changed." in page.text


def test_a_wrong_setting_is_named_at_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAL_TRAVEL", "graphhopper+http://127.0.0.1")
    with pytest.raises(ConfigError, match="PORTAL_TRAVEL: must be great-circle, valhalla"):
        read()
