"""On what terms customers may confirm and move their visits: the link settings."""

from datetime import date, time
from typing import Annotated, ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from scheduling.models.visit import Lock
from scheduling.settings import Group

ALL_WEEK = (1, 2, 3, 4, 5, 6, 7)


class SlotTime(BaseModel):
    """An interval of the day that a customer may choose, in wall time."""

    model_config = ConfigDict(frozen=True)

    start: time
    end: time
    weekdays: tuple[Annotated[int, Field(ge=1, le=7)], ...] = ALL_WEEK
    """ISO weekdays on which it is offered."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.start >= self.end:
            raise ValueError("a slot ends after it starts")
        return self

    def holds_on(self, day: date) -> bool:
        """Whether the slot is offered on such a day."""
        return day.isoweekday() in self.weekdays


def _slots(*hours: tuple[int, int]) -> tuple[SlotTime, ...]:
    return tuple(SlotTime(start=time(first), end=time(last)) for first, last in hours)


class LinkTerms(Group):
    """The terms in force; what an invitation fixed (its expiry, its allowed days) stands in its row."""

    key: ClassVar[str] = "link"

    validity_days: int = Field(14, ge=1, le=365)
    rescheduling: bool = True
    choose_days: bool = True
    """Whether dispatchers may set the allowed days of a sending."""
    max_detour_km: float = Field(10, ge=0, le=1000)
    slots: tuple[SlotTime, ...] = Field(_slots((8, 10), (10, 12), (13, 15), (15, 17)), max_length=24)
    notice_hours: int = Field(24, ge=0, le=24 * 60)
    """From now to the start of a new slot."""
    cut_off_hours: int = Field(12, ge=0, le=24 * 60)
    """From now to the start of the present window."""
    max_reschedules: int = Field(2, ge=0, le=100)
    horizon_days: int = Field(21, ge=1, le=365)
    lock: Lock = Lock.DAY
    hold_minutes: int = Field(5, ge=1, le=60)
    show_technician: bool = True
    """Whether customers read the first name of who comes."""
    empty_routes: bool = True
    """Whether a day without a route gets an empty one from the technician's weekly hours."""

    @property
    def max_detour(self) -> int:
        """Metres."""
        return round(self.max_detour_km * 1000)
