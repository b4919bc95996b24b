"""A technician's day, the places of visits in it, and the places kept for customers who are choosing."""

from datetime import date, datetime, time
from enum import StrEnum
from secrets import randbelow

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from scheduling.db import Base, enum_type
from scheduling.models.location import Location
from scheduling.models.technician import Technician
from scheduling.models.visit import Visit


class RouteOrigin(StrEnum):
    """Where a route comes from: an imported document or somebody's hand, or the technician's weekly hours."""

    PLANNING = "planning"
    HOURS = "hours"


class Route(Base):
    """One technician on one day; times are wall times of the location."""

    __tablename__ = "route"
    __table_args__ = (UniqueConstraint("technician_id", "day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    location_id: Mapped[int] = mapped_column(ForeignKey("location.id"))
    technician_id: Mapped[int] = mapped_column(ForeignKey("technician.id"))
    day: Mapped[date] = mapped_column(index=True)
    shift_start: Mapped[time]
    shift_end: Mapped[time]
    break_start: Mapped[time | None]
    break_end: Mapped[time | None]
    break_minutes: Mapped[int | None]
    origin: Mapped[RouteOrigin] = mapped_column(enum_type(RouteOrigin), default=RouteOrigin.PLANNING)
    version: Mapped[int] = mapped_column(default=lambda: randbelow(2**30))
    """Rises with anything the solver reads of the route, through `routes.touch` alone. It begins at random, so that a
    route that gets the id of a deleted one isn't taken for it by those who keep arrays by id and version."""
    location: Mapped[Location] = relationship()
    technician: Mapped[Technician] = relationship()
    stops: Mapped[list["Stop"]] = relationship(
        back_populates="route", order_by="Stop.position", cascade="all, delete-orphan"
    )


class Stop(Base):
    """A visit's place in a route; `visit_id` is unique, so a visit is in one place."""

    __tablename__ = "stop"

    id: Mapped[int] = mapped_column(primary_key=True)
    route_id: Mapped[int] = mapped_column(ForeignKey("route.id"), index=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"), unique=True)
    position: Mapped[int]
    planned_start: Mapped[datetime]
    planned_end: Mapped[datetime]
    route: Mapped[Route] = relationship(back_populates="stops")
    visit: Mapped[Visit] = relationship(back_populates="stop")


class Hold(Base):
    """A slot kept for a customer who is about to accept it; it expires by the clock and is never a stop."""

    __tablename__ = "hold"

    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id", ondelete="CASCADE"), unique=True)
    """The first visit of the block that is being moved."""
    route_id: Mapped[int] = mapped_column(ForeignKey("route.id", ondelete="CASCADE"), index=True)
    slot_start: Mapped[datetime]
    slot_end: Mapped[datetime]
    position: Mapped[int]
    """Its place among the stops at the time; the length of the route as planned counts it there."""
    duration: Mapped[int]
    """Minutes, of the whole block."""
    load: Mapped[int] = mapped_column(default=0)
    expires_at: Mapped[datetime]
    key: Mapped[str] = mapped_column(String(64), default="")
    """Whose hold it is: one customer's choosing may replace his own, nobody else's."""
    visit: Mapped[Visit] = relationship()
    route: Mapped[Route] = relationship()
