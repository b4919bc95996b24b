"""The open part of a route as a small graph: what may still be ordered, and when.

A break leaves a technician in one of two states, unrested (0) and rested (1); every clock here is a pair of them.
A route without break has only the second state: its first clock is NEVER.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scheduling.solver.problem import Break, IntArray, Interval, Job, Place, Route

NEVER = 1 << 40  # Later than any instant and longer than any way, yet safe to add up.
SOURCE, SINK = 0, 1

Clock = int | IntArray


class Rest(NamedTuple):
    """A break in a form that takes numbers and arrays alike."""

    earliest: Clock
    latest: Clock
    length: Clock

    def after(self, ready: Clock) -> IntArray:
        """The end of a break begun as soon as `ready` allows; NEVER where that is too late."""
        end = np.maximum(ready, self.earliest) + self.length
        return np.where(end <= self.latest, end, NEVER)

    def before(self, due: Clock) -> IntArray:
        """The latest `ready` for which the break is over at `due`; -NEVER where there is none."""
        end: IntArray = np.minimum(due, self.latest)
        return np.where(end >= np.add(self.earliest, self.length), end - self.length, -NEVER)

    def arrive(self, leave: Clock, seconds: Clock) -> IntArray:
        """The earliest arrival with the break on arrival or before leaving: it isn't taken on the road."""
        earliest: IntArray = np.minimum(self.after(np.add(leave, seconds)), self.after(leave) + seconds)
        return earliest

    def leave(self, due: Clock, seconds: Clock) -> IntArray:
        """The latest departure that arrives, rested, at `due`."""
        latest: IntArray = np.maximum(self.before(due) - seconds, self.before(np.subtract(due, seconds)))
        return latest


NO_REST = Rest(NEVER, -NEVER, 0)


def rest_of(pause: Break | None) -> Rest:
    """The break of a route, or one that can never be taken."""
    return Rest(pause.earliest, pause.latest, pause.length) if pause else NO_REST


@dataclass(frozen=True, slots=True)
class Call:
    """A job to be added to a network: seconds and metres from each node to it and from it to each node, shape (n,)."""

    seconds_to: IntArray
    seconds_from: IntArray
    metres_to: IntArray
    metres_from: IntArray
    duration: int


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """Jobs to be ordered between the place where the technician is free (node 0) and the end of the route (node 1).

    Arrays have shape (n, n) or (n,) over [source, sink, jobs…]. The last `choices` nodes are one job at different
    times: exactly one of them is served. `leave` holds the earliest departures from the source.
    """

    seconds: IntArray
    metres: IntArray
    duration: IntArray
    earliest: IntArray
    latest: IntArray
    leave: tuple[int, int]
    rest: Rest
    choices: int = 0
    metric: bool = field(init=False)
    reduced: IntArray = field(init=False)
    floor: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "metric", self._is_metric())
        reduced, floor = self._reduce()
        object.__setattr__(self, "reduced", reduced)
        object.__setattr__(self, "floor", floor)

    @property
    def jobs(self) -> int:
        """How many jobs must be served besides the one with choices."""
        return len(self.duration) - 2 - self.choices

    def add(self, call: Call, intervals: Sequence[Interval]) -> "Network":
        """The network with one job more, which starts in one of `intervals`."""
        k = len(intervals)
        alone = np.zeros((k, k), dtype=np.int64)
        earliest, latest = np.array(intervals, dtype=np.int64).reshape(k, 2).T
        return Network(
            seconds=_border(self.seconds, call.seconds_to, call.seconds_from, alone),
            metres=_border(self.metres, call.metres_to, call.metres_from, alone),
            duration=np.append(self.duration, np.full(k, call.duration)),
            earliest=np.append(self.earliest, earliest),
            latest=np.append(self.latest, latest),
            leave=self.leave,
            rest=self.rest,
            choices=k,
        )

    def only(self, choice: int) -> "Network":
        """The network with one of its choices left."""
        if self.choices <= 1:
            return self
        nodes = [*range(self.jobs + 2), self.jobs + 2 + choice]
        return replace(
            self,
            seconds=self.seconds[np.ix_(nodes, nodes)],
            metres=self.metres[np.ix_(nodes, nodes)],
            duration=self.duration[nodes],
            earliest=self.earliest[nodes],
            latest=self.latest[nodes],
            choices=1,
        )

    def arcs(self) -> NDArray[np.bool_]:
        """Which nodes may follow which, judged by their own times alone: a superset of every feasible order."""
        allowed = (self.earliest + self.duration)[:, None] + self.seconds <= self.latest
        np.fill_diagonal(allowed, val=False)
        allowed[SINK] = allowed[:, SOURCE] = False
        allowed[SOURCE, SINK] &= len(self.duration) == 2
        allowed[-self.choices :, -self.choices :] &= self.choices == 0
        return allowed

    def need(self) -> IntArray:
        """Seconds that reaching and serving each node takes at least, shape (n,)."""
        least: IntArray = np.where(self.arcs(), self.seconds, NEVER).min(axis=0)
        least[SOURCE] = 0
        return np.minimum(least, NEVER) + self.duration

    def _is_metric(self) -> bool:
        """Whether leaving out a job never makes the technician later."""
        if len(self.duration) == 2:
            return True
        via = self.seconds[:, 2:, None] + self.duration[2:, None] + self.seconds[None, 2:, :]
        return bool((via.min(axis=1) >= self.seconds).all())

    def _reduce(self) -> tuple[IntArray, int]:
        """Metres less what each node costs at least to reach and to leave, and the sum of that: a lower bound."""
        metres = np.where(self.arcs(), self.metres, NEVER)
        least = _share(metres.min(axis=0), self.choices)
        least[SOURCE] = 0
        metres = metres - least
        onward = _share(metres.min(axis=1), self.choices)
        onward[SINK] = 0
        return metres - onward[:, None], _total(least, self.choices) + _total(onward, self.choices)


def _border(inner: IntArray, to: IntArray, away: IntArray, corner: IntArray) -> IntArray:
    k = len(corner)
    return np.block([[inner, np.repeat(to[:, None], k, axis=1)], [np.repeat(away[None, :], k, axis=0), corner]])


def _share(least: IntArray, choices: int) -> IntArray:
    if choices:
        least[-choices:] = least[-choices:].min()
    return np.minimum(least, NEVER)


def _total(least: IntArray, choices: int) -> int:
    return int(least[: len(least) - choices].sum() + (least[-1] if choices else 0))


def open_part(route: Route, seconds: IntArray, metres: IntArray) -> tuple[Network, tuple[Job, ...]]:
    """The network of the jobs that haven't begun, and those jobs; matrices over [start, jobs…, end]."""
    begun = [node for node, job in enumerate(route.jobs, 1) if job.begun is not None]
    free = [node for node, job in enumerate(route.jobs, 1) if job.begun is None]
    nodes = [begun[-1] if begun else 0, len(route.jobs) + 1, *free]
    jobs = tuple(route.jobs[node - 1] for node in free)
    leave = _departures(route, seconds, begun)
    times = [(min(leave), NEVER), (0, route.shift[1]), *(starts(job, route) for job in jobs)]
    earliest, latest = np.array(times, dtype=np.int64).T
    network = Network(
        seconds=seconds[np.ix_(nodes, nodes)],
        metres=metres[np.ix_(nodes, nodes)],
        duration=np.array([0, 0, *(job.duration for job in jobs)], dtype=np.int64),
        earliest=earliest,
        latest=latest,
        leave=leave,
        rest=rest_of(route.pause),
    )
    return network, jobs


def open_places(route: Route) -> tuple[Place, ...]:
    """The places of the nodes of a route's network."""
    begun = [job.place for job in route.jobs if job.begun is not None]
    return (begun[-1] if begun else route.start, route.end, *(job.place for job in route.jobs if job.begun is None))


def starts(job: Job, route: Route) -> Interval:
    """When service of a job that hasn't begun may start: shift, present time, window and lock together."""
    bounds = [route.shift, job.window or route.shift, job.lock or route.shift]
    since = max(low for low, _ in bounds)
    return since if route.now is None else max(since, route.now), min(high for _, high in bounds)


def _departures(route: Route, seconds: IntArray, begun: Sequence[int]) -> tuple[int, int]:
    """The earliest departures from the last stop that has begun, or from the start."""
    rest, leave = rest_of(route.pause), route.shift[0]
    rested = max(leave, int(rest.after(-NEVER)))
    for before, node in zip([0, *begun], begun, strict=False):
        job = route.jobs[node - 1]
        start = job.begun or 0
        arrival = min(rested + int(seconds[before, node]), int(rest.arrive(leave, seconds[before, node])))
        behind = rested == leave or arrival <= start
        leave = start + job.duration
        rested = leave if behind else NEVER
    if route.pause is None:
        return NEVER, leave
    return (NEVER, rested) if rested == leave else (leave, rested)
