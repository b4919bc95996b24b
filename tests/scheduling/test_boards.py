"""What boards read of the planning, and in how few queries."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from scheduling import boards, events
from scheduling.events import Actor, VisitConfirmed
from scheduling.models import Location, Technician, Visit, VisitStatus
from tests.conftest import SetClock
from tests.factories import (
    TRAVEL,
    TUESDAY,
    hours,
    make_location,
    make_route,
    make_technician,
    make_visit,
)

WEEK = TUESDAY - timedelta(days=1)


@pytest.fixture
def location(session: Session, now: SetClock) -> Location:
    return make_location(session)


@pytest.fixture
def technician(session: Session, location: Location) -> Technician:
    return make_technician(session, location)


@pytest.fixture
def first(session: Session, location: Location) -> Visit:
    """Two kilometres north of the start."""
    return make_visit(session, location, north=2, window=hours(TUESDAY, 8, 10, location))


@pytest.fixture
def second(session: Session, location: Location) -> Visit:
    """Five kilometres north of the start, with nothing promised."""
    return make_visit(session, location, north=5)


def test_a_day_lists_routes_with_their_stops_in_order(
    session: Session, location: Location, technician: Technician, first: Visit, second: Visit
) -> None:
    make_route(session, technician, TUESDAY, [second, first])
    [route] = boards.day_board(session, location.id, TUESDAY, TRAVEL)
    assert route.technician == technician.name
    assert [stop.visit_id for stop in route.stops] == [second.id, first.id]
    assert [stop.window for stop in route.stops] == [None, first.window]
    assert route.stops[0].start is not None


def test_the_length_is_that_of_the_way_over_the_stops(
    session: Session, location: Location, technician: Technician, first: Visit, second: Visit
) -> None:
    make_route(session, technician, TUESDAY, [first, second])
    make_route(session, technician, TUESDAY + timedelta(days=1))
    [route] = boards.day_board(session, location.id, TUESDAY, TRAVEL)
    [empty] = boards.day_board(session, location.id, TUESDAY + timedelta(days=1), TRAVEL)
    assert route.metres == pytest.approx(2 * 5_000 * TRAVEL.road_factor, rel=0.02)
    assert empty.metres == 0


def test_a_week_holds_everybody_and_what_waits(
    session: Session, location: Location, technician: Technician, first: Visit, second: Visit
) -> None:
    make_route(session, technician, TUESDAY, [first])
    make_route(session, technician, WEEK + timedelta(days=7), [second])
    free = make_technician(session, location)
    waiting = make_visit(session, location, north=1)
    assert waiting.status is VisitStatus.UNPLANNED
    board = boards.week_board(session, location.id, WEEK, TRAVEL)
    assert set(board.technicians) == {technician.id, free.id}
    assert [key for key, route in board.routes.items() if route.stops] == [(technician.id, TUESDAY)]
    assert [card.visit_id for card in board.unplanned] == [waiting.id]


def test_another_location_shows_nothing_of_it(session: Session, technician: Technician, first: Visit) -> None:
    make_route(session, technician, TUESDAY, [first])
    other = make_location(session, ref="other")
    assert boards.day_board(session, other.id, TUESDAY, TRAVEL) == ()
    assert boards.next_day(session, other.id, TUESDAY) is None


def test_the_next_day_is_one_with_stops(
    session: Session, location: Location, technician: Technician, first: Visit, second: Visit
) -> None:
    friday = TUESDAY + timedelta(days=3)
    make_route(session, technician, TUESDAY, [first])
    make_route(session, technician, TUESDAY + timedelta(days=1))
    make_route(session, technician, friday, [second])
    assert boards.next_day(session, location.id, TUESDAY + timedelta(days=1)) == friday
    assert boards.next_day(session, location.id, friday + timedelta(days=1)) == friday
    assert boards.neighbours(session, location.id, TUESDAY) == (None, friday)


def test_the_visits_of_a_day_are_those_with_a_place(
    session: Session, location: Location, technician: Technician, first: Visit, second: Visit
) -> None:
    make_route(session, technician, TUESDAY, [first, second])
    make_route(session, technician, TUESDAY + timedelta(days=1), [make_visit(session, location, north=1)])
    assert set(boards.visit_ids(session, location.id, TUESDAY)) == {first.id, second.id}
    assert boards.visit_ids(session, location.id, TUESDAY, {first.customer_id}) == [first.id]


def test_news_are_stamped_events_of_the_location(session: Session, location: Location, first: Visit) -> None:
    other = make_location(session, ref="other")
    events.stamp(session)
    after = events.cursor(session)
    events.record(session, VisitConfirmed(visit_id=first.id, window=first.window), actor=Actor.customer(1))
    assert boards.news(session, location.id, after) is None
    events.stamp(session)
    assert boards.news(session, location.id, after) == after + 1
    assert boards.news(session, location.id, after + 1) is None
    assert boards.news(session, other.id, after) is None


def test_a_day_costs_two_queries_however_full_it_is(session: Session, engine: Engine, location: Location) -> None:
    for number in range(5):
        stops = [make_visit(session, location, north=north) for north in range(1, 4)]
        make_route(session, make_technician(session, location, ref=f"T{number + 10}"), TUESDAY, stops)
    session.flush()
    session.expunge_all()
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    boards.day_board(session, location.id, TUESDAY, TRAVEL)
    assert len(statements) == 2
