"""Why a slot is refused: the reason of the route that came furthest."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from scheduling.solver.exact import Clock, orders
from scheduling.solver.insertion import Prepared, trace
from scheduling.solver.network import NEVER, Call, Network
from scheduling.solver.problem import Job, Reason, Route
from scheduling.solver.search import Case, Search

Why = tuple[Reason, int | None]


def unfit(job: Job, route: Route) -> Reason | None:
    """What keeps a technician from a job whatever the order."""
    if job.skills - route.skills:
        return Reason.SKILL
    if route.capacity is not None and sum(other.load for other in route.jobs) + job.load > route.capacity:
        return Reason.CAPACITY
    return None


def furthest(reasons: Iterable[Reason]) -> Reason:
    """The reason that came furthest, `no_route` for none."""
    rank = list(Reason).index
    return max(reasons, key=rank, default=Reason.NO_ROUTE)


def explain(cases: Sequence[Case], slots: set[int], most: int, clock: Clock, seed: int) -> dict[int, Why]:
    """Per slot (each asked of one case at least) the reason, and for `detour` the metres above `most`.

    Asks the search again, first without a maximum, then of routes whose other promises are let go.
    """
    least = Search(NEVER, clock, seed).run(_about(cases, slots))
    why: dict[int, Why] = {slot: (Reason.DETOUR, found.detour - most) for slot, found in least.best.items()}
    open_slots = slots - why.keys()
    planned = {case: _has_order(case.prepared, clock, seed) for case in _about(cases, open_slots)}
    relaxed = Search(NEVER, clock, seed).run([_relax(case) for case, sound in planned.items() if sound is not False])
    for slot in open_slots:
        sound = {planned[case] for case in planned if slot in case.intervals}
        unsure = slot in least.undecided or None in sound
        why[slot] = _stage(slot, sound, relaxed, unsure), None
    return why


def _stage(slot: int, sound: set[bool | None], relaxed: Search, unsure: bool) -> Reason:
    if unsure:
        return Reason.UNDECIDED
    if slot in relaxed.best:
        return Reason.WINDOW
    if slot in relaxed.undecided:
        return Reason.UNDECIDED
    return Reason.SHIFT if True in sound else Reason.PLAN


def _about(cases: Sequence[Case], slots: set[int]) -> list[Case]:
    """The cases that some of the slots are asked of, asked of these only."""
    kept = [replace(case, intervals={s: i for s, i in case.intervals.items() if s in slots}) for case in cases]
    return [case for case in kept if case.intervals]


def _has_order(prepared: Prepared, clock: Clock, seed: int) -> bool | None:
    """Whether some order of the route keeps the promises of those who are in it; None when time is up."""
    if prepared.line or prepared.best:
        return True
    [[verdict]] = orders([_weightless(prepared.network)], [[NEVER]], clock, seed)
    if verdict.nodes is not None:
        return True
    return False if verdict.proven else None


def _weightless(network: Network) -> Network:
    """With every order of the same length the first one found is as good as any."""
    return replace(network, metres=np.zeros_like(network.metres))


def _relax(case: Case) -> Case:
    """The case without holds, and with jobs that may start at any time of the shift."""
    prepared, call = case.prepared, case.call
    route, network = prepared.route, prepared.network
    kept = [0, 1, *(node for node, job in enumerate(prepared.jobs, 2) if not job.held)]
    since = route.shift[0] if route.now is None else max(route.shift[0], route.now)
    count = len(kept) - 2
    free = replace(
        network,
        seconds=network.seconds[np.ix_(kept, kept)],
        metres=np.zeros((count + 2, count + 2), dtype=np.int64),
        duration=network.duration[kept],
        earliest=np.append(network.earliest[:2], np.full(count, since)),
        latest=np.append(network.latest[:2], np.full(count, route.shift[1])),
    )
    idle = np.zeros(count + 2, dtype=np.int64)
    return Case(
        prepared=Prepared(
            route=route,
            network=free,
            jobs=tuple(prepared.jobs[node - 2] for node in kept[2:]),
            length=0,
            behind=0,
            line=trace(free, range(2, count + 2)),
        ),
        call=Call(call.seconds_to[kept], call.seconds_from[kept], idle, idle, call.duration),
        intervals=case.intervals,
    )
