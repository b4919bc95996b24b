"""Routes: their versions, their order, and the empty ones of weekly hours."""

from collections.abc import Callable
from datetime import time, timedelta

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from scheduling import db, routes, settings, slots, visits
from scheduling.choices import STAFF, Question
from scheduling.errors import StaleWrite
from scheduling.models import Absence, Event, Location, Lock, Route, RouteOrigin, Technician, Visit, VisitStatus
from scheduling.terms import LinkTerms
from tests.conftest import SetClock
from tests.factories import SETUP, TRAVEL, TUESDAY, hours, make_location, make_route, make_technician, make_visit


@pytest.fixture
def location(session: Session, now: SetClock) -> Location:
    return make_location(session)


@pytest.fixture
def technician(session: Session, location: Location) -> Technician:
    return make_technician(session, location)


@pytest.fixture
def visit(session: Session, location: Location) -> Visit:
    return make_visit(session, location, north=3, window=hours(TUESDAY, 10, 12, location))


@pytest.fixture
def route(session: Session, technician: Technician, visit: Visit) -> Route:
    return make_route(session, technician, TUESDAY, [visit])


def edit(**changes: object) -> Callable[[Session, Visit], None]:
    return lambda session, visit: visits.edit(session, visit, changes, travel=TRAVEL, actor=SETUP)


def start(session: Session, visit: Visit) -> None:
    visits.move(session, visit, VisitStatus.STARTED, travel=TRAVEL, actor=SETUP)


def unplan(session: Session, visit: Visit) -> None:
    visits.move(session, visit, VisitStatus.UNPLANNED, travel=TRAVEL, actor=SETUP)


def confirm(session: Session, visit: Visit) -> None:
    visits.confirm(session, visit, seen=visit.generation, actor=SETUP)


def unconfirm(session: Session, visit: Visit) -> None:
    confirm(session, visit)
    visits.undo_confirm(session, visit, seen=visit.generation, terms=LinkTerms(), actor=SETUP)


def promise(session: Session, visit: Visit) -> None:
    visit.window = None
    visits.notify(session, visit, terms=LinkTerms(), invitation_id=1, actor=SETUP)


def reschedule(session: Session, visit: Visit) -> None:
    question = Question(LinkTerms(), TRAVEL, limits=STAFF)
    window = hours(TUESDAY, 13, 15, visit.location)
    found = slots.seek(session, [visit], window, question)
    slots.accept(session, [visit], found, question, seen={visit.id: visit.generation}, actor=SETUP)


def other_skills(session: Session, visit: Visit) -> None:
    assert visit.stop
    visit.stop.route.technician.skills = ["gas"]
    routes.touch_technician(session, visit.stop.route.technician)


@pytest.mark.parametrize(
    "change",
    [
        edit(duration=45),
        edit(load=2),
        edit(skills=["gas"]),
        edit(lock=Lock.TIME),
        start,
        unplan,
        confirm,
        unconfirm,
        promise,
        reschedule,
        other_skills,
    ],
)
def test_whatever_the_solver_reads_raises_the_version(
    session: Session, technician: Technician, visit: Visit, route: Route, change: Callable[[Session, Visit], None]
) -> None:
    technician.skills = ["gas"]
    before = route.version
    change(session, visit)
    session.refresh(route)
    assert route.version > before


def test_what_the_solver_does_not_read_leaves_the_version(session: Session, visit: Visit, route: Route) -> None:
    before = route.version
    edit(description="Ring twice")(session, visit)
    assert route.version == before


def test_a_route_written_by_somebody_else_is_not_overwritten(engine: Engine, now: SetClock) -> None:
    with db.transaction(engine) as session:
        route_id = make_route(session, make_technician(session, make_location(session))).id
    with Session(engine) as stale:
        seen = stale.get_one(Route, route_id)
        stale.commit()
        stale.refresh(seen)
        stale.expunge(seen)
    with db.transaction(engine) as session:
        routes.touch(session, session.get_one(Route, route_id))
    with pytest.raises(StaleWrite), db.transaction(engine) as session:
        routes.touch(session, seen)


def test_stops_are_planned_as_early_as_promises_allow(session: Session, visit: Visit, route: Route) -> None:
    [stop] = route.stops
    assert stop.planned_start == hours(TUESDAY, 10, 12, visit.location).start
    assert stop.planned_end - stop.planned_start == timedelta(minutes=30)


def test_a_start_that_shifts_is_told_of_the_route_and_not_of_the_visit(
    session: Session, location: Location, visit: Visit, route: Route
) -> None:
    late = make_visit(session, location, north=3)
    late.status = VisitStatus.PLANNED
    routes.write(session, route, [visit, late], travel=TRAVEL, actor=SETUP)
    generation, before = late.generation, late.stop.planned_start if late.stop else None
    routes.write(session, route, [late], travel=TRAVEL, actor=SETUP)
    assert late.stop
    assert before
    assert late.stop.planned_start < before
    assert late.generation == generation
    told = session.scalar(select(func.count()).where(Event.kind == "route.resequenced"))
    assert told == 1


def test_days_without_a_route_get_an_empty_one_from_weekly_hours(session: Session, technician: Technician) -> None:
    technician.hours = {"1": ["08:00", "17:00"], "2": ["09:00", "12:00"]}
    make_route(session, technician, TUESDAY)
    assert routes.open_days(session) == 4 + 2
    assert routes.open_days(session) == 0
    found = session.scalars(select(Route).where(Route.origin == RouteOrigin.HOURS)).all()
    assert {(route.day.isoweekday(), route.shift_start) for route in found} == {(1, time(8)), (2, time(9))}


def test_empty_routes_follow_hours_and_absences(session: Session, technician: Technician) -> None:
    technician.hours = {"2": ["09:00", "12:00"]}
    routes.open_days(session)
    technician.hours = {"2": ["10:00", "12:00"]}
    technician.absences.append(Absence(first=TUESDAY, last=TUESDAY))
    session.flush()
    routes.open_days(session)
    found = session.scalars(select(Route)).all()
    assert {(route.day, route.shift_start) for route in found} == {
        (TUESDAY + timedelta(days=7), time(10)),
        (TUESDAY + timedelta(days=14), time(10)),
    }


def test_the_setting_turns_empty_routes_off(session: Session, technician: Technician) -> None:
    technician.hours = {"2": ["09:00", "12:00"]}
    routes.open_days(session)
    settings.save(session, LinkTerms(empty_routes=False))
    routes.open_days(session)
    assert session.scalars(select(Route)).all() == []
