"""Lists to look things up in: visits and customers by text and state, a page at a time; a technician's day."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Select, UnaryExpression, func, select
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from scheduling import matching
from scheduling.models import (
    Confirmation,
    Customer,
    Route,
    Stop,
    Task,
    TaskKind,
    Technician,
    Visit,
    VisitStatus,
    VisitType,
)

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


class Order(StrEnum):
    """By what a list of visits can be sorted."""

    NUMBER = "number"
    CUSTOMER = "customer"
    TYPE = "type"
    PROMISED = "promised"
    TECHNICIAN = "technician"
    STATUS = "status"
    CONFIRMATION = "confirmation"


@dataclass(frozen=True, slots=True)
class VisitFilter:
    """What to look for among visits; empty parts don't matter. Deleted visits are found only by that status."""

    text: str = ""
    status: VisitStatus | None = None
    confirmation: Confirmation | None = None
    location_id: int | None = None
    technician_id: int | None = None
    day: date | None = None
    """The day of the route that the visit has a place in."""
    order: Order = Order.NUMBER
    down: bool = True


class CustomerOrder(StrEnum):
    """By what a list of customers can be sorted."""

    NAME = "name"
    SINCE = "since"


def visits(session: Session, wanted: VisitFilter, number: int = 1) -> Page[Visit]:
    """Visits with customer, site, type and place in a route."""
    query = (
        select(Visit)
        .join(Visit.customer)
        .join(Visit.site)
        .outerjoin(Visit.type)
        .outerjoin(Visit.stop)
        .outerjoin(Stop.route)
        .outerjoin(Route.technician)
        .where(*_visit_conditions(wanted))
    )
    shown = query.order_by(*_visit_order(wanted)).options(
        contains_eager(Visit.customer),
        contains_eager(Visit.site),
        contains_eager(Visit.type),
        joinedload(Visit.location),
        contains_eager(Visit.stop).contains_eager(Stop.route).contains_eager(Route.technician),
    )
    return page(session, query, shown, number)


def customers(
    session: Session,
    text: str = "",
    number: int = 1,
    *,
    order: CustomerOrder = CustomerOrder.NAME,
    down: bool = False,
) -> Page[Customer]:
    """Customers with consents and sites."""
    query = select(Customer).where(*([matching.customer(text)] if text.strip() else []))
    column = func.lower(Customer.name) if order is CustomerOrder.NAME else Customer.created_at
    shown = query.order_by(column.desc() if down else column, Customer.id).options(
        selectinload(Customer.consents), selectinload(Customer.sites)
    )
    return page(session, query, shown, number)


def technicians(session: Session, location_id: int) -> Sequence[Technician]:
    """Those of a location, by name."""
    query = select(Technician).where(Technician.location_id == location_id)
    return session.scalars(query.order_by(func.lower(Technician.name), Technician.id)).all()


def visits_of(session: Session, customer: Customer) -> Sequence[Visit]:
    """All visits of a customer but deleted ones, the newest first."""
    query = select(Visit).where(Visit.customer_id == customer.id, Visit.status != VisitStatus.DELETED)
    place = joinedload(Visit.stop).joinedload(Stop.route).joinedload(Route.technician)
    return session.scalars(query.order_by(Visit.number.desc()).options(place, joinedload(Visit.type))).all()


def tasks(session: Session, kind: TaskKind | None = None, number: int = 1) -> Page[Task]:
    """What customers asked for and nobody has seen to, of one kind or of all; the oldest first."""
    query = select(Task).where(Task.done_at.is_(None), *([Task.kind == kind] if kind else []))
    shown = query.order_by(Task.id).options(joinedload(Task.customer), joinedload(Task.visit))
    return page(session, query, shown, number)


def tasks_done(session: Session, limit: int = 20) -> Sequence[Task]:
    """What customers asked for and somebody has seen to; the newest first."""
    query = select(Task).where(Task.done_at.is_not(None)).order_by(Task.done_at.desc()).limit(limit)
    return session.scalars(query.options(joinedload(Task.customer), joinedload(Task.visit))).all()


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
    if wanted.technician_id:
        conditions.append(Route.technician_id == wanted.technician_id)
    if wanted.day:
        conditions.append(Route.day == wanted.day)
    if wanted.text.strip():
        conditions.append(matching.visit(wanted.text))
    return conditions


def _visit_order(wanted: VisitFilter) -> Sequence[UnaryExpression[Any]]:
    """Rows that have nothing to be sorted by come last, either way; the newest first among equals."""
    columns: Mapping[Order, Any] = {
        Order.NUMBER: Visit.number,
        Order.CUSTOMER: func.lower(Customer.name),
        Order.TYPE: func.lower(VisitType.name),
        Order.PROMISED: Visit.window_start,
        Order.TECHNICIAN: func.lower(Technician.name),
        Order.STATUS: Visit.status,
        Order.CONFIRMATION: Visit.confirmation,
    }
    column = columns[wanted.order]
    return (column.desc() if wanted.down else column.asc()).nulls_last(), Visit.number.desc()


def page(session: Session, query: Select[Any], shown: Select[Any], number: int) -> Page[Any]:
    """The page of that number, or the last one where there are fewer; `shown` is the query as it is read."""
    total = session.scalar(query.with_only_columns(func.count(), maintain_column_froms=True)) or 0
    number = min(max(1, number), Page((), total, 1).last)
    rows = session.scalars(shown.limit(SIZE).offset((number - 1) * SIZE)).unique().all()
    return Page(rows, total, number)
