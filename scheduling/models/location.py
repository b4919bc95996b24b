"""A branch of the company."""

from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from scheduling.db import Base


class Location(Base):
    """A branch with its zone, hours and language."""

    __tablename__ = "location"

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    zone_name: Mapped[str] = mapped_column(String(64))
    """An IANA name; decides the wall clock of everything planned here."""
    phone: Mapped[str | None] = mapped_column(String(32))
    locale: Mapped[str] = mapped_column(String(16), default="en")
    hours: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Opening hours by ISO weekday: {"1": ["08:00", "17:00"]}; a day that is missing is closed."""
    holidays: Mapped[str | None] = mapped_column(String(16))
    """The calendar of public holidays: a country or one of its parts, as in "US-VA"; None keeps none."""
    closures: Mapped[list[Any]] = mapped_column(default=list)
    """Further days on which it is closed, both included: [{"first": "2026-12-24", "last": "2026-12-31"}]."""

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of the wall clock."""
        return ZoneInfo(self.zone_name)
