"""The page that takes a route off: what it shows, what it does, whom it hands on to be invited."""

import re

import pytest
from flask import Flask
from sqlalchemy import select

from notifications.models import Message
from portal.transaction import transaction
from scheduling.models import Route, Technician, Visit, VisitStatus
from tests.factories import TUESDAY, make_route, make_technician
from tests.page import Page
from tests.people import Browser, People
from tests.portal.conftest import World


@pytest.fixture
def ben(app: Flask, world: World) -> int:
    """The id of Ben's route on Tuesday, with one visit."""
    with transaction() as session:
        query = select(Route.id).where(Route.technician_id == world.technician_id, Route.day == TUESDAY)
        return session.scalars(query).one()


@pytest.fixture
def cleo(world: World) -> int:
    """The id of another technician's route that day."""
    with transaction() as session:
        location = session.get_one(Technician, world.technician_id).location
        return make_route(session, make_technician(session, location, name="Cleo Spanner"), TUESDAY).id


def html(page: Page) -> str:
    """The markup of the page."""
    return page.response.get_data(as_text=True)


def fields(page: Page) -> dict[str, list[str] | str]:
    """What the form carries."""
    found = {name: re.findall(rf'name="{name}" value="([^"]+)"', html(page)) for name in ("order", "version")}
    return {**found, "until": "2026-12-01", "reason": "Ill"}


def take_off(dana: Browser, route: int, **more: object) -> Page:
    """Look, then press the button."""
    return dana.post(f"/routes/{route}/relief", {**fields(dana.get(f"/routes/{route}/relief")), **more})


def status(world: World) -> VisitStatus:
    with transaction() as session:
        return session.scalars(select(Visit.status).where(Visit.ref == world.visit)).one()


def test_everybody_is_taken_over_and_nobody_has_to_be_told(people: People, world: World, ben: int, cleo: int) -> None:
    dana = people.dana()
    assert "1 of 1 visits can be taken over" in dana.get(f"/routes/{ben}/relief").text
    done = take_off(dana, ben)
    assert "Every visit has a time" in html(done)
    assert status(world) is VisitStatus.PLANNED
    with transaction() as session:
        assert [stop.visit.ref for stop in session.get_one(Route, cleo).stops] == [world.visit]
        assert session.get_one(Technician, world.technician_id).absences[0].reason == "Ill"
        assert session.scalars(select(Message)).all() == []


def test_who_finds_no_place_is_handed_to_the_notify_dialog(people: People, world: World, ben: int) -> None:
    dana = people.dana()
    assert "no route on this day" in dana.get(f"/routes/{ben}/relief").text
    done = take_off(dana, ben)
    assert f"/notify?visit={world.visit}" in html(done)
    assert status(world) is VisitStatus.UNPLANNED
    assert "Nothing to take off" in dana.get(f"/routes/{ben}/relief").text


def test_a_customer_may_be_left_to_choose(people: People, world: World, ben: int, cleo: int) -> None:
    dana = people.dana()
    with transaction() as session:
        id_ = session.scalars(select(Visit.id).where(Visit.ref == world.visit)).one()
    assert "you chose so" in dana.get(f"/routes/{ben}/relief?invite={id_}").text
    take_off(dana, ben, invite=str(id_))
    assert status(world) is VisitStatus.UNPLANNED


def test_a_page_that_was_open_too_long_changes_nothing(people: People, world: World, ben: int, cleo: int) -> None:
    dana = people.dana()
    shown = fields(dana.get(f"/routes/{ben}/relief"))
    with transaction() as session:
        session.get_one(Route, cleo).version += 1
    again = dana.post(f"/routes/{ben}/relief", shown, 409)
    assert "Nothing was changed" in html(again)
    assert 'value="Ill"' in html(again)
    with transaction() as session:
        assert session.get_one(Technician, world.technician_id).absences == []


@pytest.mark.parametrize("until", ["", "2026-11-30", "2030-01-01"])
def test_the_last_day_away_is_a_day_from_that_of_the_route_on(
    people: People, world: World, ben: int, until: str
) -> None:
    dana = people.dana()
    shown = fields(dana.get(f"/routes/{ben}/relief"))
    assert "last day away" in dana.post(f"/routes/{ben}/relief", {**shown, "until": until}, 422).text
    assert status(world) is VisitStatus.PLANNED
