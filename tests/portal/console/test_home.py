"""The page that work begins with: each number leads to exactly the rows it counts."""

from collections.abc import Mapping
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from notifications import lanes
from notifications.models import ChannelName, Message, MessageState
from portal.models import Role
from portal.transaction import transaction
from scheduling import clock, tasks, visits
from scheduling.events import Actor
from scheduling.models import Confirmation, Customer, Location, TaskKind, Visit
from tests.factories import SETUP, TUESDAY, make_customer, make_route, make_technician, make_visit
from tests.page import Node, Page
from tests.people import Browser, People
from tests.portal.conftest import World


@pytest.fixture
def dana(people: People) -> Browser:
    return people.dana()


@pytest.fixture
def full(world: World) -> None:
    """Besides Ana, who waits: two not notified, one confirmed, one who can't be reached."""
    with transaction() as session:
        location = session.get_one(Location, world.location_id)
        said = [Confirmation.NONE, Confirmation.NONE, Confirmation.CONFIRMED, Confirmation.NOTIFIED]
        stops = [make_visit(session, location, north=number) for number in range(1, 5)]
        for visit, word in zip(stops, said, strict=True):
            visit.confirmation = word
        stops[-1].customer.phone = stops[-1].customer.email = None
        make_route(session, make_technician(session, location), TUESDAY, stops)


def numbers(page: Page) -> Mapping[str, tuple[int, str]]:
    """What is counted, how many there are, and where the number leads."""
    rows = [link for link in page.root.all("a") if "number-row" in link.attributes.get("class", "")]
    return {_words(row): (int(row.all("b")[0].text), row.attributes["href"]) for row in rows}


def _words(row: Node) -> str:
    return row.all("span")[0].text


def stops(page: Page) -> int:
    return len([node for node in page.root.all("li") if "data-mark" in node.attributes])


@pytest.mark.parametrize(
    ("words", "count"),
    [("not confirmed", 4), ("not yet notified", 2), ("waiting for an answer", 1), ("can’t be reached", 1)],
)
def test_numbers_of_the_next_day_lead_to_their_stops(dana: Browser, full: None, words: str, count: int) -> None:
    found, url = numbers(dana.get("/start"))[words]
    assert (found, stops(dana.get(url))) == (count, count)


def test_requests_lead_to_their_kind(dana: Browser, world: World) -> None:
    with transaction() as session:
        visit = session.scalars(select(Visit).where(Visit.ref == world.visit)).one()
        tasks.express(session, visit, TaskKind.CALL_BACK, actor=SETUP)
        tasks.express(session, visit, TaskKind.NOT_NEEDED, actor=SETUP)
    count, url = numbers(dana.get("/start"))["customer asks for a call"]
    assert count == 1
    assert [node.text for node in dana.get(url).root.all("h2")] == ["Asks for a call"]


def test_failed_messages_lead_to_those_of_the_same_days(dana: Browser, world: World) -> None:
    with transaction() as session:
        ana = session.scalars(select(Customer).where(Customer.ref == world.customer)).one()
        for key, days in (("new", 1), ("old", 30)):
            session.add(_failed(key, days, ana))
    count, url = numbers(dana.get("/start"))["message didn’t arrive in 7 days"]
    page = dana.get(url)
    assert (count, page.text.count("Ana Example")) == (1, 1)
    assert "+1 202-555-0143" in page.text
    assert dana.get("/messages?failed=1").text.count("Ana Example") == 2


def _failed(key: str, days: int, customer: Customer) -> Message:
    at = clock.now() - timedelta(days=days)
    return Message(
        dedupe_key=key,
        channel=ChannelName.SMS,
        party="customer",
        locale="en",
        recipient="+12025550143",
        customer_id=customer.id,
        state=MessageState.FAILED,
        created_at=at,
        due_at=at,
    )


def test_visits_without_a_time_lead_to_the_list(dana: Browser, world: World) -> None:
    count, url = numbers(dana.get("/start"))["visit without a time"]
    page = dana.get(url)
    assert (count, "1–1 of 1 visits" in page.text) == (1, True)


def test_conflicts_are_counted_for_who_may_decide_them(people: People, world: World) -> None:
    assert "import conflicts to decide" not in numbers(people.dana().get("/start"))
    assert numbers(people.ada().get("/start"))["import conflicts to decide"] == (0, "/settings/imports#conflicts")


def test_a_stopped_lane_is_said_on_top(people: People, world: World) -> None:
    with transaction() as session:
        lanes.stop(session, "sms", "the password was refused")
    assert "No SMS goes out" in people.dana().get("/start").text
    assert people.ada().get("/start").link("See the channel") == "/settings/channels"


def test_what_people_did_lately_is_told(dana: Browser, world: World) -> None:
    with transaction() as session:
        visit = session.scalars(select(Visit).where(Visit.ref == world.visit)).one()
        visits.confirm(session, visit, seen=visit.generation, actor=Actor.customer(visit.customer_id))
    page = dana.get("/start")
    assert "Ana Example : Confirmed for Tue, Dec 1, 8:00 – 10:00" in page.text
    assert page.link("Ana Example") == f"/visits/{world.visit}"


def test_days_ahead_say_how_they_stand(dana: Browser, full: None) -> None:
    assert "Tue, Dec 1 2 routes, 5 stops 1 agreed 2 waiting 2 not notified" in dana.get("/start").text


def test_the_field_to_find_is_there_whoever_came_first(people: People, app: Flask, world: World) -> None:
    """Jinja keeps what it reckoned of constants when it compiled the page for a stranger."""
    app.jinja_env.cache.clear()  # type: ignore[union-attr]
    people.nobody()
    assert people.dana().get("/start").root.all("input", id="find")
    assert not people.browser(Role.TECHNICIAN).get("/day").root.all("input", id="find")


def test_without_routes_ahead_it_says_how_they_come(dana: Browser, world: World) -> None:
    with transaction() as session:
        for visit in session.scalars(select(Visit).where(Visit.ref == world.visit)):
            session.delete(visit.stop)
        make_customer(session)
    assert "No route from tomorrow on has stops" in dana.get("/start").text
