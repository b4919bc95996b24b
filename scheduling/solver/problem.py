"""What the solver is asked and what it answers: frozen values in whole numbers.

Times are seconds elapsed since the instant of local midnight that begins the route's day, lengths are metres,
and every interval includes both of its ends.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Interval = tuple[int, int]
IntArray = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Place:
    """A point on the WGS 84 ellipsoid, in degrees."""

    lat: float
    lon: float


class TravelTimes(Protocol):
    """How long and how far it is from one place to another; a port."""

    def matrix(self, sources: Sequence[Place], targets: Sequence[Place]) -> tuple[IntArray, IntArray]:
        """Seconds and metres, each of shape (len(sources), len(targets)), rounded up.

        Rounding up keeps the triangle inequality where there is one. Roads have none to rely on: every bound that
        stands on it tests the ways it is about first, and is let go where one fails.
        """
        ...


@dataclass(frozen=True, slots=True)
class Job:
    """A visit as the solver sees it: a service at a place.

    `window` is the promise, `lock` the interval of a confirmed visit under lock `time`; service starts in both.
    `begun` is the start of a stop that is started, suspended, completed or validated: it stays where it is.
    `held` marks another customer's live hold: a stop of the route that reasons of kind `shift` leave out.
    """

    id: int
    place: Place
    duration: int
    window: Interval | None = None
    lock: Interval | None = None
    load: int = 0
    skills: frozenset[str] = frozenset()
    begun: int | None = None
    held: bool = False


@dataclass(frozen=True, slots=True)
class Break:
    """A rest of `length` seconds that lies whole within [earliest, latest], without service or travel meanwhile."""

    earliest: int
    latest: int
    length: int


@dataclass(frozen=True, slots=True)
class Route:
    """One technician on one day; `jobs` in the present order, those that have begun first.

    `now`: on a day that has begun, no job that hasn't begun starts before it.
    """

    id: int
    version: int
    day: date
    technician: str
    start: Place
    end: Place
    shift: Interval
    skills: frozenset[str] = frozenset()
    capacity: int | None = None
    pause: Break | None = None
    jobs: tuple[Job, ...] = ()
    now: int | None = None


@dataclass(frozen=True, slots=True)
class Slot:
    """An interval of a day in which service of the asked job may start."""

    day: date
    interval: Interval


@dataclass(frozen=True, slots=True)
class Offer:
    """A slot and the insertion that makes it possible: job ids of the whole route in their order, the asked one too."""

    slot: Slot
    route: int
    version: int
    technician: str
    start: int
    detour: int
    order: tuple[int, ...]


class Reason(StrEnum):
    """Why a slot is refused, in the order in which a route fails; a later one came further."""

    NO_ROUTE = "no_route"
    SKILL = "skill"
    CAPACITY = "capacity"
    PLAN = "plan"
    SHIFT = "shift"
    WINDOW = "window"
    DETOUR = "detour"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class Refusal:
    """A slot that no route can serve; `over` is how far the least detour lies above the maximum, for `detour`."""

    slot: Slot
    reason: Reason
    over: int | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """Offers and refusals, each by date and then in the order in which the slots were asked."""

    offers: tuple[Offer, ...]
    refused: tuple[Refusal, ...]


@dataclass(frozen=True, slots=True)
class Violation:
    """A promise that an order of a route breaks; `job` is None where the route itself is at fault."""

    kind: str
    job: int | None
    detail: str
