"""What the planning refuses, named for the reader; views translate these in one table."""

from collections.abc import Sequence
from dataclasses import dataclass

from scheduling.solver.problem import Violation


class SchedulingError(Exception):
    """Something about the planning makes the wish impossible; nothing was changed."""


@dataclass
class StaleVisit(SchedulingError):
    """The visit changed since the page was shown: another generation counts now."""

    ref: str
    seen: int
    present: int


class StaleWrite(SchedulingError):
    """Somebody else wrote the same row first."""


@dataclass
class IllegalMove(SchedulingError):
    """The status doesn't allow the move."""

    ref: str
    status: str
    to: str


@dataclass
class NotOpen(SchedulingError):
    """The customer can't act on the visit now; `why`: cut_off, past, count, off, status."""

    ref: str
    why: str


class SlotTaken(SchedulingError):
    """No technician can serve the slot any more."""


@dataclass
class PromiseBroken(SchedulingError):
    """The change would break promises already made."""

    violations: Sequence[Violation]


@dataclass
class NoCoordinates(SchedulingError):
    """The visit's site has no place on the map, so nothing can be offered."""

    ref: str


@dataclass
class NoSuchWallTime(SchedulingError):
    """The clock is put forward over this wall time on this day."""

    text: str


@dataclass
class TravelUnavailable(SchedulingError):
    """The road engine gives no travel times; `why` ends the sentence "The road engine can't be used: …"."""

    why: str
