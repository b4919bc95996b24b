"""A technician's day: the one way in which routes are written, and the empty routes that weekly hours give."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import date, time, timedelta

from sqlalchemy import select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session, selectinload
from sqlalchemy.orm.attributes import set_committed_value

from scheduling import clock, events, holidays, settings, snapshot, wall
from scheduling.errors import StaleWrite
from scheduling.events import Actor, RouteResequenced
from scheduling.models import Event, Route, RouteOrigin, Stop, Technician, Visit
from scheduling.solver import Route as Plan
from scheduling.solver import check, schedule
from scheduling.solver.problem import TravelTimes
from scheduling.terms import LinkTerms

Shift = tuple[time, time]
"""From when to when somebody works, on the wall clock."""


def touch(session: Session, route: Route) -> None:
    """Raise the version, because something that the solver reads of the route has changed.

    Raises `StaleWrite` where somebody else wrote the route since it was read.
    """
    session.flush()
    result = session.execute(
        update(Route)
        .where(Route.id == route.id, Route.version == route.version)
        .values(version=Route.version + 1)
        .execution_options(synchronize_session=False)
    )
    if not isinstance(result, CursorResult) or result.rowcount != 1:
        raise StaleWrite
    set_committed_value(route, "version", route.version + 1)


def touch_visit(session: Session, visit: Visit) -> None:
    """Raise the version of the route that the visit is in, if it is in one."""
    if visit.stop:
        touch(session, visit.stop.route)


def touch_technician(session: Session, technician: Technician) -> None:
    """Raise the versions of all routes of a technician whose skills, capacity or places changed."""
    session.flush()
    session.execute(
        update(Route)
        .where(Route.technician_id == technician.id)
        .values(version=Route.version + 1)
        .execution_options(synchronize_session="fetch")
    )


def lock(session: Session, ids: Collection[int]) -> dict[int, Route]:
    """Read the routes as they stand and, on PostgreSQL, hold their rows, in the order of their ids."""
    return {route.id: route for route in snapshot.load(session, ids, lock=True)}


def write(session: Session, route: Route, order: Sequence[Visit], *, travel: TravelTimes, actor: Actor) -> None:
    """Let the route serve these visits in this order, each as early as it can, and raise its version.

    A visit that comes from another route must have left it before. Raises `StaleWrite`, `NoCoordinates`.
    """
    before = {stop.visit_id: stop.planned_start for stop in route.stops}
    kept = {stop.visit_id: stop for stop in route.stops}
    wanted = {visit.id for visit in order}
    for visit_id, stop in kept.items():
        if visit_id not in wanted:
            route.stops.remove(stop)
            session.expire(stop.visit, ["stop"])
    session.flush()
    _sequence(session, route, order, kept, travel)
    touch(session, route)
    if any(before.get(stop.visit_id, stop.planned_start) != stop.planned_start for stop in route.stops):
        refs = tuple(visit.ref for visit in order)
        events.record(session, RouteResequenced(route_id=route.id, order=refs), actor=actor)


def _sequence(
    session: Session, route: Route, order: Sequence[Visit], kept: dict[int, Stop], travel: TravelTimes
) -> None:
    """Give each visit its position and its planned start."""
    zone = route.location.zone
    plan = snapshot.route_of(route, order, lock=settings.load(session, LinkTerms).lock)
    for position, (visit, start) in enumerate(zip(order, _starts(plan, snapshot.present(route), travel), strict=True)):
        begins = wall.moment(start, route.day, zone)
        ends = begins + timedelta(minutes=visit.duration)
        stop = kept.get(visit.id)
        if stop is None:
            stop = Stop(visit=visit, position=position, planned_start=begins, planned_end=ends)
            route.stops.append(stop)
        stop.position, stop.planned_start, stop.planned_end = position, begins, ends
    session.flush()
    set_committed_value(route, "stops", sorted(route.stops, key=lambda stop: stop.position))


def _starts(plan: Plan, now: int | None, travel: TravelTimes) -> tuple[int, ...]:
    """None before now, unless promises would be late then: nobody may have told that visits have begun."""
    ahead = replace(plan, now=now)
    late = now is not None and check(ahead, travel)
    return schedule(plan if late else ahead, travel)


def replan_starts(session: Session, route: Route, *, travel: TravelTimes, actor: Actor) -> None:
    """Reckon the planned starts again after something that they depend on has changed."""
    write(session, route, [stop.visit for stop in route.stops], travel=travel, actor=actor)


def leave(session: Session, visit: Visit, *, travel: TravelTimes, actor: Actor) -> None:
    """Take the visit out of its route, if it is in one."""
    if visit.stop is None:
        return
    route = visit.stop.route
    rest = [stop.visit for stop in route.stops if stop.visit_id != visit.id]
    write(session, route, rest, travel=travel, actor=actor)


def open_days(session: Session) -> int:
    """Give each day within the horizon that has no route an empty one from the technician's weekly hours.

    Empty routes made so before follow a change of hours, an absence, a closed day, or the setting switched off. Returns
    how many were added, changed or removed.
    """
    session.flush()
    terms = settings.load(session, LinkTerms)
    technicians = session.scalars(select(Technician).options(selectinload(Technician.absences))).all()
    changed = 0
    for technician in technicians:
        today = wall.day_of(clock.now(), technician.location.zone)
        span = [today + timedelta(days=offset) for offset in range(terms.horizon_days + 1)]
        query = select(Route).where(Route.technician_id == technician.id, Route.day.between(span[0], span[-1]))
        present = {route.day: route for route in session.scalars(query.options(selectinload(Route.stops)))}
        for day in span:
            shift = shift_of(technician, day) if terms.empty_routes else None
            changed += _open_day(session, technician, day, shift, present.get(day))
    session.flush()
    return changed


def _open_day(session: Session, technician: Technician, day: date, shift: Shift | None, route: Route | None) -> int:
    if route is None:
        if shift:
            session.add(_empty(technician, day, shift))
        return int(shift is not None)
    if route.origin is not RouteOrigin.HOURS or route.stops or shift == (route.shift_start, route.shift_end):
        return 0
    if shift is None:
        return _close(session, route)
    route.shift_start, route.shift_end = shift
    touch(session, route)
    return 1


def _close(session: Session, route: Route) -> int:
    """Remove an empty route. One that events speak of stays, with a shift of no length, until there are hours again."""
    if session.scalar(select(Event.id).where(Event.route_id == route.id).limit(1)) is None:
        session.delete(route)
        return 1
    if route.shift_end == route.shift_start:
        return 0
    route.shift_end = route.shift_start
    touch(session, route)
    return 1


def _empty(technician: Technician, day: date, shift: Shift) -> Route:
    return Route(
        location_id=technician.location_id,
        technician_id=technician.id,
        day=day,
        shift_start=shift[0],
        shift_end=shift[1],
        origin=RouteOrigin.HOURS,
    )


def shift_of(technician: Technician, day: date) -> Shift | None:
    """When the technician works on the day by his weekly hours; None where he is away or the location is closed."""
    if is_away(technician, day) or holidays.closed(technician.location, day):
        return None
    hours = technician.hours.get(str(day.isoweekday()))
    return (time.fromisoformat(hours[0]), time.fromisoformat(hours[1])) if hours else None


def is_away(technician: Technician, day: date) -> bool:
    """Whether an absence covers the day."""
    return any(absence.first <= day <= absence.last for absence in technician.absences)


def days_with_stops(session: Session, location_id: int, first: date) -> Iterator[date]:
    """The days from the first on that have visits in routes, in order."""
    query = select(Route.day).join(Stop).where(Route.location_id == location_id, Route.day >= first)
    yield from session.scalars(query.distinct().order_by(Route.day))
