"""The planning of a week."""

from datetime import time, timedelta

import pytest
from sqlalchemy import select

from portal.transaction import transaction
from scheduling.models import Location, Stop, Technician
from tests.factories import TUESDAY, hours, make_route, make_technician, make_visit
from tests.page import Node, Page
from tests.people import Browser, People
from tests.portal.conftest import World

MONDAY = TUESDAY - timedelta(days=1)
WEEK = f"/planning/{MONDAY}"


@pytest.fixture
def dana(people: People) -> Browser:
    return people.dana()


def cells(page: Page, technician: str) -> list[Node]:
    """A technician's days."""
    [row] = [node for node in page.root.all("tr") if node.text.startswith(technician)]
    return row.all("td")


def test_it_opens_at_the_week_of_the_next_stops(dana: Browser, world: World) -> None:
    page = dana.get("/planning")
    assert page.response.request.path == WEEK
    assert page.h1 == "Mon, Nov 30 – Sun, Dec 6"


def test_any_day_leads_to_its_monday(dana: Browser, world: World) -> None:
    assert dana.get(f"/planning/{TUESDAY}").response.request.path == WEEK
    assert dana.get("/planning?date=2026-12-06").response.request.path == WEEK
    dana.get("/planning/someday", 404)


def test_a_cell_holds_the_stops_of_a_technician_on_a_day(dana: Browser, world: World) -> None:
    monday, tuesday, _, thursday, _ = cells(dana.get(WEEK), "Ben Tool")
    assert monday.text.endswith("no route")
    assert tuesday.text.startswith("1 stop ·")
    assert "8–10 Ana Example waiting" in tuesday.text
    assert thursday.text == "8–17, free"


def test_technicians_without_routes_are_there(dana: Browser, world: World) -> None:
    with transaction() as session:
        make_technician(session, session.get_one(Location, world.location_id), name="Ada Free")
    assert len(cells(dana.get(WEEK), "Ada Free")) == 5


def test_a_weekend_is_shown_where_it_has_stops(dana: Browser, world: World) -> None:
    with transaction() as session:
        technician = session.get_one(Technician, world.technician_id)
        make_route(session, technician, MONDAY + timedelta(days=5), [make_visit(session, technician.location, north=1)])
    assert len(cells(dana.get(WEEK), "Ben Tool")) == 6


def test_unplanned_visits_wait_beside_it(dana: Browser, world: World) -> None:
    [beside] = dana.get(WEEK).root.all("section", id="unplanned")
    assert beside.text.startswith("1 unplanned")
    assert [node.attributes["href"] for node in beside.all("a", class_="name")] == [f"/visits/{world.waiting}"]


def test_days_lead_to_the_route_map_and_to_notifying(dana: Browser, world: World) -> None:
    page = dana.get(WEEK)
    assert page.link("Tue, Dec 1") == f"/route-map/{TUESDAY}"
    assert page.link("Notify") == f"/notify/{TUESDAY}"


def test_the_board_alone_says_the_same(dana: Browser, world: World) -> None:
    answer = dana.client.get(f"{WEEK}/board")
    assert "Ana Example" in Page(answer).text
    assert "<html" not in answer.text


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("state=waiting", 1),
        ("state=open", 1),
        ("state=confirmed", 0),
        ("q=ana", 1),
        ("q=202 555 0143", 1),
        ("q=nobody", 0),
    ],
)
def test_filters_hold_stops_back(dana: Browser, world: World, query: str, count: int) -> None:
    page = dana.get(f"{WEEK}?{query}")
    [week] = page.root.all("div", id="week")
    assert len([node for node in week.all("li") if "data-key" in node.attributes]) == count
    assert ("No stop fits" in page.text) is (count == 0)


def test_filters_stay_in_the_address(dana: Browser, world: World) -> None:
    asked = f"q=ana&technician={world.technician_id}&state=open"
    page = dana.get(f"/planning?{asked}")
    [news] = [node for node in page.root.all("p") if "data-live" in node.attributes]
    for address in (
        page.response.request.full_path,
        page.link("›"),
        page.link("Tue, Dec 1"),
        news.attributes["data-board"],
    ):
        assert asked in address


def test_a_route_that_is_too_long_says_so(dana: Browser, world: World) -> None:
    with transaction() as session:
        route = session.get_one(Technician, world.technician_id)
        route.capacity = 1
        [visit] = [stop.visit for stop in session.scalars(select(Stop))]
        assert visit.stop
        visit.load, visit.stop.route.shift_end = 3, time(8, 20)
        visit.window = hours(TUESDAY, 10, 12, route.location)
    page = dana.get(WEEK)
    assert "the shift ends at 8:20; load 3 of 1; 1 stop outside the promise" in page.text
    assert "Ana Example" in dana.get(f"{WEEK}?state=late").text


def test_today_is_marked(dana: Browser, world: World) -> None:
    [head] = [node for node in dana.get(WEEK).root.all("th") if "aria-current" in node.attributes]
    assert head.text.startswith("Mon, Nov 30 today")
