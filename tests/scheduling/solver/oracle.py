"""The meaning of a feasible offer by brute force: every order, every second at which the break may begin."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, permutations

from scheduling.solver import Interval, Job, Place, Reason, Route, Slot, TravelTimes

Order = tuple[Job, ...]
Table = dict[tuple[Place, Place], tuple[int, int]]


@dataclass(frozen=True)
class Truth:
    """What is true of a slot: its offer (detour, technician, start per order that reaches it) or its refusal."""

    detour: int | None
    technician: str | None
    starts: dict[tuple[int, ...], int]
    reason: Reason | None
    over: int | None


def truth(job: Job, slot: Slot, routes: Sequence[Route], travel: TravelTimes, most: int) -> Truth:
    routes = [route for route in routes if route.day == slot.day]
    answers = sorted(
        (_ask(replace(job, window=slot.interval), route, travel, most) for route in routes),
        key=lambda answer: answer[0],
    )
    if not answers:
        return Truth(None, None, {}, Reason.NO_ROUTE, None)
    (stage, detour, technician), starts = answers[0]
    if -stage == len(Reason):
        return Truth(detour, technician, starts, None, None)
    reason = list(Reason)[-stage]
    return Truth(None, None, {}, reason, detour - most if reason is Reason.DETOUR else None)


def _ask(
    job: Job, route: Route, travel: TravelTimes, most: int
) -> tuple[tuple[int, int, str], dict[tuple[int, ...], int]]:
    """How far a route comes (negative: the furthest sorts first), its detour, and starts by order."""
    rank = {reason: -i for i, reason in enumerate(Reason)}
    table = _table(job, route, travel)
    if job.skills - route.skills:
        return (rank[Reason.SKILL], 0, ""), {}
    if route.capacity is not None and sum(other.load for other in (*route.jobs, job)) > route.capacity:
        return (rank[Reason.CAPACITY], 0, ""), {}
    free = [other for other in route.jobs if other.begun is None]
    found = {order: starts for order in permutations([*free, job]) if (starts := earliest(route, order, table))}
    if found:
        planned = _length(route, route.jobs, table)
        cost = {order: _length(route, (*_begun(route), *order), table) - planned for order in found}
        least = min(cost.values())
        best = {
            tuple(stop.id for stop in (*_begun(route), *order)): found[order][order.index(job)]
            for order in found
            if cost[order] == least
        }
        return (-len(Reason) if least <= most else rank[Reason.DETOUR], least, route.technician), best
    if all(earliest(route, order, table) is None for order in permutations(free)):
        return (rank[Reason.PLAN], 0, ""), {}
    let_go = [replace(other, window=None, lock=None) for other in free if not other.held]
    possible = any(earliest(route, order, table) is not None for order in permutations([*let_go, job]))
    return (rank[Reason.WINDOW if possible else Reason.SHIFT], 0, ""), {}


def earliest(route: Route, order: Order, table: Table) -> tuple[int, ...] | None:
    """The lexicographically earliest starts of the open stops in this order, over every break; None for none."""
    if route.pause is None:
        rests = [(-1, -1)]
    else:
        latest = route.pause.latest - route.pause.length
        rests = [(s, s + route.pause.length) for s in range(route.pause.earliest, latest + 1)]
    drives = (_drive(route, order, rest, table) for rest in rests)
    return min((starts for starts in drives if starts is not None), default=None)


def _drive(route: Route, order: Order, rest: Interval, table: Table) -> tuple[int, ...] | None:
    """Starts of the open stops when the technician rests in `rest`; None where a promise breaks."""
    clock, here = route.shift[0], route.start
    for job in _begun(route):
        begun = job.begun or 0
        way = min(table[here, job.place][0], max(0, begun - clock))
        if _clear(clock, way, rest) > max(begun, clock) or _clear(begun, job.duration, rest) != begun + job.duration:
            return None
        clock, here = begun + job.duration, job.place
    starts = []
    for job in order:
        arrival = _clear(clock, table[here, job.place][0], rest)
        start = _clear(max(arrival, *_lows(job, route)), job.duration, rest) - job.duration
        if any(start > high for high in _highs(job, route)):
            return None
        starts.append(start)
        clock, here = start + job.duration, job.place
    back = _clear(clock, table[here, route.end][0], rest)
    return tuple(starts) if back <= route.shift[1] else None


def _clear(ready: int, seconds: int, rest: Interval) -> int:
    """The end of something that takes `seconds` in one piece, outside the rest, as soon as possible."""
    collides = seconds > 0 and ready < rest[1] and ready + seconds > rest[0]
    return (rest[1] if collides else ready) + seconds


def _lows(job: Job, route: Route) -> Iterator[int]:
    yield from (low for low, _ in filter(None, (job.window, job.lock)))
    yield route.shift[0] if route.now is None else route.now


def _highs(job: Job, route: Route) -> Iterator[int]:
    yield from (high for _, high in filter(None, (job.window or route.shift, job.lock)))


def _begun(route: Route) -> Order:
    return tuple(job for job in route.jobs if job.begun is not None)


def _table(job: Job, route: Route, travel: TravelTimes) -> Table:
    places = [route.start, route.end, job.place, *(other.place for other in route.jobs)]
    seconds, metres = travel.matrix(places, places)
    return {(a, b): (int(seconds[i, k]), int(metres[i, k])) for i, a in enumerate(places) for k, b in enumerate(places)}


def _length(route: Route, order: Order, table: Table) -> int:
    stops = [route.start, *(job.place for job in order), route.end]
    return sum(table[a, b][1] for a, b in pairwise(stops))
