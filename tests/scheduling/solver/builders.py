"""Small worlds for the solver: a flat one whose distances round up, and random routes in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil, hypot
from random import Random

import numpy as np

from scheduling.solver import Break, Interval, Job, Place, Route, Slot
from scheduling.solver.problem import IntArray

DAY = date(2026, 12, 1)
ASKED = 99


@dataclass(frozen=True)
class Flat:
    """The plane: `lat` and `lon` are coordinates, one second and `metres` metres per unit, both rounded up."""

    metres: int = 1

    def matrix(self, sources: Sequence[Place], targets: Sequence[Place]) -> tuple[IntArray, IntArray]:
        far = [[hypot(a.lat - b.lat, a.lon - b.lon) for b in targets] for a in sources]
        shape = len(sources), len(targets)
        seconds = np.array([[ceil(units) for units in row] for row in far], dtype=np.int64)
        metres = np.array([[ceil(units * self.metres) for units in row] for row in far], dtype=np.int64)
        return seconds.reshape(shape), metres.reshape(shape)


@dataclass(frozen=True)
class Rough:
    """A world without geometry: any way may be long, and a way round may be the shorter one."""

    seed: int

    def matrix(self, sources: Sequence[Place], targets: Sequence[Place]) -> tuple[IntArray, IntArray]:
        legs = np.array([[self._leg(a, b) for b in targets] for a in sources], dtype=np.int64)
        legs = legs.reshape(len(sources), len(targets), 2)
        return legs[..., 0], legs[..., 1]

    def _leg(self, source: Place, target: Place) -> tuple[int, int]:
        random = Random(f"{self.seed} {source} {target}")
        return (0, 0) if source == target else (random.randint(1, 12), random.randint(1, 80))


def at(x: float, y: float = 0) -> Place:
    return Place(x, y)


def route(
    *jobs: Job, shift: Interval = (0, 100), number: int = 1, technician: str = "T1", pause: Break | None = None,
    capacity: int | None = None, now: int | None = None, day: date = DAY, skills: frozenset[str] = frozenset(),
) -> Route:  # fmt: skip
    """A route from and to the origin."""
    return Route(
        number,
        1,
        day,
        technician,
        at(0),
        at(0),
        shift,
        skills=skills,
        capacity=capacity,
        pause=pause,
        jobs=jobs,
        now=now,
    )


def slot(low: int, high: int, day: date = DAY) -> Slot:
    return Slot(day, (low, high))


def random_route(random: Random, number: int, stops: int) -> Route:
    """A route of a day of 60 seconds, with promises that often hold and sometimes don't."""
    shift = random.randint(0, 5), random.randint(48, 62)
    jobs, clock, here = [], shift[0], _place(random)
    start = here
    begun = random.randint(1, stops) if stops and random.random() < 0.2 else 0
    for i in range(stops):
        place = _place(random)
        clock += ceil(hypot(place.lat - here.lat, place.lon - here.lon)) + random.choice((0, 0, 0, 3, 6))
        job = Job(number * 10 + i, place, random.randint(1, 5), load=random.randint(0, 2))
        jobs.append(_fact(job, clock) if i < begun else _promised(random, job, clock))
        clock, here = clock + job.duration, place
    return Route(
        id=number,
        version=1,
        day=DAY,
        technician=random.choice("AB") + str(random.randint(1, 2)),
        start=start,
        end=_place(random),
        shift=shift,
        skills=frozenset(random.sample("xy", random.randint(0, 2))),
        capacity=random.choice((None, None, 4, 8)),
        pause=_pause(random) if random.random() < 0.5 else None,
        jobs=tuple(jobs),
        now=_now(random, jobs, begun),
    )


def _now(random: Random, jobs: Sequence[Job], begun: int) -> int | None:
    if begun:
        return (jobs[begun - 1].begun or 0) + random.randint(0, 6)
    return random.choice((None, None, None, random.randint(0, 20)))


def _fact(job: Job, clock: int) -> Job:
    return Job(job.id, job.place, job.duration, window=(0, 1), load=job.load, begun=clock)


def _promised(random: Random, job: Job, clock: int) -> Job:
    kind = random.random()
    early = max(0, clock - random.randint(0, 12))
    window = None if kind < 0.3 else (early, early + random.randint(4, 24))
    lock = (max(0, clock - 4), clock + 4) if kind > 0.85 else None
    return Job(job.id, job.place, job.duration, window, lock, job.load, held=0.3 < kind < 0.45)


def _pause(random: Random) -> Break:
    earliest = random.randint(0, 40)
    return Break(earliest, earliest + random.randint(5, 20), random.randint(2, 8))


def _place(random: Random) -> Place:
    return at(random.randint(0, 9), random.randint(0, 9))
