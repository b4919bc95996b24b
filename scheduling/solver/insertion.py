"""Where a job fits into an order that is kept: arrays prepared once per route, scanned at every question.

Source of the rule: M. W. P. Savelsbergh, "The vehicle routing problem with time windows: minimizing route duration"
(1992): an insertion is feasible when the earliest arrival meets the latest start, both known for every gap.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from scheduling.solver.network import NEVER, SINK, SOURCE, Call, Network, open_part
from scheduling.solver.problem import IntArray, Interval, Job, Route, TravelTimes


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """A feasible order of a network's nodes, from source to sink, with its gaps between neighbours.

    `leave` and `due`, shape (2, gaps): the earliest departure from the node before a gap and the latest start at the
    node after it, unrested and rested. `legs`: metres of each gap.
    """

    nodes: IntArray
    leave: IntArray
    due: IntArray
    legs: IntArray

    @property
    def length(self) -> int:
        return int(self.legs.sum())


@dataclass(slots=True, eq=False)
class Prepared:
    """A route made ready for questions; keep it by (route id, version), without holds that expire by the clock.

    `jobs` are those still open, in the order of the network's nodes 2…; `length` is that of the present plan, of
    which `behind` lies before the network's source. `line` is the present order, None where it breaks a promise.
    `best` is the shortest order, once somebody has proved it, and `tried` whether a quick attempt was made; to find
    it twice at the same time does no harm.
    """

    route: Route
    network: Network
    jobs: tuple[Job, ...]
    length: int
    behind: int
    line: Line | None
    best: Line | None = None
    tried: bool = False

    @property
    def planned(self) -> int:
        """Metres of the present plan that are still open."""
        return self.length - self.behind

    @property
    def floor(self) -> int:
        """Metres that no order of the open jobs can fall below, break or not."""
        proven = self.best.length if self.best and self.route.pause is None else 0
        return max(self.network.floor, proven)


def prepare(route: Route, travel: TravelTimes) -> Prepared:
    """Everything that questions need to know of a route, whatever they ask."""
    places = [route.start, *(job.place for job in route.jobs), route.end]
    return arrange(route, *travel.matrix(places, places))


def arrange(route: Route, seconds: IntArray, metres: IntArray) -> Prepared:
    """As `prepare`, with the matrices over [start, jobs…, end] at hand."""
    network, jobs = open_part(route, seconds, metres)
    begun = [node for node, job in enumerate(route.jobs, 1) if job.begun is not None]
    behind = int(metres[[0, *begun[:-1]], begun].sum()) if begun else 0
    in_turn = begun == list(range(1, len(begun) + 1))
    return Prepared(
        route=route,
        network=network,
        jobs=jobs,
        length=int(metres.diagonal(offset=1).sum()),
        behind=behind,
        line=trace(network, range(2, len(jobs) + 2)) if in_turn else None,
    )


def trace(network: Network, order: Sequence[int]) -> Line | None:
    """The line of an order of all job nodes; None where it breaks a promise."""
    nodes = np.array([SOURCE, *order, SINK], dtype=np.int64)
    seconds = network.seconds[nodes[:-1], nodes[1:]]
    due = _latest(network, nodes, seconds)
    if not _in_time(network, due[:, 0], int(seconds[0])):
        return None
    leave = _earliest(network, nodes, seconds)
    return Line(nodes, leave, due, network.metres[nodes[:-1], nodes[1:]])


def _earliest(network: Network, nodes: IntArray, seconds: IntArray) -> IntArray:
    leave = np.empty((2, len(seconds)), dtype=np.int64)
    leave[:, 0] = network.leave
    for gap, node in enumerate(nodes[1:-1]):
        way, (tired, fresh) = seconds[gap], leave[:, gap]
        arrivals = [int(tired + way), min(int(fresh + way), int(network.rest.arrive(tired, way)))]
        start = np.maximum(arrivals, network.earliest[node])
        leave[:, gap + 1] = np.where(start <= network.latest[node], start + network.duration[node], NEVER)
    return leave


def _latest(network: Network, nodes: IntArray, seconds: IntArray) -> IntArray:
    due = np.empty((2, len(seconds)), dtype=np.int64)
    due[:, -1] = np.minimum(network.latest[SINK], [int(network.rest.before(NEVER)), NEVER])
    for gap in range(len(seconds) - 1, 0, -1):
        node = nodes[gap]
        latest = _departures(network, due[:, gap], int(seconds[gap])) - network.duration[node]
        latest = np.minimum(latest, network.latest[node])
        due[:, gap - 1] = np.where(latest >= network.earliest[node], latest, -NEVER)
    return due


def _departures(network: Network, due: IntArray, way: int) -> IntArray:
    """The latest departures, unrested and rested, that keep `due` at the end of the way."""
    tired, fresh = due - way
    return np.array([max(tired, network.rest.leave(due[1], way)), fresh])


def _in_time(network: Network, due: IntArray, way: int) -> bool:
    return bool((np.array(network.leave) <= _departures(network, due, way)).any())


def scan(network: Network, line: Line, call: Call, intervals: Sequence[Interval]) -> tuple[IntArray, IntArray]:
    """Per interval the least metres that the job adds to the line, and the gap; NEVER where no gap is wide enough."""
    before, after = line.nodes[:-1], line.nodes[1:]
    earliest, latest = _room(network, line, call)
    low, high = np.array(intervals, dtype=np.int64).reshape(-1, 2).T
    fits = np.maximum(earliest[..., None], low) <= np.minimum(latest[..., None], high)
    extra = call.metres_to[before] + call.metres_from[after] - line.legs
    costs = np.where(fits.any(axis=0), extra[:, None], NEVER)
    return costs.min(axis=0), costs.argmin(axis=0)


def _room(network: Network, line: Line, call: Call) -> tuple[IntArray, IntArray]:
    """The earliest and latest start of the job in each gap, unrested and rested at that start; shape (2, gaps)."""
    to, away = call.seconds_to[line.nodes[:-1]], call.seconds_from[line.nodes[1:]]
    earliest, latest = line.leave + to, line.due - away
    earliest[1] = np.minimum(earliest[1], network.rest.arrive(line.leave[0], to))
    latest[0] = np.maximum(latest[0], network.rest.leave(line.due[1], away))
    return earliest, latest - call.duration
