"""Read models of days and weeks: all that a route map or a planning shows, in a handful of queries."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from scheduling.errors import TravelUnavailable
from scheduling.models import (
    Confirmation,
    Customer,
    Event,
    Route,
    Site,
    Stop,
    Technician,
    Visit,
    VisitStatus,
    VisitType,
)
from scheduling.solver.problem import Place, TravelTimes
from scheduling.wall import Window

AGREED = frozenset({Confirmation.CONFIRMED, Confirmation.RESCHEDULED})
UNPLANNED = 200
"""As many unplanned visits as a board lists."""


@dataclass(frozen=True, slots=True)
class VisitCard:
    """A visit on a board; `start` and `end` are the planned ones, None where it has no place in a route."""

    visit_id: int
    ref: str
    customer_id: int
    customer: str
    type: str
    address: str
    place: Place | None
    window: Window | None
    status: VisitStatus
    confirmation: Confirmation
    agreed_to_older: bool
    duration: int
    number: int
    phone: str
    load: int
    start: datetime | None = None
    end: datetime | None = None

    @property
    def late(self) -> bool:
        """Whether it is planned to start outside its promise."""
        return bool(self.start and self.window and not self.window.start <= self.start <= self.window.end)


@dataclass(frozen=True, slots=True)
class RouteCard:
    """A technician's day with its stops in their order.

    `metres` are those from start to end and `back` is when the technician is there; None where nobody knows.
    """

    route_id: int
    day: date
    technician_id: int
    technician: str
    shift_start: time
    shift_end: time
    start: Place
    end: Place
    stops: tuple[VisitCard, ...]
    metres: int | None
    back: datetime | None
    capacity: int | None

    @property
    def load(self) -> int:
        """Of all stops together."""
        return sum(stop.load for stop in self.stops)


@dataclass(frozen=True, slots=True)
class WeekBoard:
    """The routes of seven days by technician, and what waits for a place."""

    technicians: Mapping[int, str]
    """Names by id, in the order of names; everybody of the location, with routes or without."""
    routes: Mapping[tuple[int, date], RouteCard]
    unplanned: tuple[VisitCard, ...]
    unplanned_count: int


def day_board(session: Session, location_id: int, day: date, travel: TravelTimes | None) -> tuple[RouteCard, ...]:
    """The routes of a day, in the order of the technicians' names; without `travel` nobody reckons their ways."""
    return _routes(session, location_id, day, day, travel)


def week_board(session: Session, location_id: int, monday: date, travel: TravelTimes) -> WeekBoard:
    """The seven days from `monday` on."""
    routes = _routes(session, location_id, monday, monday + timedelta(days=6), travel)
    named = select(Technician.id, Technician.name).where(Technician.location_id == location_id)
    technicians = {row.id: row.name for row in session.execute(named.order_by(Technician.name, Technician.id))}
    waiting = Visit.location_id == location_id, Visit.status == VisitStatus.UNPLANNED
    unplanned = session.execute(_visits().where(*waiting).order_by(Visit.id).limit(UNPLANNED)).all()
    count = session.scalar(select(func.count()).select_from(Visit).where(*waiting)) or 0
    return WeekBoard(
        technicians={**technicians, **{r.technician_id: r.technician for r in routes}},
        routes={(route.technician_id, route.day): route for route in routes},
        unplanned=tuple(_card(row) for row in unplanned),
        unplanned_count=count,
    )


def next_day(session: Session, location_id: int, today: date) -> date | None:
    """The first day from `today` on that has a route with stops; failing that, the last one before."""
    ahead = _days(location_id).with_only_columns(func.min(Route.day)).where(Route.day >= today)
    behind = _days(location_id).with_only_columns(func.max(Route.day)).where(Route.day < today)
    return session.scalar(ahead) or session.scalar(behind)


def neighbours(session: Session, location_id: int, day: date) -> tuple[date | None, date | None]:
    """The nearest days before and after `day` that have routes with stops."""
    before = _days(location_id).with_only_columns(func.max(Route.day)).where(Route.day < day).scalar_subquery()
    after = _days(location_id).with_only_columns(func.min(Route.day)).where(Route.day > day).scalar_subquery()
    row = session.execute(select(before, after)).one()
    return row[0], row[1]


def visit_ids(session: Session, location_id: int, day: date, customers: Collection[int] | None = None) -> Sequence[int]:
    """The visits that have a place in a route of the day, of some customers or of all."""
    query = (
        select(Stop.visit_id)
        .join(Route)
        .join(Visit, Stop.visit_id == Visit.id)
        .where(Route.location_id == location_id, Route.day == day)
    )
    if customers is not None:
        query = query.where(Visit.customer_id.in_(customers))
    return session.scalars(query).all()


def news(session: Session, location_id: int, after: int) -> int | None:
    """The newest seq above `after` of an event that a board of the location may show; None where there is none."""
    here = (Visit.location_id == location_id) | (Route.location_id == location_id) | Event.customer_id.is_not(None)
    found = (
        select(func.max(Event.seq))
        .outerjoin(Visit, Event.visit_id == Visit.id)
        .outerjoin(Route, Event.route_id == Route.id)
        .where(Event.seq > after, here)
    )
    return session.scalar(found)


def _days(location_id: int) -> Select[date]:
    return select(Route.day).join(Stop).where(Route.location_id == location_id)


def _routes(
    session: Session, location_id: int, first: date, last: date, travel: TravelTimes | None
) -> tuple[RouteCard, ...]:
    where = (Route.location_id == location_id) & Route.day.between(first, last)
    routes = session.execute(
        select(Route, Technician).join(Technician).where(where).order_by(Route.day, Technician.name, Technician.id)
    )
    stops = _stops(session, where)
    return tuple(_route(route, technician, stops[route.id], travel) for route, technician in routes)


def _stops(session: Session, where: ColumnElement[bool]) -> Mapping[int, Sequence[VisitCard]]:
    """Cards by route, in their order."""
    query = (
        _visits(Stop.route_id, Stop.planned_start, Stop.planned_end)
        .join(Stop, Stop.visit_id == Visit.id)
        .join(Route)
        .where(where)
        .order_by(Stop.position)
    )
    cards: defaultdict[int, list[VisitCard]] = defaultdict(list)
    for row in session.execute(query):
        cards[row.route_id].append(_card(row, row.planned_start, row.planned_end))
    return cards


def _visits(*more: InstrumentedAttribute[Any]) -> Select[*tuple[Any, ...]]:
    """Single columns rather than entities: a board of 500 stops is read several times a minute."""
    return (
        select(
            Visit.id,
            Visit.ref,
            Visit.number,
            Visit.load,
            Visit.status,
            Visit.confirmation,
            Visit.generation,
            Visit.agreed_generation,
            Visit.window_start,
            Visit.window_end,
            Visit.duration,
            Visit.customer_id,
            Customer.name.label("customer"),
            Customer.phone,
            VisitType.name.label("type"),
            Site.address,
            Site.lat,
            Site.lon,
            *more,
        )
        .join(Customer, Visit.customer_id == Customer.id)
        .join(Site, Visit.site_id == Site.id)
        .outerjoin(VisitType, Visit.type_id == VisitType.id)
    )


def _card(row: Row[*tuple[Any, ...]], start: datetime | None = None, end: datetime | None = None) -> VisitCard:
    agreed = row.confirmation in AGREED
    return VisitCard(
        visit_id=row.id,
        ref=row.ref,
        customer_id=row.customer_id,
        customer=row.customer,
        type=row.type or "",
        address=row.address,
        place=None if row.lat is None or row.lon is None else Place(row.lat, row.lon),
        window=Window(row.window_start, row.window_end) if row.window_start and row.window_end else None,
        status=row.status,
        confirmation=row.confirmation,
        agreed_to_older=not agreed and row.agreed_generation is not None and row.agreed_generation < row.generation,
        duration=row.duration,
        number=row.number,
        phone=row.phone or "",
        load=row.load,
        start=start,
        end=end,
    )


def _route(route: Route, technician: Technician, stops: Sequence[VisitCard], travel: TravelTimes | None) -> RouteCard:
    start = Place(technician.start_lat, technician.start_lon)
    end = Place(technician.end_lat, technician.end_lon)
    way = _way((start, *(stop.place for stop in stops if stop.place), end), travel)
    last = stops[-1].end if stops else None
    return RouteCard(
        route_id=route.id,
        day=route.day,
        technician_id=technician.id,
        technician=technician.name,
        shift_start=route.shift_start,
        shift_end=route.shift_end,
        start=start,
        end=end,
        stops=tuple(stops),
        metres=way[0] if way else None,
        back=last + timedelta(seconds=way[1]) if way and last else None,
        capacity=technician.capacity,
    )


def _way(places: Sequence[Place], travel: TravelTimes | None) -> tuple[int, int] | None:
    """Metres along the way, and seconds of its last leg; None where a road engine doesn't answer."""
    if travel is None:
        return None
    try:
        seconds, metres = travel.matrix(places[:-1], places[1:])
    except TravelUnavailable:
        return None
    return int(metres.trace()), int(seconds[-1, -1])
