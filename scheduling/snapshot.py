"""From the tables to the solver's values: routes of a span of days, kept per route and version."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from scheduling import away, clock, models, wall
from scheduling.errors import NoCoordinates
from scheduling.models import Hold, Lock, Stop, Visit
from scheduling.models.visit import BEGUN
from scheduling.solver import Prepared, prepare
from scheduling.solver.problem import Break, Interval, Job, Place, Route, TravelTimes

SLACK = timedelta(minutes=15)
"""How far a start may move under lock `time`."""
KEPT = 20_000
"""Routes whose arrays stay in the process; an older one is built again when somebody asks."""


@dataclass(frozen=True, slots=True)
class Lens:
    """How a question looks at the planning.

    `leaving` are visits taken out of their routes first; `own` is the key of the asking customer's hold; `holds` and
    `present` say whether other customers' holds and the present time count.
    """

    lock: Lock
    travel: TravelTimes
    leaving: Collection[int] = ()
    own: str = ""
    holds: bool = True
    present: bool = True


def days(session: Session, location: models.Location, first: date, last: date, lens: Lens) -> list[Prepared]:
    """The routes of the location on the days, both included, but for those of who is absent.

    Only what changed since the last question is loaded.
    """
    found = session.execute(
        select(models.Route.id, models.Route.version, models.Route.day).where(
            models.Route.location_id == location.id, models.Route.day.between(first, last), ~away.absent()
        )
    ).all()
    held = _holds(session, [row.id for row in found], lens)
    changed = set(held) | _routes_of(session, lens.leaving)
    if lens.present:
        changed |= {row.id for row in found if row.day == wall.day_of(clock.now(), location.zone)}
    versions = {row.id: row.version for row in found}
    kept = {id_: _kept.get((id_, version, lens.lock, lens.travel)) for id_, version in versions.items()}
    missing = [id_ for id_ in versions if id_ in changed or kept[id_] is None]
    fresh = {row.id: prepare(_seen(row, held.get(row.id, ()), lens), lens.travel) for row in load(session, missing)}
    if not session.get_bind().get_execution_options().get("immediate"):
        _keep(lens, (prepared for id_, prepared in fresh.items() if id_ not in changed))
    return [prepared for id_ in versions if (prepared := fresh.get(id_) or kept[id_])]


def one(session: Session, route: models.Route, lens: Lens) -> Prepared:
    """A single route as it stands now, built anew."""
    held = _holds(session, [route.id], lens)
    return prepare(_seen(route, held.get(route.id, ()), lens), lens.travel)


def load(session: Session, ids: Collection[int], *, lock: bool = False) -> Sequence[models.Route]:
    """Routes with everything that `route_of` reads, as the database has them now, by id.

    `lock` holds their rows on PostgreSQL; on SQLite a writing transaction holds all of them already.
    """
    rows: list[models.Route] = []
    for chunk in _chunks(sorted(ids)):
        query = (
            select(models.Route)
            .where(models.Route.id.in_(chunk))
            .order_by(models.Route.id)
            .options(
                selectinload(models.Route.technician),
                selectinload(models.Route.stops).selectinload(Stop.visit).selectinload(Visit.site),
            )
            .execution_options(populate_existing=True)
        )
        rows += session.scalars(query.with_for_update(of=models.Route) if lock else query).all()
    return rows


def route_of(
    route: models.Route, visits: Iterable[Visit], *, lock: Lock, begun: Mapping[int, datetime] | None = None
) -> Route:
    """The solver's view of a route with the visits in the given order; begun ones start as they did or were planned.

    Raises `NoCoordinates` where a visit's place isn't known.
    """
    zone, day, technician = route.location.zone, route.day, route.technician
    planned = begun if begun is not None else {stop.visit_id: stop.planned_start for stop in route.stops}
    return Route(
        id=route.id,
        version=route.version,
        day=day,
        technician=technician.ref,
        start=Place(technician.start_lat, technician.start_lon),
        end=Place(technician.end_lat, technician.end_lon),
        shift=interval(wall.window(day, route.shift_start, route.shift_end, zone), day, zone),
        skills=frozenset(technician.skills),
        capacity=technician.capacity,
        pause=_pause(route, zone),
        jobs=tuple(job_of(visit, day, zone, lock=lock, planned=planned.get(visit.id)) for visit in visits),
    )


def job_of(visit: Visit, day: date, zone: ZoneInfo, *, lock: Lock, planned: datetime | None = None) -> Job:
    """The solver's view of a visit on a day. Raises `NoCoordinates` where its place isn't known."""
    started = visit.started_at or planned if visit.status in BEGUN else None
    return Job(
        id=visit.id,
        place=place_of(visit),
        duration=visit.duration * 60,
        window=interval(visit.window, day, zone) if visit.window else None,
        lock=locked(visit, day, zone, lock),
        load=visit.load,
        skills=frozenset(visit.skills),
        begun=wall.seconds(started, day, zone) if started else None,
    )


def place_of(visit: Visit) -> Place:
    """Where the visit is served. Raises `NoCoordinates` where nobody knows."""
    site = visit.site
    if site.lat is None or site.lon is None:
        raise NoCoordinates(visit.ref)
    return Place(site.lat, site.lon)


def locked(visit: Visit, day: date, zone: ZoneInfo, lock: Lock) -> Interval | None:
    """When a visit that was agreed to under lock `time` may start; `lock` counts where it has none of its own."""
    if (visit.lock or lock) is not Lock.TIME or not visit.agreed or visit.locked_start is None:
        return None
    return interval(wall.Window(visit.locked_start - SLACK, visit.locked_start + SLACK), day, zone)


def interval(window: wall.Window, day: date, zone: ZoneInfo) -> Interval:
    """A window in seconds of the day."""
    return wall.seconds(window.start, day, zone), wall.seconds(window.end, day, zone)


def _pause(route: models.Route, zone: ZoneInfo) -> Break | None:
    if route.break_start is None or route.break_end is None or route.break_minutes is None:
        return None
    earliest, latest = interval(wall.window(route.day, route.break_start, route.break_end, zone), route.day, zone)
    return Break(earliest, latest, route.break_minutes * 60)


def _seen(row: models.Route, holds: Sequence[Hold], lens: Lens) -> Route:
    """The route as the question sees it: without what leaves, with others' holds in their places, at this time."""
    route = route_of(row, [stop.visit for stop in row.stops if stop.visit_id not in lens.leaving], lock=lens.lock)
    jobs = list(route.jobs)
    for hold in sorted(holds, key=lambda hold: hold.position):
        jobs.insert(hold.position, _held(hold, row.day, row.location.zone))
    return replace(route, jobs=tuple(jobs), now=present(row) if lens.present else None)


def present(route: models.Route) -> int | None:
    """The present time in seconds of the route's day: nothing else begins before it. None on any other day."""
    now, zone = clock.now(), route.location.zone
    return wall.seconds(now, route.day, zone) if route.day == wall.day_of(now, zone) else None


def _held(hold: Hold, day: date, zone: ZoneInfo) -> Job:
    return Job(
        id=-hold.id,
        place=place_of(hold.visit),
        duration=hold.duration * 60,
        window=interval(wall.Window(hold.slot_start, hold.slot_end), day, zone),
        load=hold.load,
        held=True,
    )


def _holds(session: Session, routes: Sequence[int], lens: Lens) -> dict[int, list[Hold]]:
    """Other customers' live holds by route: laid over the kept arrays for one question, because they expire."""
    live: dict[int, list[Hold]] = {}
    if not lens.holds:
        return live
    query = select(Hold).where(Hold.expires_at > clock.now(), Hold.key != lens.own)
    wanted = set(routes)
    for hold in session.scalars(query.options(selectinload(Hold.visit).selectinload(Visit.site))):
        if hold.route_id in wanted:
            live.setdefault(hold.route_id, []).append(hold)
    return live


def _routes_of(session: Session, visits: Collection[int]) -> set[int]:
    if not visits:
        return set()
    return set(session.scalars(select(Stop.route_id).where(Stop.visit_id.in_(visits))))


_kept: dict[tuple[int, int, Lock, TravelTimes], Prepared] = {}


def _keep(lens: Lens, fresh: Iterable[Prepared]) -> None:
    """Remember what was read. A writing transaction keeps nothing: what it sees may be rolled back."""
    for prepared in fresh:
        while len(_kept) >= KEPT:
            _kept.pop(next(iter(_kept)), None)
        _kept[prepared.route.id, prepared.route.version, lens.lock, lens.travel] = prepared


def forget() -> None:
    """Drop all arrays: after the database behind this process was replaced by another."""
    _kept.clear()


def _chunks(ids: Sequence[int], size: int = 500) -> Iterable[Sequence[int]]:
    return (ids[start : start + size] for start in range(0, len(ids), size))
