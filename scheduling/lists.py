"""Lists to look things up in: visits and customers by text and state, a page at a time; a technician's day."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from scheduling.models import Confirmation, Customer, Route, Site, Stop, Task, Technician, Visit, VisitStatus

T = TypeVar("T")
SIZE = 50
"""Rows of a page."""


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some rows of `total`; `number` counts from 1."""

    rows: Sequence[T]
    total: int
    number: int

    @property
    def last(self) -> int:
        """The number of the last page; 1 where there is nothing."""
        return max(1, -(-self.total // SIZE))

    @property
    def first_row(self) -> int:
        """The place of the first row shown among all, from 1."""
        return (self.number - 1) * SIZE + 1


@dataclass(frozen=True, slots=True)
class VisitFilter:
    """What to look for among visits; empty parts don't matter. Deleted visits are found only by that status."""

    text: str = ""
    status: VisitStatus | None = None
    confirmation: Confirmation | None = None
    location_id: int | None = None


def visits(session: Session, wanted: VisitFilter, number: int = 1) -> Page[Visit]:
    """Visits with customer, site, type and place in a route; the newest first."""
    query = select(Visit).join(Visit.customer).join(Visit.site).where(*_visit_conditions(wanted))
    shown = query.order_by(Visit.number.desc()).options(
        contains_eager(Visit.customer),
        contains_eager(Visit.site),
        joinedload(Visit.type),
        joinedload(Visit.location),
        joinedload(Visit.stop).joinedload(Stop.route).joinedload(Route.technician),
    )
    return _page(session, query, shown, number)


def customers(session: Session, text: str = "", number: int = 1) -> Page[Customer]:
    """Customers with consents and sites, by name."""
    query = select(Customer).where(*([_customer_matches(text)] if text else []))
    shown = query.order_by(func.lower(Customer.name), Customer.id).options(
        selectinload(Customer.consents), selectinload(Customer.sites)
    )
    return _page(session, query, shown, number)


def visits_of(session: Session, customer: Customer) -> Sequence[Visit]:
    """All visits of a customer but deleted ones, the newest first."""
    query = select(Visit).where(Visit.customer_id == customer.id, Visit.status != VisitStatus.DELETED)
    place = joinedload(Visit.stop).joinedload(Stop.route).joinedload(Route.technician)
    return session.scalars(query.order_by(Visit.number.desc()).options(place, joinedload(Visit.type))).all()


def tasks(session: Session, *, done: bool = False, limit: int = 100) -> Sequence[Task]:
    """What customers asked for: what waits, oldest first, or what is done, newest first."""
    query = select(Task).where(Task.done_at.is_not(None) if done else Task.done_at.is_(None))
    order = Task.done_at.desc() if done else Task.id
    return session.scalars(
        query.order_by(order).limit(limit).options(joinedload(Task.customer), joinedload(Task.visit))
    ).all()


def route_of(session: Session, technician_id: int, day: date) -> Route | None:
    """A technician's route of a day with its stops and who is visited."""
    query = select(Route).where(Route.technician_id == technician_id, Route.day == day)
    visit = selectinload(Route.stops).joinedload(Stop.visit)
    return session.scalar(query.options(visit.joinedload(Visit.customer), visit.joinedload(Visit.site)))


def technician_names(session: Session, refs: Collection[str]) -> Mapping[str, str]:
    """Names by ref."""
    found = session.execute(select(Technician.ref, Technician.name).where(Technician.ref.in_(refs)))
    return {row.ref: row.name for row in found}


def _visit_conditions(wanted: VisitFilter) -> Sequence[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [
        Visit.status == wanted.status if wanted.status else Visit.status != VisitStatus.DELETED
    ]
    if wanted.confirmation:
        conditions.append(Visit.confirmation == wanted.confirmation)
    if wanted.location_id:
        conditions.append(Visit.location_id == wanted.location_id)
    if wanted.text:
        conditions.append(_visit_matches(wanted.text.strip()))
    return conditions


def _visit_matches(text: str) -> ColumnElement[bool]:
    ways = [Visit.ref == text, Site.address.icontains(text, autoescape=True), _customer_matches(text)]
    number = text.removeprefix("#")
    if number.isdecimal() and len(number) < 10:
        ways.append(Visit.number == int(number))
    return or_(*ways)


def _customer_matches(text: str) -> ColumnElement[bool]:
    """By a part of the name or of the address, by the ref, or by digits of the number however they are grouped."""
    ways: list[ColumnElement[bool]] = [
        Customer.name.icontains(text.strip(), autoescape=True),
        Customer.email.icontains(text.strip(), autoescape=True),
        Customer.ref == text.strip(),
    ]
    digits = "".join(character for character in text if character.isdecimal())
    if len(digits) >= 4:
        ways.append(Customer.phone.contains(digits.lstrip("0"), autoescape=True))
    return or_(*ways)


def _page(session: Session, query: Select[Any], shown: Select[Any], number: int) -> Page[Any]:
    """The page of that number, or the last one where there are fewer."""
    total = session.scalar(query.with_only_columns(func.count(), maintain_column_froms=True)) or 0
    number = min(max(1, number), Page((), total, 1).last)
    rows = session.scalars(shown.limit(SIZE).offset((number - 1) * SIZE)).unique().all()
    return Page(rows, total, number)
