"""The work at a customer's place, its status and what was promised about it."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import ForeignKey, Index, Numeric, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from scheduling.db import Base, enum_type
from scheduling.models.customer import Customer, Site
from scheduling.models.location import Location
from scheduling.wall import Window

if TYPE_CHECKING:
    from scheduling.models.route import Stop


class VisitStatus(StrEnum):
    """Where a visit stands."""

    DRAFT = "draft"
    UNPLANNED = "unplanned"
    PLANNED = "planned"
    STARTED = "started"
    SUSPENDED = "suspended"
    COMPLETED = "completed"
    VALIDATED = "validated"
    CANCELLED = "cancelled"
    DELETED = "deleted"


S = VisitStatus
MOVES: Mapping[VisitStatus, frozenset[VisitStatus]] = {
    S.DRAFT: frozenset({S.UNPLANNED, S.PLANNED, S.CANCELLED, S.DELETED}),
    S.UNPLANNED: frozenset({S.DRAFT, S.PLANNED, S.CANCELLED, S.DELETED}),
    S.PLANNED: frozenset({S.UNPLANNED, S.STARTED, S.COMPLETED, S.CANCELLED, S.DELETED}),
    S.STARTED: frozenset({S.SUSPENDED, S.COMPLETED}),
    S.SUSPENDED: frozenset({S.STARTED, S.COMPLETED, S.UNPLANNED, S.CANCELLED}),
    S.COMPLETED: frozenset({S.VALIDATED, S.STARTED}),
    S.VALIDATED: frozenset(),
    S.CANCELLED: frozenset({S.DRAFT, S.UNPLANNED, S.DELETED}),
    S.DELETED: frozenset(),
}
"""The legal moves of a status; planning a visit needs a place in a route, so it goes through a slot or an insertion."""

BEGUN = frozenset({S.STARTED, S.SUSPENDED, S.COMPLETED, S.VALIDATED})
ON_ROUTE = BEGUN | {S.PLANNED}


class Confirmation(StrEnum):
    """What the customer said to the present promise."""

    NONE = "none"
    NOTIFIED = "notified"
    CONFIRMED = "confirmed"
    RESCHEDULED = "rescheduled"


class Lock(StrEnum):
    """What a confirmation binds: nothing, the day, or the time of day within a quarter of an hour."""

    NONE = "none"
    DAY = "day"
    TIME = "time"


class VisitType(Base):
    """A kind of work, with what is usual for it."""

    __tablename__ = "visit_type"

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    names: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """The name by language, where it differs: customers read it."""
    duration: Mapped[int] = mapped_column(default=30)
    """Minutes."""
    skills: Mapped[list[Any]] = mapped_column(default=list)


class Visit(Base):
    """One visit to one customer."""

    __tablename__ = "visit"
    __table_args__ = (Index(None, "status", "location_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(64), unique=True)
    number: Mapped[int] = mapped_column(unique=True)
    """What people say on the phone."""
    location_id: Mapped[int] = mapped_column(ForeignKey("location.id"))
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"), index=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"), index=True)
    type_id: Mapped[int | None] = mapped_column(ForeignKey("visit_type.id"))
    status: Mapped[VisitStatus] = mapped_column(enum_type(VisitStatus))
    confirmation: Mapped[Confirmation] = mapped_column(enum_type(Confirmation), default=Confirmation.NONE)
    generation: Mapped[int] = mapped_column(default=1)
    """Counts the promises: rises only when day, window, place or customer changes, or it is cancelled or unplanned."""
    agreed_generation: Mapped[int | None]
    """The promise the customer last agreed to; lower than `generation`: "confirmed an older time"."""
    version: Mapped[int] = mapped_column()
    window_start: Mapped[datetime | None]
    window_end: Mapped[datetime | None]
    duration: Mapped[int]
    """Minutes."""
    skills: Mapped[list[Any]] = mapped_column(default=list)
    load: Mapped[int] = mapped_column(default=0)
    lock: Mapped[Lock | None] = mapped_column(enum_type(Lock))
    """None: as the link settings say."""
    locked_start: Mapped[datetime | None]
    """The start planned when the customer agreed; lock `time` holds it within 15 minutes."""
    reschedules: Mapped[int] = mapped_column(default=0)
    """How often the customer has moved it by a link."""
    earlier: Mapped[bool] = mapped_column(default=False)
    """Whether the customer would rather come sooner, if a place turns up."""
    price: Mapped[float | None] = mapped_column(Numeric(12, 2, asdecimal=False))
    description: Mapped[str] = mapped_column(Text, default="")
    contact: Mapped[str] = mapped_column(String(200), default="")
    auxiliaries: Mapped[list[Any]] = mapped_column(default=list)
    """Refs of further technicians, who receive messages; they bind no route."""
    custom: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    completed_at: Mapped[datetime | None]
    location: Mapped[Location] = relationship()
    customer: Mapped[Customer] = relationship()
    site: Mapped[Site] = relationship()
    type: Mapped[VisitType | None] = relationship()
    stop: Mapped["Stop | None"] = relationship(back_populates="visit", cascade="all, delete-orphan")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @property
    def window(self) -> Window | None:
        """What was promised to the customer, if anything was."""
        if self.window_start is None or self.window_end is None:
            return None
        return Window(self.window_start, self.window_end)

    @window.setter
    def window(self, value: Window | None) -> None:
        self.window_start, self.window_end = (value.start, value.end) if value else (None, None)

    @property
    def choosing(self) -> bool:
        """Whether the visit waits for a time that its customer was invited to choose."""
        return self.status is VisitStatus.UNPLANNED and self.confirmation is Confirmation.NOTIFIED

    @property
    def agreed(self) -> bool:
        """Whether the customer agreed to the present promise."""
        return self.confirmation in {Confirmation.CONFIRMED, Confirmation.RESCHEDULED}

    @property
    def agreed_to_older(self) -> bool:
        """Whether the customer agreed to a promise that somebody else has changed since."""
        return not self.agreed and self.agreed_generation is not None and self.agreed_generation < self.generation
