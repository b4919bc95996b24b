"""The route map of a day, and how it keeps itself up to date."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, select

from notifications import opt_out, seeding
from notifications.models import ChannelName
from portal.config import Config
from portal.extensions import db
from portal.models import Role
from portal.transaction import transaction
from scheduling import events, visits
from scheduling.events import Actor
from scheduling.models import Confirmation, Location, Technician, Visit, VisitStatus
from tests.conftest import SetClock
from tests.factories import TUESDAY, make_customer, make_location, make_route, make_technician, make_visit
from tests.page import Node, Page
from tests.people import Browser, People
from tests.portal.conftest import World

DAY = f"/route-map/{TUESDAY}"
BOARD = f"{DAY}/board"


@pytest.fixture
def dana(people: People) -> Browser:
    return people.dana()


def board(browser: Browser) -> Page:
    answer = browser.client.get(BOARD)
    assert answer.status_code == 200
    return Page(answer)


def row(page: Page) -> Node:
    """The only stop of the day."""
    [stop] = [node for node in page.root.all("li") if "data-mark" in node.attributes]
    return stop


def change(world: World, **values: object) -> int:
    """Set columns of the planned visit; returns the customer's id."""
    with transaction() as session:
        visit = session.scalars(select(Visit).where(Visit.ref == world.visit)).one()
        for name, value in values.items():
            setattr(visit, name, value)
        return visit.customer_id


def queries(browser: Browser, url: str) -> int:
    """How many the page costs."""
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        statements.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    assert browser.client.get(url).status_code == 200
    event.remove(db.engine, "before_cursor_execute", note)
    return len(statements)


def confirm(world: World) -> None:
    """As the customer does behind his link; the worker has stamped it."""
    with transaction() as session:
        visit = session.scalars(select(Visit).where(Visit.ref == world.visit)).one()
        visits.confirm(session, visit, seen=visit.generation, actor=Actor.customer(visit.customer_id))
    with transaction() as session:
        events.stamp(session)


def test_it_opens_at_the_next_day_that_has_stops(dana: Browser, world: World) -> None:
    page = dana.get("/route-map")
    assert page.h1 == "Tue, Dec 1"
    assert page.response.request.path == DAY


def test_a_typed_date_leads_to_that_day(dana: Browser, world: World) -> None:
    assert dana.get("/route-map?date=2026-12-24").h1 == "Thu, Dec 24"
    assert "No stops on this day" in dana.get("/route-map/2026-12-24").text


def test_a_stop_says_number_state_start_customer_and_promise(dana: Browser, world: World) -> None:
    stop = row(dana.get(DAY))
    assert stop.text.startswith("1 8:0")
    assert "Ana Example 8–10 waiting" in stop.text
    assert stop.attributes["data-at"].startswith("38.9")


def test_the_name_leads_to_the_visit(dana: Browser, world: World) -> None:
    assert dana.get(DAY).link("Ana Example") == f"/visits/{world.visit}"


def test_the_figures_count_states(dana: Browser, world: World) -> None:
    assert "1 route 1 stop 1 waiting" in dana.get(DAY).text


@pytest.mark.parametrize(
    ("values", "mark", "word"),
    [
        ({"confirmation": Confirmation.NONE}, "silent", "not notified"),
        ({"confirmation": Confirmation.CONFIRMED}, "confirmed", "confirmed"),
        ({"confirmation": Confirmation.RESCHEDULED}, "moved", "moved"),
        ({"agreed_generation": 0}, "waiting", "waiting, confirmed an older time"),
        ({"status": VisitStatus.STARTED}, "under_way", "under way"),
        ({"status": VisitStatus.COMPLETED}, "done", "done"),
    ],
)
def test_each_state_has_a_shape_and_a_word(
    dana: Browser, world: World, values: dict[str, object], mark: str, word: str
) -> None:
    change(world, **values)
    stop = row(board(dana))
    assert stop.attributes["data-mark"] == mark
    assert word in stop.text


def test_who_said_stop_and_has_no_other_way_cannot_be_reached(dana: Browser, world: World) -> None:
    with transaction() as session:
        customer = make_customer(session, phone="+12025550199", email=None)
        visit = session.scalars(select(Visit).where(Visit.ref == world.visit)).one()
        visit.customer = customer
        opt_out.add(session, ChannelName.SMS, "+12025550199")
    assert row(board(dana)).attributes["data-mark"] == "problem"
    change(world, confirmation=Confirmation.CONFIRMED)
    assert row(board(dana)).attributes["data-mark"] == "confirmed", "whoever agreed needn't be reached"


def test_a_stop_without_coordinates_is_listed(dana: Browser, world: World) -> None:
    with transaction() as session:
        visit = session.scalars(select(Visit).where(Visit.ref == world.visit)).one()
        visit.site.lat = visit.site.lon = None
    stop = row(dana.get(DAY))
    assert "data-at" not in stop.attributes
    assert "Not on the map" in stop.text


def test_routes_without_stops_are_named_apart(dana: Browser, world: World) -> None:
    page = dana.get("/route-map/2026-12-03")
    assert "1 route without stops Ben Tool" in page.text


def test_the_arrows_lead_to_days_with_stops(dana: Browser, world: World) -> None:
    with transaction() as session:
        technician = session.get_one(Technician, world.technician_id)
        stop = make_visit(session, technician.location, north=1)
        make_route(session, technician, TUESDAY.replace(day=9), [stop])
    assert dana.get(DAY).link("›") == "/route-map/2026-12-09"


@pytest.mark.parametrize("day", ["tomorrow", "2026-13-01", "2026-12-1x"])
def test_a_day_that_is_none_is_not_found(dana: Browser, world: World, day: str) -> None:
    dana.get(f"/route-map/{day}", 404)


def test_several_locations_can_be_chosen_and_the_choice_is_kept(dana: Browser, world: World) -> None:
    assert "Location" not in [node.text for node in dana.get(DAY).root.all("label")]
    with transaction() as session:
        make_location(session, ref="west", name="West")
    assert "Location" in [node.text for node in dana.get(DAY).root.all("label")]
    assert "No stops on this day" in dana.get(f"{DAY}?location=west").text
    assert "No stops on this day" in dana.get(DAY).text
    assert "Ana Example" in dana.get(f"{DAY}?location=main").text


def test_times_are_those_of_the_location(dana: Browser, world: World) -> None:
    with transaction() as session:
        session.get_one(Location, world.location_id).zone_name = "Europe/Vaduz"
    assert "14–16" in row(dana.get(DAY)).text


def test_the_map_draws_tiles_only_where_they_are_configured(
    dana: Browser, world: World, app: Flask, make_config: Callable[..., Config]
) -> None:
    def drawn() -> tuple[str, str]:
        page = dana.get(DAY)
        [canvas] = page.root.all("div", id="map")
        return canvas.attributes["data-tiles"], page.response.headers["Content-Security-Policy"]

    tiles, policy = drawn()
    assert (tiles, "tiles.example" in policy) == ("", False)
    app.config["PORTAL"] = make_config(tile_url="https://{s}.tiles.example/{z}/{x}/{y}.png")
    tiles, policy = drawn()
    assert tiles == "https://{s}.tiles.example/{z}/{x}/{y}.png"
    assert "img-src 'self' data: https://*.tiles.example" in policy


def test_technicians_do_not_see_it(people: People, world: World) -> None:
    people.browser(Role.TECHNICIAN).get(DAY, 404)


@pytest.mark.parametrize("url", [DAY, f"/planning/{TUESDAY - timedelta(days=1)}", f"/notify/{TUESDAY}"])
def test_more_stops_cost_no_more_queries(dana: Browser, world: World, url: str) -> None:
    def more(routes: int) -> int:
        with transaction() as session:
            location = session.get_one(Location, world.location_id)
            for _ in range(routes):
                stops = [make_visit(session, location, north=north) for north in (1, 2, 3)]
                make_route(session, make_technician(session, location), TUESDAY, stops)
        return queries(dana, url)

    with transaction() as session:
        seeding.seed(session)
    few = more(1)
    assert more(3) == few


class TestLive:
    def test_nothing_new_is_an_empty_answer(self, dana: Browser, world: World) -> None:
        answer = dana.client.get("/live?after=0")
        assert (answer.status_code, answer.data) == (204, b"")

    def test_an_act_of_the_customer_is_news_once(self, dana: Browser, world: World) -> None:
        confirm(world)
        answer = dana.client.get("/live?after=0")
        assert answer.status_code == 200
        assert answer.json is not None
        assert dana.client.get(f"/live?after={answer.json['seq']}").status_code == 204
        assert row(board(dana)).attributes["data-mark"] == "confirmed"

    def test_the_page_says_from_where_to_ask(self, dana: Browser, world: World) -> None:
        confirm(world)
        [news] = [node for node in dana.get(DAY).root.all("p") if "data-live" in node.attributes]
        assert dana.client.get(f"{news.attributes['data-live']}&after={news.attributes['data-seq']}").status_code == 204
        assert dana.client.get(news.attributes["data-board"]).status_code == 200

    def test_asking_keeps_no_session_alive(self, dana: Browser, world: World, now: SetClock) -> None:
        for _ in range(8):
            assert dana.client.get("/live?after=0").status_code == 204
            now.advance(hours=1)
        assert dana.client.get("/live?after=0").status_code == 401
        assert dana.client.get(BOARD).status_code == 401
