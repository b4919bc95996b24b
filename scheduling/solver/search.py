"""The least detour of every slot over the routes of its day: scan what is kept, bound the rest, decide what is left."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from scheduling.solver.exact import Clock, orders
from scheduling.solver.insertion import Line, Prepared, scan
from scheduling.solver.labels import BoolArray, Verdict
from scheduling.solver.network import NEVER, SINK, SOURCE, Call
from scheduling.solver.problem import IntArray, Interval


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """One route that may be asked: its ways to the job, and when the job may start, per slot of the route's day."""

    prepared: Prepared
    call: Call
    intervals: Mapping[int, Interval]

    @property
    def key(self) -> tuple[str, int]:
        return self.prepared.route.technician, self.prepared.route.id


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """An order of a route's open nodes with the job, which is the node after the last, and the detour it costs."""

    case: Case
    nodes: tuple[int, ...]
    detour: int

    @property
    def rank(self) -> tuple[int, tuple[str, int]]:
        return self.detour, self.case.key


@dataclass(slots=True, eq=False)
class Search:
    """The best candidate per slot within a maximum detour, and the slots for which a lesser one isn't ruled out."""

    most: int
    clock: Clock
    seed: int
    best: dict[int, Candidate] = field(default_factory=dict)
    undecided: set[int] = field(default_factory=set)

    def run(self, cases: Sequence[Case]) -> "Search":
        """Ask all cases; once."""
        for case in cases:
            for line in (case.prepared.line, case.prepared.best):
                if line is not None:
                    self._scan(case, line)
        bounds = {case: _bounds(case) for case in cases if case.intervals}
        for batch in _turns(bounds):
            self._decide([(case, bounds[case]) for case in batch])
        return self

    def _scan(self, case: Case, line: Line) -> None:
        extra, gaps = scan(case.prepared.network, line, case.call, list(case.intervals.values()))
        surplus = line.length - case.prepared.planned
        job = len(case.prepared.jobs) + 2
        for slot, metres, gap in zip(case.intervals, extra.tolist(), gaps.tolist(), strict=True):
            if metres < NEVER:
                nodes = line.nodes[1:-1].tolist()
                self._consider(slot, Candidate(case, (*nodes[:gap], job, *nodes[gap:]), metres + surplus))

    def _consider(self, slot: int, candidate: Candidate) -> None:
        best = self.best.get(slot)
        if candidate.detour <= self.most and (best is None or candidate.rank < best.rank):
            self.best[slot] = candidate

    def _limit(self, slot: int, case: Case) -> int:
        """The largest detour with which a case would still be the best for a slot."""
        best = self.best.get(slot)
        return self.most if best is None else best.detour - (case.key >= best.case.key)

    def _decide(self, batch: Sequence[tuple[Case, Mapping[int, int]]]) -> None:
        asked = []
        for case, bounds in batch:
            limits = {slot: self._limit(slot, case) for slot in case.intervals}
            if worthwhile := {slot: limit for slot, limit in limits.items() if bounds[slot] <= limit}:
                asked.append((case, worthwhile))
        networks = [case.prepared.network.add(case.call, [case.intervals[s] for s in limits]) for case, limits in asked]
        most = [[min(NEVER, limit + case.prepared.planned) for limit in limits.values()] for case, limits in asked]
        for (case, limits), verdicts in zip(asked, orders(networks, most, self.clock, self.seed), strict=True):
            for slot, verdict in zip(limits, verdicts, strict=True):
                self._take(slot, case, verdict)

    def _take(self, slot: int, case: Case, verdict: Verdict) -> None:
        if not verdict.proven:
            self.undecided.add(slot)
        if verdict.nodes is not None:
            job = len(case.prepared.jobs) + 2
            nodes = tuple(min(node, job) for node in verdict.nodes)
            self._consider(slot, Candidate(case, nodes, verdict.length - case.prepared.planned))


def _turns(bounds: Mapping[Case, Mapping[int, int]]) -> Iterator[list[Case]]:
    """The most promising route of each day first, then the next two, the next four and so on.

    Those of a turn share their overhead; each turn leaves less for the next to beat.
    """
    days = defaultdict[date, list[Case]](list)
    for case in sorted(bounds, key=lambda case: min(bounds[case].values())):
        days[case.prepared.route.day].append(case)
    first, width = 0, 1
    while turn := [case for day in days.values() for case in day[first : first + width]]:
        yield turn
        first, width = first + width, 2 * width


def _bounds(case: Case) -> dict[int, int]:
    """Per slot a detour that no order of the route falls below; NEVER where none can serve the slot.

    The job stands between two neighbours. Where leaving it out makes nobody later, what remains is an order of the
    other jobs, none of which is shorter than the floor.
    """
    network, call = case.prepared.network, case.call
    low, high = np.array(list(case.intervals.values()), dtype=np.int64).T
    start = np.maximum((network.earliest + network.duration + call.seconds_to)[:, None], low)
    fits = (start <= high)[:, None] & (
        (start + call.duration)[:, None] + call.seconds_from[:, None] <= network.latest[:, None]
    )
    extra = call.metres_to[:, None] + call.metres_from - network.metres
    least = np.where(fits & _neighbours(len(extra))[..., None], extra[..., None], NEVER).min(axis=(0, 1))
    gap = case.prepared.floor - case.prepared.planned
    sound = _may_be_left_out(network.seconds, call)
    return {
        slot: NEVER if metres >= NEVER else metres + gap if sound else -NEVER
        for slot, metres in zip(case.intervals, least.tolist(), strict=True)
    }


def _neighbours(nodes: int) -> BoolArray:
    """Which nodes the job may stand between."""
    pairs = ~np.eye(nodes, dtype=np.bool_)
    pairs[SINK] = pairs[:, SOURCE] = False
    pairs[SOURCE, SINK] = nodes == 2
    return pairs


def _may_be_left_out(seconds: IntArray, call: Call) -> bool:
    via = call.seconds_to[:, None] + call.duration + call.seconds_from
    return bool((via >= seconds).all())
