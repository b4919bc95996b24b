"""Small worlds for tests: each function adds one thing with sensible values, which keyword arguments replace."""

from collections.abc import Sequence
from datetime import date, time
from itertools import count
from typing import Any

from sqlalchemy.orm import Session

from scheduling import clock, visits, wall
from scheduling.events import Actor
from scheduling.models import Consent, ConsentChannel, Customer, Location, Route, Site, Technician, Visit, VisitStatus
from scheduling.routes import write
from scheduling.travel import GreatCircle

TRAVEL = GreatCircle()
SETUP = Actor.system("test")
TUESDAY = date(2026, 12, 1)
"""The day after the tests' Monday."""
HOME = (38.90, -77.03)
_serial = count(1)


def make_location(session: Session, **values: Any) -> Location:
    location = Location(**{"ref": "main", "name": "Main", "zone_name": "America/New_York", "locale": "en", **values})
    session.add(location)
    session.flush()
    return location


def make_customer(session: Session, *, consent: Sequence[str] = ("sms", "email"), **values: Any) -> Customer:
    """Reachable both ways and agreed to it, unless told otherwise."""
    n = next(_serial)
    defaults = {"ref": f"C{n}", "name": f"Ana Example {n}", "phone": f"+1703555{100 + n % 100:04}"}
    defaults["email"] = f"c{n}@example.com"
    customer = Customer(**{**defaults, "created_at": clock.now(), **values})
    for channel in consent:
        customer.consents.append(Consent(channel=ConsentChannel(channel), granted=True, by="test", at=clock.now()))
    session.add(customer)
    session.flush()
    return customer


def make_site(session: Session, customer: Customer, *, north: float = 0, east: float = 0, **values: Any) -> Site:
    """A site some kilometres north and east of the technicians' home, roughly."""
    lat, lon = HOME[0] + north / 111.2, HOME[1] + east / 86.6
    site = Site(**{"customer_id": customer.id, "address": "12 Oak Street, Arlington", "lat": lat, "lon": lon, **values})
    session.add(site)
    session.flush()
    return site


def make_technician(session: Session, location: Location, **values: Any) -> Technician:
    n = next(_serial)
    places = {"start_lat": HOME[0], "start_lon": HOME[1], "end_lat": HOME[0], "end_lon": HOME[1]}
    technician = Technician(**{"ref": f"T{n}", "name": f"Tom Sample {n}", "location": location, **places, **values})
    session.add(technician)
    session.flush()
    return technician


def make_visit(
    session: Session,
    location: Location,
    *,
    customer: Customer | None = None,
    north: float = 0,
    east: float = 0,
    **values: Any,
) -> Visit:
    """An unplanned visit of half an hour."""
    customer = customer or make_customer(session)
    site = values.pop("site", None) or make_site(session, customer, north=north, east=east)
    return visits.create(session, customer=customer, site=site, location=location, actor=SETUP, **values)


def make_route(
    session: Session,
    technician: Technician,
    day: date = TUESDAY,
    stops: Sequence[Visit] = (),
    *,
    shift: tuple[int, int] = (8, 17),
    **values: Any,
) -> Route:
    """A route with the visits in this order, planned."""
    route = Route(
        technician=technician,
        location=technician.location,
        day=day,
        shift_start=time(shift[0]),
        shift_end=time(shift[1]),
        **values,
    )
    session.add(route)
    session.flush()
    for visit in stops:
        visit.status = VisitStatus.PLANNED
    write(session, route, list(stops), travel=TRAVEL, actor=SETUP)
    return route


def hours(day: date, first: int, last: int, location: Location) -> wall.Window:
    """A window of whole hours on the location's clock."""
    return wall.window(day, time(first), time(last), location.zone)
