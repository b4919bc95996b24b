"""Days on which a location is closed, and what becomes of routes on them."""

from datetime import date, time, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling import holidays, routes
from scheduling.models import Location, Route, RouteOrigin, Technician, VisitStatus
from tests.conftest import SetClock
from tests.factories import SETUP, TRAVEL, TUESDAY, make_location, make_route, make_technician, make_visit

CHRISTMAS = date(2026, 12, 25)
EVERY_DAY = {str(weekday): ["08:00", "17:00"] for weekday in range(1, 8)}


@pytest.fixture
def location(session: Session, now: SetClock) -> Location:
    return make_location(session, closures=[])


@pytest.fixture
def technician(session: Session, location: Location) -> Technician:
    return make_technician(session, location, hours=EVERY_DAY)


def close(location: Location, first: date, last: date) -> None:
    location.closures = [{"first": first.isoformat(), "last": last.isoformat(), "reason": "Stocktaking"}]


def days(session: Session) -> set[date]:
    return set(session.scalars(select(Route.day)))


@pytest.mark.parametrize(
    ("calendar", "day", "reason"),
    [
        ("US", CHRISTMAS, "Christmas Day"),
        ("US-VA", date(2026, 11, 27), "Day After Thanksgiving"),
        ("DE-BY", date(2026, 1, 6), "Epiphany"),
        ("LI", date(2026, 8, 15), "National Day"),
    ],
)
def test_public_holidays_have_english_names(location: Location, calendar: str, day: date, reason: str) -> None:
    location.holidays = calendar
    found = holidays.closed(location, day)
    assert found
    assert found.public
    assert reason in found.reason
    assert holidays.closed(location, TUESDAY) is None


def test_a_part_keeps_days_that_others_do_not(location: Location) -> None:
    location.holidays = "DE-BE"
    assert holidays.closed(location, date(2026, 1, 6)) is None
    assert holidays.parts("DE")["BY"] == "Bayern"
    assert holidays.parts("nowhere") == {}


@pytest.mark.parametrize(("calendar", "known"), [("US", True), ("US-VA", True), ("US-XX", False), ("XX", False)])
def test_calendars_are_known_by_their_codes(location: Location, calendar: str, known: bool) -> None:
    assert holidays.is_known(calendar) is known
    location.holidays = calendar
    assert bool(holidays.closed(location, CHRISTMAS)) is known


def test_closures_hold_on_both_ends(location: Location) -> None:
    close(location, TUESDAY, TUESDAY + timedelta(days=1))
    found = list(holidays.coming(location, TUESDAY - timedelta(days=1), 10))
    assert [(each.day, each.reason, each.public) for each in found] == [
        (TUESDAY, "Stocktaking", False),
        (TUESDAY + timedelta(days=1), "Stocktaking", False),
    ]


def test_no_empty_route_is_made_on_a_closed_day(session: Session, now: SetClock, technician: Technician) -> None:
    now.advance(days=14)
    technician.location.holidays = "US"
    close(technician.location, date(2026, 12, 28), date(2026, 12, 29))
    routes.open_days(session)
    found = days(session)
    assert date(2026, 12, 24) in found
    assert found.isdisjoint({CHRISTMAS, date(2026, 12, 28), date(2026, 12, 29), date(2027, 1, 1)})


def test_empty_routes_vanish_and_come_back(session: Session, location: Location, technician: Technician) -> None:
    routes.open_days(session)
    assert TUESDAY in days(session)
    close(location, TUESDAY, TUESDAY)
    routes.open_days(session)
    assert TUESDAY not in days(session)
    location.closures = []
    routes.open_days(session)
    assert TUESDAY in days(session)


def test_routes_with_stops_and_imported_ones_stay(session: Session, location: Location, technician: Technician) -> None:
    routes.open_days(session)
    carrying = session.scalars(select(Route).where(Route.day == TUESDAY)).one()
    visit = make_visit(session, location, north=2)
    visit.status = VisitStatus.PLANNED
    routes.write(session, carrying, [visit], travel=TRAVEL, actor=SETUP)
    other = make_technician(session, location)
    make_route(session, other, TUESDAY, shift=(7, 12))
    close(location, TUESDAY, TUESDAY)
    routes.open_days(session)
    found = session.scalars(select(Route).where(Route.day == TUESDAY)).all()
    assert {(route.origin, len(route.stops), route.shift_start) for route in found} == {
        (RouteOrigin.HOURS, 1, time(8)),
        (RouteOrigin.PLANNING, 0, time(7)),
    }
