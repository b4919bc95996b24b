"""Locations and technicians as an administrator sets them: calendars, closures, hours, places."""

from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal.models import AuditEntry
from portal.transaction import transaction
from scheduling.models import Location, Route, Stop, Technician
from tests.page import Page
from tests.people import Browser, People
from tests.portal.conftest import World

FRIDAY = date(2026, 12, 4)
EVERY_DAY = {str(day): ["08:00", "16:00"] for day in range(1, 8)}


@pytest.fixture
def ada(people: People, world: World) -> Browser:
    with transaction() as session:
        session.get_one(Technician, world.technician_id).hours = EVERY_DAY
    return people.ada()


def value(page: Page, name: str) -> str:
    return page.root.all("input", name=name)[0].attributes.get("value", "")


def chosen(page: Page, name: str) -> str:
    [select_] = page.root.all("select", name=name)
    return next(option.attributes["value"] for option in select_.all("option") if "selected" in option.attributes)


def save_location(ada: Browser, world: World, status: int = 200, **changes: Any) -> Page:
    page = ada.get(f"/settings/locations/{world.location_id}")
    return ada.press(page, "Save the location", status, act="save", **changes)


def test_a_calendar_is_chosen_by_country_and_part(ada: Browser, world: World) -> None:
    page = ada.get(f"/settings/locations/{world.location_id}")
    assert "No day. Choose a country above" in page.text
    shown = ada.press(page, "Show its parts", act="parts", country="US", name="Main street")
    assert value(shown, "name") == "Main street", "what was typed stays"
    assert "Virginia" in shown.text
    kept = ada.press(shown, "Save the location", act="save", part="VA")
    assert "Friday after Thanksgiving" in kept.text or "Day After Thanksgiving" in kept.text
    assert (chosen(kept, "country"), chosen(kept, "part")) == ("US", "VA")
    assert "Virginia, United States" in ada.get("/settings/locations").text
    with transaction() as session:
        assert session.get_one(Location, world.location_id).holidays == "US-VA"


def test_another_country_drops_the_part(ada: Browser, world: World) -> None:
    save_location(ada, world, country="US", part="VA")
    save_location(ada, world, country="LI", part="VA")
    with transaction() as session:
        assert session.get_one(Location, world.location_id).holidays == "LI"


def test_closures_take_empty_routes_away_and_give_them_back(ada: Browser, world: World) -> None:
    def open_days() -> set[date]:
        with transaction() as session:
            return set(session.scalars(select(Route.day)))

    save_location(ada, world)
    assert FRIDAY in open_days()
    page = ada.get(f"/settings/locations/{world.location_id}")
    wrong = ada.press(page, "Close these days", 422, first="2026-12-04", last="2026-12-03", reason="Move")
    assert "The last day comes before the first" in wrong.text
    assert value(wrong, "reason") == "Move"
    closed = ada.press(page, "Close these days", first="2026-12-01", last="2026-12-04", reason="Move")
    assert FRIDAY not in open_days()
    assert "Fri, Dec 4, 2026 Move Closure" in closed.text
    assert "1 visit" in closed.text, "the visit on Tuesday stays and is named"
    technician = ada.get(f"/settings/technicians/{world.technician_id}")
    assert "Visits on days off Tue, Dec 1: 1 visit (Move)" in technician.text
    assert "Fri, Dec 4 (Move)" in technician.text
    ada.press(closed, "Remove")
    assert FRIDAY in open_days()
    with transaction() as session:
        actions = session.scalars(select(AuditEntry.action).where(AuditEntry.area == "location").order_by("id")).all()
        assert actions == ["closed", "reopened"]


def test_mondays_hours_are_spread_without_being_kept(ada: Browser, world: World) -> None:
    page = ada.get(f"/settings/technicians/{world.technician_id}")
    spread = ada.press(page, "Use Monday’s hours until Friday", act="spread", start_1="07:00", end_1="15:30")
    assert [value(spread, f"end_{day}") for day in range(1, 7)] == ["15:30"] * 5 + ["16:00"]
    with transaction() as session:
        assert session.get_one(Technician, world.technician_id).hours == EVERY_DAY


def test_a_technician_starts_and_ends_where_it_is_typed(ada: Browser, world: World) -> None:
    def first_start() -> Any:
        with transaction() as session:
            return session.scalars(select(Stop.planned_start).join(Route).order_by(Route.day)).first()

    def save(status: int = 200, **changes: Any) -> Page:
        page = ada.get(f"/settings/technicians/{world.technician_id}")
        return ada.press(page, "Save the technician", status, act="save", **changes)

    before = first_start()
    save(start="39.2 -77.03", end="39.0; -77.1", capacity="12")
    with transaction() as session:
        technician = session.get_one(Technician, world.technician_id)
        assert (technician.start_lat, technician.end_lon, technician.capacity) == (39.2, -77.1, 12)
    assert first_start() > before, "farther away, so the first visit begins later"
    refused = save(422, start="12 Oak Street", capacity="-1")
    assert "Addresses need a geocoder" in refused.text
    assert value(refused, "start") == "12 Oak Street"
    assert "Latitudes go from" in save(422, end="99, 1").text


def test_what_hours_change_is_said_and_kept_in_the_log(app: Flask, ada: Browser, world: World) -> None:
    page = ada.get(f"/settings/technicians/{world.technician_id}")
    said = ada.press(page, "Save the technician", act="save", end_5="12:00")
    assert "days without visits now follow the hours" in said.text
    with transaction() as session:
        assert session.scalars(select(AuditEntry).where(AuditEntry.area != "access")).one().changes == {
            "hours.5": [["08:00", "16:00"], ["08:00", "12:00"]]
        }
