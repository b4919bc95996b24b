"""What the portal holds of the records that a document names."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session, joinedload, selectinload

from scheduling import routes
from scheduling.db import Base
from scheduling.document import TableRow
from scheduling.importer.files import Unreadable
from scheduling.importer.reading import Document, Key
from scheduling.models import Customer, Location, Route, Stop, Technician, Visit, VisitType

M = TypeVar("M", bound=Base)
CHUNK = 500


@dataclass
class Known:
    """The records by ref, routes by day and technician; what the import makes is added as it goes."""

    location: Location | None
    technicians: dict[str, Technician]
    customers: dict[str, Customer]
    visits: dict[str, Visit]
    routes: dict[Key, Route]
    types: dict[str, VisitType]

    def place(self, ref: str) -> Key | None:
        """Where the visit stands now."""
        visit = self.visits.get(ref)
        return (visit.stop.route.day, visit.stop.route.technician.ref) if visit and visit.stop else None


def load(session: Session, document: Document) -> Known:
    """Read the records and hold their routes. Raises `Unreadable` where a table has no location to count in."""
    technicians = {technician.ref: technician for technician in session.scalars(select(Technician))}
    held = _route_ids(session, keys(document), technicians) | _routes_of(session, _visit_refs(document))
    locked = routes.lock(session, held).values()
    return Known(
        location=_location(session, document),
        technicians=technicians,
        customers=_customers(session, document),
        visits=_visits(session, _visit_refs(document)),
        routes={(route.day, route.technician.ref): route for route in locked},
        types={type_.ref: type_ for type_ in session.scalars(select(VisitType))},
    )


def _location(session: Session, document: Document) -> Location | None:
    locations = session.scalars(select(Location)).all()
    if document.table and len(locations) == 1:
        return locations[0]
    named = [location for location in locations if location.ref == (document.location or "main")]
    if document.table and not named:
        raise Unreadable("a table needs its technicians and shifts in the portal: import a JSON document first")
    return named[0] if named else None


def _visit_refs(document: Document) -> set[str]:
    return {entry.row.ref for entry in document.visits} | {ref for entry in document.routes for ref in entry.row.stops}


def _visits(session: Session, refs: Collection[str]) -> dict[str, Visit]:
    stop = selectinload(Visit.stop)
    options = (
        joinedload(Visit.site),
        joinedload(Visit.type),
        joinedload(Visit.customer),
        stop.joinedload(Stop.route).joinedload(Route.technician),
    )
    return {visit.ref: visit for visit in _by(session, Visit, Visit.ref, refs, *options)}


def _customers(session: Session, document: Document) -> dict[str, Customer]:
    refs = {entry.row.ref for entry in document.customers} | {entry.row.customer for entry in document.visits}
    options = (selectinload(Customer.consents), selectinload(Customer.sites))
    return {customer.ref: customer for customer in _by(session, Customer, Customer.ref, refs, *options)}


def keys(document: Document) -> Iterator[Key]:
    """The routes that a document names."""
    for entry in document.routes:
        yield entry.row.date, entry.row.technician
    for visit in document.visits:
        if isinstance(visit.row, TableRow) and visit.row.date and visit.row.technician:
            yield visit.row.date, visit.row.technician


def _route_ids(session: Session, keys: Iterable[Key], technicians: dict[str, Technician]) -> set[int]:
    wanted = {(day, technicians[ref].id) for day, ref in keys if ref in technicians}
    found: set[int] = set()
    for days in chunks({day for day, _ in wanted}):
        rows = session.execute(select(Route.id, Route.day, Route.technician_id).where(Route.day.in_(days)))
        found |= {row.id for row in rows if (row.day, row.technician_id) in wanted}
    return found


def _routes_of(session: Session, refs: Collection[str]) -> set[int]:
    found: set[int] = set()
    for chunk in chunks(refs):
        found |= set(session.scalars(select(Stop.route_id).join(Visit).where(Visit.ref.in_(chunk))))
    return found


def _by(
    session: Session, model: type[M], column: InstrumentedAttribute[str], values: Collection[str], *options: Any
) -> Iterator[M]:
    for chunk in chunks(values):
        yield from session.scalars(select(model).where(column.in_(chunk)).options(*options))


T = TypeVar("T")


def chunks(values: Collection[T]) -> Iterator[Sequence[T]]:
    """Parts small enough for one statement on any database."""
    rest = list(values)
    for start in range(0, len(rest), CHUNK):
        yield rest[start : start + CHUNK]
