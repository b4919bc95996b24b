"""Who is sent."""

from datetime import date
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from scheduling.db import Base
from scheduling.models.location import Location


class Technician(Base):
    """A person who serves visits along a route."""

    __tablename__ = "technician"

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(64), unique=True)
    location_id: Mapped[int] = mapped_column(ForeignKey("location.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    phone: Mapped[str | None] = mapped_column(String(32))
    email: Mapped[str | None] = mapped_column(String(254))
    skills: Mapped[list[Any]] = mapped_column(default=list)
    capacity: Mapped[int | None]
    """The most that the loads of one route may sum to; None is unlimited."""
    start_lat: Mapped[float]
    start_lon: Mapped[float]
    end_lat: Mapped[float]
    end_lon: Mapped[float]
    hours: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Shifts by ISO weekday: {"1": ["08:00", "17:00"]}; a day that is missing is free."""
    custom: Mapped[dict[str, Any]] = mapped_column(default=dict)
    location: Mapped[Location] = relationship()
    absences: Mapped[list["Absence"]] = relationship(back_populates="technician", cascade="all, delete-orphan")

    @property
    def first_name(self) -> str:
        """What a customer is told."""
        return self.name.split(" ", 1)[0]


class Absence(Base):
    """Days on which a technician isn't there, both included."""

    __tablename__ = "absence"

    id: Mapped[int] = mapped_column(primary_key=True)
    technician_id: Mapped[int] = mapped_column(ForeignKey("technician.id", ondelete="CASCADE"), index=True)
    first: Mapped[date]
    last: Mapped[date]
    reason: Mapped[str] = mapped_column(String(200), default="")
    technician: Mapped[Technician] = relationship(back_populates="absences")
