"""What waits for somebody of the company, as numbers, and how the days ahead stand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from scheduling.models import Confirmation, Conflict, Event, Location, Origin, Route, Stop, Task, TaskKind, Visit
from scheduling.models.visit import ON_ROUTE, VisitStatus

AHEAD = 5
"""Days with routes that are looked ahead."""
LATELY = 12
"""Events of the last days that are told."""


@dataclass(frozen=True, slots=True)
class Ahead:
    """A day with routes: how many have stops, and its stops by what their customers said."""

    day: date
    routes: int
    said: Mapping[Confirmation, int]

    @property
    def stops(self) -> int:
        """All of the day."""
        return sum(self.said.values())


def tasks(session: Session) -> Mapping[TaskKind, int]:
    """How many requests of customers nobody has seen to, by kind; those of the whole company."""
    waiting = select(Task.kind, func.count().label("number")).where(Task.done_at.is_(None))
    found = session.execute(waiting.group_by(Task.kind))
    return {row.kind: row.number for row in found}


def conflicts(session: Session) -> int:
    """In how many fields a document and the portal disagree."""
    return session.scalar(select(func.count(Conflict.id)).where(Conflict.resolved_at.is_(None))) or 0


def unplanned(session: Session, location: Location) -> int:
    """How many visits of the location have no place in a route."""
    waiting = Visit.location_id == location.id, Visit.status == VisitStatus.UNPLANNED
    return session.scalar(select(func.count(Visit.id)).where(*waiting)) or 0


def ahead(session: Session, location: Location, today: date) -> Sequence[Ahead]:
    """The next days from today on that have routes with stops, in their order."""
    days = _days(session, location, today)
    here = Route.location_id == location.id, Route.day.in_(days)
    stops = session.execute(
        select(Route.day, Visit.confirmation, func.count())
        .join(Stop, Stop.route_id == Route.id)
        .join(Visit, Stop.visit_id == Visit.id)
        .where(*here, Visit.status.in_(ON_ROUTE))
        .group_by(Route.day, Visit.confirmation)
    )
    said: dict[date, dict[Confirmation, int]] = {day: {} for day in days}
    for day, confirmation, number in stops:
        said[day][confirmation] = number
    routes = select(Route.day, func.count(func.distinct(Route.id)).label("number")).join(Stop).where(*here)
    counted = {row.day: row.number for row in session.execute(routes.group_by(Route.day))}
    return [Ahead(day, counted[day], said[day]) for day in days]


def _days(session: Session, location: Location, today: date) -> Sequence[date]:
    days = select(Route.day).join(Stop).where(Route.location_id == location.id, Route.day >= today)
    return session.scalars(days.group_by(Route.day).order_by(Route.day).limit(AHEAD)).all()


def lately(session: Session, location: Location) -> Sequence[tuple[Event, Visit]]:
    """What people did to visits of the location, the newest first; what a document brought isn't told one by one."""
    query = (
        select(Event, Visit)
        .join(Visit, Event.visit_id == Visit.id)
        .where(Visit.location_id == location.id, Event.origin != Origin.IMPORT)
        .order_by(Event.id.desc())
        .limit(LATELY)
        .options(joinedload(Visit.customer))
    )
    return [(event, visit) for event, visit in session.execute(query)]
