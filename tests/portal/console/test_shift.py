"""The page that moves a visit by hand: what it says before, what it does, what it refuses."""

import re

import pytest
from flask import Flask
from sqlalchemy import select

from portal.transaction import transaction
from scheduling.models import Confirmation, Event, Route, Technician, Visit
from tests.factories import TUESDAY, make_route, make_technician
from tests.page import Page
from tests.people import Browser, People
from tests.portal.conftest import World


@pytest.fixture
def cleo(app: Flask, world: World) -> int:
    """The id of another technician's route on Tuesday."""
    with transaction() as session:
        ben = session.get_one(Technician, world.technician_id)
        return make_route(session, make_technician(session, ben.location, name="Cleo Spanner"), TUESDAY).id


def visit(world: World) -> Visit:
    with transaction() as session:
        found = session.scalars(select(Visit).where(Visit.ref == world.visit)).one()
        assert found.stop is None or found.stop.route.technician
        return found


def html(page: Page) -> str:
    """The markup of the page."""
    return page.response.get_data(as_text=True)


def fields(page: Page) -> dict[str, list[str] | str]:
    """What the form that moves carries."""
    form = html(page)[html(page).index('method="post" action="/visits') :]
    found: dict[str, list[str] | str] = {"version": re.findall(r'name="version" value="([^"]+)"', form)}
    for name in ("generation", "day", "hours", "from", "to", "route", "word"):
        match = re.search(rf'name="{name}" value="([^"]*)"', form)
        assert match, name
        found[name] = match[1]
    return found


def move(dana: Browser, world: World, query: str, to: str, status: int = 200) -> Page:
    """Look, then press the button."""
    shown = dana.get(f"/visits/{world.visit}/shift{query}")
    return dana.post(f"/visits/{world.visit}/shift", {**fields(shown), "to_place": to}, status)


def test_another_technician_is_one_step_and_nobody_needs_to_know(people: People, world: World, cleo: int) -> None:
    dana, before = people.dana(), visit(world)
    shown = dana.get(f"/visits/{world.visit}/shift")
    assert "needn’t be asked or told" in html(shown)
    done = move(dana, world, "", str(cleo))
    assert "is with Cleo Spanner now" in html(done)
    now = visit(world)
    assert now.stop
    assert (now.stop.route_id, now.generation, now.confirmation) == (cleo, before.generation, before.confirmation)


def test_it_can_be_moved_back(people: People, world: World, cleo: int) -> None:
    dana = people.dana()
    done = move(dana, world, "", str(cleo))
    back = re.search(r'href="([^"]+)">Move it back', html(done))
    assert back
    shown = dana.get(back[1].replace("&amp;", "&"))
    ticked = re.search(r'name="to_place" value="([^"]+)" checked', html(shown))
    assert ticked
    dana.post(f"/visits/{world.visit}/shift", {**fields(shown), "to_place": ticked[1]})
    now = visit(world)
    assert now.stop
    assert now.stop.route.technician.name == "Ben Tool"


@pytest.mark.parametrize(
    ("word", "confirmation", "kind"),
    [
        ("tell", Confirmation.NONE, "visit.planned_time_changed"),
        ("agreed", Confirmation.RESCHEDULED, "visit.rescheduled"),
    ],
)
def test_another_time_is_told_or_agreed_on_the_phone(
    people: People, world: World, cleo: int, word: str, confirmation: Confirmation, kind: str
) -> None:
    query = f"?day=2026-12-01&hours=typed&from=11:00&to=12:30&word={word}"
    move(people.dana(), world, query, str(cleo))
    assert visit(world).confirmation is confirmation
    with transaction() as session:
        assert session.scalars(select(Event.kind).order_by(Event.id.desc())).first() == kind


def test_a_page_that_was_open_too_long_shows_what_stands_now(people: People, world: World, cleo: int) -> None:
    dana = people.dana()
    shown = dana.get(f"/visits/{world.visit}/shift?word=agreed")
    with transaction() as session:
        session.get_one(Route, cleo).version += 1
    again = dana.post(f"/visits/{world.visit}/shift", {**fields(shown), "to_place": str(cleo)}, 409)
    assert "Nothing was moved" in html(again)
    assert fields(again)["word"] == "agreed"
    assert f'value="{cleo}" checked' in html(again)
    stop = visit(world).stop
    assert stop
    assert stop.route_id != cleo


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("?day=soon", "Choose a day."),
        ("?day=2026-11-01", "This day has passed."),
        ("?day=9999-12-31", "too far ahead"),
        ("?hours=typed&from=12:00&to=11:00", "ends before it begins"),
        ("?hours=typed", "Type from when to when"),
        ("?hours=nonsense", "Type from when to when"),
        ("?day=2026-12-24", "No routes on this day"),
        ("?hours=typed&from=16:55&to=16:59", "No route can take it"),
        ("?hours=typed&from=16:55&to=16:59", "after the shift ends"),
    ],
)
def test_what_can_not_be_is_said(people: People, world: World, query: str, said: str) -> None:
    assert said in people.dana().get(f"/visits/{world.visit}/shift{query}").text


def test_nothing_moves_without_a_place(people: People, world: World, cleo: int) -> None:
    assert "Choose where the visit is to go" in move(people.dana(), world, "", "", 422).text
    assert "Nothing was moved" in move(people.dana(), world, "", "99999", 409).text
    assert "Nothing was moved" in move(people.dana(), world, "", f"{cleo}:NOBODY", 409).text


def test_each_place_of_a_route_can_be_chosen(people: People, world: World, cleo: int) -> None:
    with transaction() as session:
        ref = session.get_one(Route, cleo).technician.ref
    shown = people.dana().get(f"/visits/{world.visit}/shift?route={ref}")
    assert "Where it fits best" in html(shown)
    assert f'value="{cleo}:first"' in html(shown)


def test_an_unplanned_visit_is_planned_by_hand(people: People, world: World, cleo: int) -> None:
    dana = people.dana()
    shown = dana.get(f"/visits/{world.waiting}/shift?day=2026-12-01&hours=10:00-12:00")
    done = dana.post(f"/visits/{world.waiting}/shift", {**fields(shown), "to_place": str(cleo)})
    assert "10:00" in html(done)
    with transaction() as session:
        assert session.scalars(select(Visit).where(Visit.ref == world.waiting)).one().stop
