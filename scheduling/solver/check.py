"""Whether an order of a route keeps every promise, told without a line of what proposes orders."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from scheduling.solver.problem import Break, Job, Route, TravelTimes, Violation


@dataclass(frozen=True, slots=True)
class Inspection:
    """What an order of a route comes to: planned start of each job, metres from start to end, broken promises."""

    starts: tuple[int, ...]
    length: int
    broken: tuple[Violation, ...]


def inspect(route: Route, travel: TravelTimes) -> Inspection:
    """The present order, driven as early as travel, windows and locks allow.

    Of several places for the break the one that breaks the fewest promises, then gives the earliest starts, counts.
    """
    seconds, metres = _legs(route, travel)
    drive = min(_drives(route, seconds), key=lambda drive: drive.rank)
    return Inspection(drive.starts, sum(metres), (*_staffing(route), *_begun(route), *drive.broken))


def schedule(route: Route, travel: TravelTimes) -> tuple[int, ...]:
    """The planned start of each job in the present order; of a broken plan those that it comes to."""
    return inspect(route, travel).starts


def check(route: Route, travel: TravelTimes) -> tuple[Violation, ...]:
    """Every promise that the present order breaks, none for a sound route."""
    return inspect(route, travel).broken


def length(route: Route, travel: TravelTimes) -> int:
    """Metres of the present order, from the start to the end."""
    return sum(_legs(route, travel)[1])


@dataclass(frozen=True, slots=True)
class _Drive:
    starts: tuple[int, ...]
    broken: tuple[Violation, ...]

    @property
    def rank(self) -> tuple[int, tuple[int, ...]]:
        return len(self.broken), self.starts


def _legs(route: Route, travel: TravelTimes) -> tuple[list[int], list[int]]:
    """Seconds and metres of each leg from start over the jobs to the end."""
    places = [route.start, *(job.place for job in route.jobs), route.end]
    seconds, metres = travel.matrix(places[:-1], places[1:])
    return seconds.diagonal().tolist(), metres.diagonal().tolist()


def _staffing(route: Route) -> Iterator[Violation]:
    for job in route.jobs:
        if missing := job.skills - route.skills:
            yield Violation("skill", job.id, ", ".join(sorted(missing)))
    load = sum(job.load for job in route.jobs)
    if route.capacity is not None and load > route.capacity:
        yield Violation("capacity", None, f"{load} of {route.capacity}")


def _begun(route: Route) -> Iterator[Violation]:
    waiting = False
    for job in route.jobs:
        waiting = waiting or job.begun is None
        if waiting and job.begun is not None:
            yield Violation("begun", job.id, "begun, yet after a job that hasn't")


def _drives(route: Route, seconds: Sequence[int]) -> Iterator[_Drive]:
    """Every way to drive the order: one for each place of the break, and one without it."""
    plain = _drive(route, seconds)
    if route.pause is None:
        yield plain
        return
    yield _Drive(plain.starts, (*plain.broken, Violation("break", None, "no room for the break")))
    ends = (start + job.duration for start, job in zip(plain.starts, route.jobs, strict=True))
    for gap, leave in enumerate([route.shift[0], *ends]):
        for late in (False, True):
            delay = _rest(route, seconds[gap], route.pause, gap, leave, late)
            if delay is not None:
                yield _drive(route, [*seconds[:gap], seconds[gap] + delay, *seconds[gap + 1 :]])


def _rest(route: Route, leg: int, pause: Break, gap: int, leave: int, late: bool) -> int | None:
    """How much longer a leg takes with the break before or, `late`, after it; None where it doesn't fit there."""
    home = gap == len(route.jobs)
    ready = leave + leg if late else leave if gap else pause.earliest
    rested = max(ready, pause.earliest) + pause.length
    if rested > pause.latest:
        return None
    arrival = rested if late else max(leave, rested) + leg
    delay = 0 if home and late else arrival - leave - leg
    begun = None if home else route.jobs[gap].begun
    moves_a_fact = delay > 0 and begun is not None and arrival > begun
    return None if moves_a_fact else delay


def _drive(route: Route, seconds: Sequence[int]) -> _Drive:
    """Starts and broken promises of a technician who never waits longer than needed."""
    clock, starts, broken = route.shift[0], list[int](), list[Violation]()
    for job, leg in zip(route.jobs, seconds, strict=False):
        start = max(clock + leg, _earliest(job, route)) if job.begun is None else job.begun
        starts.append(start)
        broken += _late(job, start, route)
        clock = start + job.duration
    back = clock + seconds[-1]
    if back > route.shift[1]:
        broken.append(Violation("shift", None, f"back {back - route.shift[1]} s after its end"))
    return _Drive(tuple(starts), tuple(broken))


def _earliest(job: Job, route: Route) -> int:
    bounds = (route.now, job.window and job.window[0], job.lock and job.lock[0])
    return max((bound for bound in bounds if bound is not None), default=route.shift[0])


def _late(job: Job, start: int, route: Route) -> Iterator[Violation]:
    """A job that has begun is a fact: its promises are no longer tested."""
    if job.begun is not None:
        return
    for kind, interval in (("window", job.window or route.shift), ("lock", job.lock)):
        if interval and start > interval[1]:
            yield Violation(kind, job.id, f"starts {start - interval[1]} s after its end")
