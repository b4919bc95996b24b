"""Routes of technicians who are absent on their day: they keep what stands in them and get nothing more."""

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from scheduling.models import Absence, Route


def absent() -> ColumnElement[bool]:
    """For queries of routes: whether the technician is absent on the route's day."""
    return exists().where(
        Absence.technician_id == Route.technician_id, Absence.first <= Route.day, Absence.last >= Route.day
    )


def on(session: Session, route: Route) -> bool:
    """Whether the route's technician is absent on its day."""
    return session.scalar(select(Route.id).where(Route.id == route.id, absent())) is not None
