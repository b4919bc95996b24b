"""What waits for somebody of the company, as numbers."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from scheduling.boards import AGREED
from scheduling.models import Conflict, Location, Route, Stop, Task, Visit, VisitStatus


@dataclass(frozen=True, slots=True)
class Overview:
    """The next day with stops and how it stands, what customers asked for, where documents and the portal disagree."""

    day: date | None
    stops: int
    agreed: int
    unplanned: int
    tasks: int
    conflicts: int

    @property
    def open(self) -> int:
        """Stops of that day whose customers haven't agreed."""
        return self.stops - self.agreed


def overview(session: Session, location: Location, today: date) -> Overview:
    """The numbers of a location; tasks and conflicts are those of the whole company."""
    day = session.scalar(
        select(func.min(Route.day)).join(Stop).where(Route.location_id == location.id, Route.day > today)
    )
    stops = (
        select(func.count())
        .select_from(Stop)
        .join(Route, Stop.route_id == Route.id)
        .join(Visit, Stop.visit_id == Visit.id)
        .where(Route.location_id == location.id, Route.day == day, Visit.status == VisitStatus.PLANNED)
    )
    unplanned = select(func.count(Visit.id)).where(
        Visit.location_id == location.id, Visit.status == VisitStatus.UNPLANNED
    )
    return Overview(
        day=day,
        stops=session.scalar(stops) or 0,
        agreed=session.scalar(stops.where(Visit.confirmation.in_(AGREED))) or 0,
        unplanned=session.scalar(unplanned) or 0,
        tasks=open_tasks(session),
        conflicts=session.scalar(select(func.count(Conflict.id)).where(Conflict.resolved_at.is_(None))) or 0,
    )


def open_tasks(session: Session) -> int:
    """How many requests of customers nobody has seen to."""
    return session.scalar(select(func.count(Task.id)).where(Task.done_at.is_(None))) or 0
