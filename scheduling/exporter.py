"""The planning as it stands now, written as a planning document: the inverse of the importer."""

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session, joinedload, selectinload

from scheduling.document import clock_text
from scheduling.models import Customer, Location, Route, RouteOrigin, Stop, Technician, Visit, VisitStatus
from scheduling.wall import Window

Row = dict[str, Any]


def document(session: Session, first: date | None = None, last: date | None = None, location: str = "main") -> Row:
    """The planning of a location: all of it, or the routes of some days, both included, with what they refer to.

    Raises `LookupError` where there is no such location.
    """
    found = _location(session, location)
    if found is None:
        raise LookupError(location)
    routes = _routes(session, found, first, last)
    whole = first is None and last is None
    visits = _visits(session, found, None if whole else [stop.visit_id for route in routes for stop in route.stops])
    technicians = session.scalars(select(Technician).where(Technician.location_id == found.id).order_by(Technician.ref))
    return {
        "location": found.ref,
        "timezone": found.zone_name,
        "technicians": [technician_row(technician) for technician in technicians],
        "customers": [customer_row(customer) for customer in _customers(session, visits, whole=whole)],
        "visits": [visit_row(visit, found.zone) for visit in visits],
        "routes": [route_row(route) for route in routes],
    }


def as_json(planning: Row) -> str:
    """The document as text."""
    return json.dumps(planning, ensure_ascii=False, indent=1)


def technician_row(technician: Technician) -> Row:
    """A technician as a document names him."""
    return {
        "ref": technician.ref,
        "name": technician.name,
        "phone": technician.phone,
        "email": technician.email,
        "skills": sorted(set(technician.skills)),
        "capacity": technician.capacity,
        "custom": technician.custom,
        "start": {"lat": technician.start_lat, "lon": technician.start_lon},
        "end": {"lat": technician.end_lat, "lon": technician.end_lon},
    }


def customer_row(customer: Customer) -> Row:
    """A customer as a document names him; the channels are those he granted."""
    return {
        "ref": customer.ref,
        "name": customer.name,
        "phone": customer.phone,
        "email": customer.email,
        "locale": customer.locale,
        "consent": sorted(str(consent.channel) for consent in customer.consents if consent.granted),
        "custom": customer.custom,
    }


def visit_row(visit: Visit, zone: ZoneInfo) -> Row:
    """A visit as a document names it, with what only the portal knows at the end; times are the zone's wall times."""
    site = visit.site
    return {
        "ref": visit.ref,
        "customer": visit.customer.ref,
        "type": visit.type.ref if visit.type else None,
        "description": visit.description,
        "contact": visit.contact,
        "address": site.address,
        **({"lat": site.lat, "lon": site.lon} if site.located else {}),
        "duration_min": visit.duration,
        "skills": sorted(set(visit.skills)),
        "load": visit.load,
        "auxiliaries": list(visit.auxiliaries),
        "lock": visit.lock,
        "custom": visit.custom,
        "window": window_value(visit.window, zone),
        "status": visit.status,
        "confirmed": visit.agreed,
        "planned_start": _wall(visit.stop.planned_start, zone) if visit.stop else None,
        "confirmation": visit.confirmation,
        "generation": visit.generation,
    }


def route_row(route: Route) -> Row:
    """A route as a document names it."""
    pause = None
    if route.break_start and route.break_end and route.break_minutes:
        pause = {
            "start": clock_text(route.break_start),
            "end": clock_text(route.break_end),
            "min": route.break_minutes,
        }
    return {
        "date": route.day.isoformat(),
        "technician": route.technician.ref,
        "shift": {"start": clock_text(route.shift_start), "end": clock_text(route.shift_end)},
        "break": pause,
        "stops": [stop.visit.ref for stop in route.stops],
    }


def window_value(window: Window | None, zone: ZoneInfo) -> Row | None:
    """A promise as a document writes it."""
    return {"start": _wall(window.start, zone), "end": _wall(window.end, zone)} if window else None


def _wall(at: datetime, zone: ZoneInfo) -> str:
    return clock_text(at.astimezone(zone).replace(tzinfo=None))


def _location(session: Session, ref: str) -> Location | None:
    """The location by its ref; the only one there is, where nobody calls it main."""
    locations = {location.ref: location for location in session.scalars(select(Location))}
    only = next(iter(locations.values())) if len(locations) == 1 and ref == "main" else None
    return locations.get(ref, only)


def _routes(session: Session, location: Location, first: date | None, last: date | None) -> Sequence[Route]:
    """Without the empty ones that weekly hours made: those aren't planned by anybody."""
    planned = (Route.origin == RouteOrigin.PLANNING) | exists().where(Stop.route_id == Route.id)
    query = (
        select(Route)
        .join(Technician)
        .where(Route.location_id == location.id, planned)
        .order_by(Route.day, Technician.ref)
        .options(joinedload(Route.technician), selectinload(Route.stops).joinedload(Stop.visit))
    )
    if first:
        query = query.where(Route.day >= first)
    if last:
        query = query.where(Route.day <= last)
    return session.scalars(query).all()


def _visits(session: Session, location: Location, ids: Collection[int] | None) -> list[Visit]:
    """The visits with these ids, or all of the location; none that was deleted."""
    query = (
        select(Visit)
        .where(Visit.location_id == location.id, Visit.status != VisitStatus.DELETED)
        .options(
            joinedload(Visit.customer).selectinload(Customer.consents),
            joinedload(Visit.site),
            joinedload(Visit.type),
            selectinload(Visit.stop),
        )
    )
    visits = session.scalars(query) if ids is None else _among(session, query, ids)
    return sorted(visits, key=lambda visit: visit.number)


def _among(session: Session, query: Select[Visit], ids: Collection[int]) -> Iterator[Visit]:
    wanted = sorted(ids)
    for start in range(0, len(wanted), 500):
        yield from session.scalars(query.where(Visit.id.in_(wanted[start : start + 500])))


def _customers(session: Session, visits: Iterable[Visit], *, whole: bool) -> list[Customer]:
    """Those of the visits, and where the whole planning is wanted those who have no visit anywhere."""
    found = {visit.customer for visit in visits}
    if whole:
        query = select(Customer).where(~exists().where(Visit.customer_id == Customer.id))
        found |= set(session.scalars(query.options(selectinload(Customer.consents))))
    return sorted(found, key=lambda customer: customer.id)
