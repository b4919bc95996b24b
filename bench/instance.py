"""Fourteen days of ten technicians with twelve customers each, booked one by one with promises of two hours."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import count
from random import Random

from scheduling.solver import Job, Params, Place, Prepared, Route, Slot, prepare, propose
from scheduling.travel import GreatCircle

DAYS, TECHNICIANS, STOPS = 14, 10, 12
FIRST = date(2026, 12, 1)
SLOTS = tuple((start * 3600, (start + 2) * 3600) for start in (8, 10, 13, 15))
SHIFT = (8 * 3600, 17 * 3600)
REACH = 0.2
"""Degrees from the middle of the area to its edge: 22 km north, 17 km east."""
TRAVEL = GreatCircle()
FAR = 10_000
"""The maximum detour, in metres."""


@dataclass(frozen=True)
class Instance:
    """A planning, and customers who ask for another time."""

    routes: tuple[Route, ...]
    asking: tuple[Job, ...]
    slots: tuple[Slot, ...]


def make(questions: int, seed: int = 1) -> Instance:
    """The same planning for the same seed."""
    random = Random(seed)
    numbers = count(1)
    routes = tuple(route for day in range(DAYS) for route in _day(day, random, numbers))
    asking = tuple(_job(next(numbers), random) for _ in range(questions))
    days = [FIRST + timedelta(days=day) for day in range(DAYS)]
    return Instance(routes, asking, tuple(Slot(day, hours) for day in days for hours in SLOTS))


def _day(day: int, random: Random, numbers: Iterator[int]) -> Sequence[Route]:
    """Customers call until the day is full or twenty in a row could not be served; the nearest technician goes."""
    plan = {number: prepare(_empty(day, number, random), TRAVEL) for number in range(TECHNICIANS)}
    refused = 0
    while refused < 20 and (free := [entry for entry in plan.values() if len(entry.jobs) < STOPS]):
        job, hours = _job(next(numbers), random), random.choice(SLOTS)
        number = _book(plan, free, replace(job, window=hours))
        refused = 0 if number is not None else refused + 1
    return [entry.route for entry in plan.values()]


def _book(plan: dict[int, Prepared], free: Sequence[Prepared], job: Job) -> int | None:
    """Put the job where it lengthens a route least, its order kept."""
    slot = Slot(free[0].route.day, job.window or SHIFT)
    offers = propose(job, [slot], free, TRAVEL, Params(FAR, budget=0)).offers
    if not offers:
        return None
    number = offers[0].route % 100
    jobs = {other.id: other for other in (*plan[number].route.jobs, job)}
    order = tuple(jobs[id_] for id_ in offers[0].order)
    plan[number] = prepare(replace(plan[number].route, jobs=order), TRAVEL)
    return number


def _empty(day: int, number: int, random: Random) -> Route:
    home = _place(random)
    return Route(day * 100 + number, 1, FIRST + timedelta(days=day), f"T{number}", home, home, SHIFT)


def _job(number: int, random: Random) -> Job:
    return Job(number, _place(random), random.choice((15, 20, 30)) * 60)


def _place(random: Random) -> Place:
    return Place(47.2 + random.uniform(-REACH, REACH), 9.5 + random.uniform(-REACH, REACH))
